"""Pages of jobs and tasks by offset, for those whose clients count pages; lists of ours go by
place."""

from collections.abc import Iterator, Sequence
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, fields_of, micros, placeholders
from jobmill.adapters.sql.job_rows import job_of
from jobmill.adapters.sql.marks import marked
from jobmill.adapters.sql.seeing import SEES_JOB
from jobmill.core.ids import JobNumber, TaskNumber
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.pages import JobPage, JobSpan, TaskPage


def page_of_jobs(db: Connection, query: JobPage) -> list[JobNumber]:
    """The numbers of a page, in its order."""
    return [JobNumber(row["number"]) for row in _page(db, query, "number")]


def jobs_of_page(db: Connection, query: JobPage) -> list[Job]:
    """The jobs of a page, in its order."""
    return [job_of(fields_of(row)) for row in _page(db, query, "*")]


def _page(db: Connection, query: JobPage, columns: str) -> Sequence[Row]:
    where, values = _conditions(query)
    way = "DESC" if query.descending else "ASC"
    order = f"{'updated_at' if query.by_update else 'created_at'} {way}"
    if query.by_end:
        order = f"ended_at {way} NULLS LAST"
    return db.all(
        f"""SELECT {columns} FROM job WHERE {" AND ".join(where)}
            ORDER BY {order}, number {way} LIMIT :limit OFFSET :offset""",  # noqa: S608
        limit=query.limit,
        offset=query.offset,
        **values,
    )


def count_of_jobs(db: Connection, query: JobPage) -> int:
    """How many jobs there are on all pages."""
    where, values = _conditions(query)
    found = db.value(
        f"SELECT count(*) FROM job WHERE {' AND '.join(where)}",  # noqa: S608
        **values,
    )
    return int(found or 0)


def page_of_tasks(db: Connection, query: TaskPage) -> list[tuple[JobNumber, TaskNumber]]:
    """The numbers of a page's tasks with their jobs', in its order."""
    where, values = _task_conditions(query)
    way = "DESC" if query.descending else "ASC"
    order = "updated_at" if query.by_update else "created_at"
    rows = db.all(
        f"""SELECT job.number AS job, task.number AS task
            FROM job JOIN task ON task.job = job.number WHERE {" AND ".join(where)}
            ORDER BY job.{order} {way}, job.number {way}, task.number
            LIMIT :limit OFFSET :offset""",  # noqa: S608
        limit=query.limit,
        offset=query.offset,
        **values,
    )
    return [(JobNumber(row["job"]), TaskNumber(row["task"])) for row in rows]


def count_of_tasks(db: Connection, query: TaskPage) -> int:
    """How many tasks there are on all pages."""
    where, values = _task_conditions(query)
    found = db.value(
        f"""SELECT count(*) FROM job JOIN task ON task.job = job.number
            WHERE {" AND ".join(where)}""",  # noqa: S608
        **values,
    )
    return int(found or 0)


def _task_conditions(query: TaskPage) -> tuple[list[str], dict[str, Any]]:
    where = ["job.organization = :organization", "job.deleted = 0", "task.lane = 0"]
    values: dict[str, Any] = {"organization": query.organization}
    if query.seen_by is not None:
        where.append(SEES_JOB)
        values["viewer"] = query.seen_by
    if query.failed:
        where.append("task.failure IS NOT NULL")
    for name, column, wanted in (
        ("state", "task.state", query.states),
        ("engine", "task.engine", query.engines),
        ("job", "task.job", query.jobs),
        ("task", "task.number", query.tasks),
    ):
        if wanted is not None:
            marks, named = placeholders(name, wanted)
            values |= named
            where.append(f"{column} IN ({marks})")
    for condition, named in _times(query.spans):
        where.append(condition)
        values |= named
    return where, values


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
    told, more = marked(query.correct, query.kinds)
    where += told
    values |= more
    if query.batch is not None:
        where.append("batch = :batch")
        values["batch"] = query.batch
    if query.jobs is not None:
        marks, named = placeholders("own", query.jobs)
        where.append(f"job.number IN ({marks})")
        values |= named
    for condition, named in (*_words(query), *_times(query.spans)):
        where.append(condition)
        values |= named
    return where, values


def _words(query: JobPage) -> Iterator[tuple[str, dict[str, Any]]]:
    if query.but_types:
        marks, named = placeholders("but", query.but_types)
        yield f"type NOT IN ({marks})", named
    for i, tag in enumerate(query.tags):
        has = f"EXISTS (SELECT 1 FROM json_each(job.tags) WHERE value = :tag{i})"  # noqa: S608
        yield has, {f"tag{i}": tag}
    for column, wanted in (("state", query.states), ("type", query.types)):
        if wanted is not None:
            marks, named = placeholders(column, wanted)
            yield f"{column} IN ({marks})", named
    if query.blocked_steps is not None:
        marks, named = placeholders("step", query.blocked_steps)
        yield (
            f"""EXISTS (SELECT 1 FROM review WHERE review.job = job.number
                AND review.state = 'open' AND review.step IN ({marks}))""",  # noqa: S608
            named,
        )
    for column, words in (("engine", query.engines), ("pool", query.pools)):
        if words is not None:
            marks, named = placeholders(column, words)
            yield (
                f"""EXISTS (SELECT 1 FROM task
                    WHERE task.job = job.number AND task.{column} IN ({marks}))""",  # noqa: S608
                named,
            )


def _times(spans: Sequence[JobSpan]) -> Iterator[tuple[str, dict[str, Any]]]:
    for i, span in enumerate(spans):
        column = "job.updated_at" if span.by_update else "job.created_at"
        column = "job.ended_at" if span.by_end else column
        for name, sign, end in (("since", ">=", span.since), ("until", "<=", span.until)):
            if end is not None:
                yield f"{column} {sign} :{name}{i}", {f"{name}{i}": micros(end)}
