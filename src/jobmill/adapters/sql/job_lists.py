"""Lists of jobs in SQL, each page in one walk along an index, however many jobs there are."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from jobmill.adapters.sql import job_rows as rows_of
from jobmill.adapters.sql.connection import (
    Connection,
    Row,
    fields_of,
    instant,
    micros,
    placeholders,
)
from jobmill.adapters.sql.marks import marked
from jobmill.adapters.sql.seeing import SEES_JOB, Walk, merged, walks_of
from jobmill.core.ids import JobId, JobNumber, OrganizationNumber, UserNumber
from jobmill.core.jobs.marking import JobKind
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import JobQuery, JobSummary
from jobmill.core.jobs.states import JobState

ORDER = ("created_at", "number")


def find_jobs(db: Connection, query: JobQuery) -> list[JobGraph]:
    """Jobs with their tasks, newest first."""
    jobs = _rows(db, query)
    if not jobs:
        return []
    marks, numbers = placeholders("job", [job["number"] for job in jobs])
    tasks: dict[int, list[Any]] = {}
    for task in db.all(
        f"SELECT * FROM task WHERE job IN ({marks}) ORDER BY number",  # noqa: S608
        **numbers,
    ):
        tasks.setdefault(task["job"], []).append(rows_of.task_of(fields_of(task)))
    routes: dict[int, list[Any]] = {}
    for route in db.all(
        f"SELECT * FROM route WHERE job IN ({marks})",  # noqa: S608
        **numbers,
    ):
        routes.setdefault(route["job"], []).append(rows_of.route_of(route))
    return [
        JobGraph(
            rows_of.job_of(fields_of(job)),
            tuple(each for each in tasks.get(job["number"], ()) if not each.lane),
            tuple(routes.get(job["number"], ())),
            tuple(each for each in tasks.get(job["number"], ()) if each.lane),
        )
        for job in jobs
    ]


def count_jobs(db: Connection, query: JobQuery, below: int | None) -> int:
    """How many jobs match."""
    source, where, values = _narrowed(query)
    if below is not None:
        where.append("job.number < :below")
        values["below"] = below
    found: int = db.value(
        f"SELECT count(*) FROM {source} WHERE {' AND '.join(where)}",  # noqa: S608
        **values,
    )
    return found


def job_places(db: Connection, query: JobQuery, below: int) -> list[tuple[datetime, JobNumber]]:
    """The places of a page of jobs with numbers below `below`, in the order of lists."""
    source, where, values = _narrowed(query, walk=True)
    at, number = _order(source)
    rows = db.all(
        f"""SELECT job.created_at, job.number FROM {source}
            WHERE {" AND ".join(where)} AND job.number < :below
            ORDER BY {at} DESC, {number} DESC LIMIT :limit""",  # noqa: S608
        **values,
        below=below,
        limit=query.limit,
    )
    return [(instant(row["created_at"]), JobNumber(row["number"])) for row in rows]


def statements(db: Connection, query: JobQuery) -> Iterator[Walk]:
    """One walk per wanted state and type: asked for together, SQLite would sort all that match.

    By tag, metadata or batch there is one walk, along the index of that.
    """
    if query.tags or query.metadata or query.batch is not None or _by_mark(query):
        source, where, values = _narrowed(query, walk=True)
        yield _page(source, where), {**values, "limit": query.limit}
        return
    where, values = _conditions(query)
    for filters in _filters(query):
        conditions = [*where, *(f"job.{column} = :{column}" for column in filters)]
        for sql, named in _walks(db, query, conditions):
            yield sql, {**values, **filters, **named, "limit": query.limit}


def _walks(db: Connection, query: JobQuery, where: list[str]) -> Iterator[Walk]:
    if query.seen_by is None:
        yield _page("job", where), {}
        return
    shared = tuple(_on_shares(query))
    yield from walks_of(db, query.organization, query.seen_by, "job.*", where, ORDER, shared)


def _page(source: str, where: list[str]) -> str:
    at, number = _order(source)
    return f"""SELECT job.* FROM {source} WHERE {" AND ".join(where)}
               ORDER BY {at} DESC, {number} DESC LIMIT :limit"""  # noqa: S608


def _rows(db: Connection, query: JobQuery) -> list[Row]:
    rows = [row for sql, values in statements(db, query) for row in db.all(sql, **values)]
    return merged(rows, ORDER, query.limit)


def _on_shares(query: JobQuery) -> Iterator[str]:
    """The conditions on times and places, for the copy of them in a share's row."""
    if query.created_after is not None:
        yield "job_created_at >= :created_after"
    if query.created_before is not None:
        yield "job_created_at < :created_before"
    if query.before is not None:
        yield "(job_created_at, collaborator.job) < (:before_at, :before_number)"


def _filters(query: JobQuery) -> Iterator[dict[str, str]]:
    columns = {"state": query.states, "type": query.types}
    wanted = {column: words for column, words in columns.items() if words}
    for words in product(*wanted.values()):
        yield dict(zip(wanted, words, strict=True))


