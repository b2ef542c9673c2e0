"""Pages of jobs by offset, for those whose clients count pages; lists of ours go by place."""

from typing import Any

from jobmill.adapters.sql.connection import Connection, micros, placeholders
from jobmill.adapters.sql.seeing import SEES_JOB
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.pages import JobPage


def page_of_jobs(db: Connection, query: JobPage) -> list[JobNumber]:
    """The numbers of a page, in its order."""
    where, values = _conditions(query)
    way = "DESC" if query.descending else "ASC"
    order = "updated_at" if query.by_update else "created_at"
    rows = db.all(
        f"""SELECT number FROM job WHERE {" AND ".join(where)}
            ORDER BY {order} {way}, number {way} LIMIT :limit OFFSET :offset""",  # noqa: S608
        limit=query.limit,
        offset=query.offset,
        **values,
    )
    return [JobNumber(row["number"]) for row in rows]


def _conditions(query: JobPage) -> tuple[list[str], dict[str, Any]]:
    where = ["organization = :organization", "deleted = 0"]
    values: dict[str, Any] = {"organization": query.organization}
    if query.seen_by is not None:
        where.append(SEES_JOB)
        values["viewer"] = query.seen_by
    if query.item is not None:
        where.append("item = :item")
        values["item"] = query.item
    if query.with_item is not None:
        where.append(f"item IS {'NOT ' if query.with_item else ''}NULL")
    for name, column, wanted in (
        ("state", "state", query.states),
        ("engine", "engine", query.engines),
        ("pool", "pool", query.pools),
    ):
        if wanted is None:
            continue
        marks, named = placeholders(name, wanted)
        values |= named
        condition = f"{column} IN ({marks})"
        if name != "state":
            condition = f"""EXISTS (SELECT 1 FROM task
                WHERE task.job = job.number AND task.{condition})"""  # noqa: S608
        where.append(condition)
    for i, span in enumerate(query.spans):
        column = "updated_at" if span.by_update else "created_at"
        for name, sign, end in (("since", ">=", span.since), ("until", "<=", span.until)):
            if end is not None:
                where.append(f"{column} {sign} :{name}{i}")
                values[f"{name}{i}"] = micros(end)
    return where, values