def _narrowed(query: JobQuery, *, walk: bool = False) -> tuple[str, list[str], dict[str, Any]]:
    """One source of rows for the whole query, led by its narrowest index.

    With `walk` the rows come in the order of lists without being sorted.
    """
    marks = [*(("job_tag", {"tag": tag}) for tag in query.tags)]
    marks += [("job_metadata", {"name": n, "value": v}) for n, v in query.metadata]
    source = "job"
    if query.batch is not None:
        source = "job INDEXED BY ix_job_batch"
    elif marks:
        source = f"{marks[0][0]} AS mark CROSS JOIN job ON job.number = mark.job"
    if source == "job" and (index := _by_mark(query)):
        source = f"job_mark AS told INDEXED BY {index} CROSS JOIN job ON job.number = told.job"
    where, values = _conditions(query, source)
    if query.seen_by is not None:
        where.append(SEES_JOB)
        values["viewer"] = query.seen_by
    if query.batch is not None:
        where.append("job.batch = :batch")
        values["batch"] = query.batch
    for place, (table, words) in enumerate(marks):
        values |= {f"{column}{place}": word for column, word in words.items()}
        if place == 0 and query.batch is None:
            where.append("mark.organization = :organization")
            where += [f"mark.{column} = :{column}0" for column in words]
        else:
            where.append(_has(table, list(words), place))
    for column, wanted in (("state", query.states), ("type", query.types)):
        if wanted:
            names, more = placeholders(column, wanted)
            # The plus keeps off the index on it, which would have to be sorted.
            where.append(f"{'+' if walk else ''}job.{column} IN ({names})")
            values |= more
    return source, where, values


def _has(table: str, columns: list[str], place: int) -> str:
    same = " AND ".join(f"has.{column} = :{column}{place}" for column in columns)
    return f"""EXISTS (SELECT 1 FROM {table} AS has WHERE has.organization = job.organization
        AND {same} AND has.created_at = job.created_at AND has.job = job.number)"""  # noqa: S608


def _order(source: str) -> tuple[str, str]:
    if " AS mark " in source:
        return "mark.created_at", "mark.job"
    return "job.created_at", "job.number"


def _conditions(query: JobQuery, source: str = "job") -> tuple[list[str], dict[str, Any]]:
    at, number = _order(source)
    where = ["job.organization = :organization", "job.deleted = 0"]
    values: dict[str, Any] = {"organization": query.organization}
    if query.created_after is not None:
        where.append(f"{at} >= :created_after")
        values["created_after"] = micros(query.created_after)
    if query.created_before is not None:
        where.append(f"{at} < :created_before")
        values["created_before"] = micros(query.created_before)
    told, more = marked(query.correct, query.kinds, "told" if " AS told " in source else None)
    where += told
    values |= more
    for name, sign in (("ended_after", ">="), ("ended_before", "<")):
        if (moment := getattr(query, name)) is not None:
            where.append(f"job.ended_at {sign} :{name}")
            values[name] = micros(moment)
    if query.jobs is not None:
        marks, named = placeholders("own", query.jobs)
        where.append(f"job.number IN ({marks})")
        values |= named
    if query.before is not None:
        where.append(f"({at}, {number}) < (:before_at, :before_number)")
        values["before_at"] = micros(query.before[0])
        values["before_number"] = query.before[1]
    return where, values


def _by_mark(query: JobQuery) -> str | None:
    """The index on marks that leads to the few jobs that have such a one."""
    if query.correct is not None:
        return "ix_job_mark_correct"
    if query.kinds and JobKind.DEFAULT not in query.kinds:
        return "ix_job_mark_kind"
    return None


_SUMMARY = "job.number, job.id, state, origin, pipeline, input, created_at, extras"


def summaries_of(
    db: Connection,
    organization: OrganizationNumber,
    states: Sequence[JobState],
    before: int,
    limit: int,
    seen_by: UserNumber | None,
) -> list[JobSummary]:
    """Short records by number, the highest first."""
    where = ["organization = :organization", "deleted = 0", "job.number < :before"]
    values: dict[str, Any] = {"organization": organization, "before": before, "limit": limit}
    if states:
        marks, wanted = placeholders("state", states)
        # The plus keeps off the index on states, which would have to be sorted first.
        where.append(f"+state IN ({marks})")
        values |= wanted
    if seen_by is None:
        sql = f"""SELECT {_SUMMARY} FROM job WHERE {" AND ".join(where)}
                  ORDER BY number DESC LIMIT :limit"""  # noqa: S608
        return [_summary(row) for row in db.all(sql, **values)]
    on_shares = ["collaborator.job < :before"]
    walks = walks_of(db, organization, seen_by, _SUMMARY, where, ("number",), on_shares)
    rows = [row for sql, named in walks for row in db.all(sql, **values, **named)]
    return [_summary(row) for row in merged(rows, ("number",), limit)]


def _summary(row: Row) -> JobSummary:
    return JobSummary(
        number=JobNumber(row["number"]),
        id=JobId(row["id"]),
        state=JobState(row["state"]),
        origin=row["origin"],
        pipeline=row["pipeline"],
        input=json.loads(row["input"]),
        created_at=instant(row["created_at"]),
        extras=json.loads(row["extras"]),
    )
