"""Lists of jobs in SQL, each page in one walk along an index, however many jobs there are."""

import json
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from jobmill.adapters.sql import job_rows as rows_of
from jobmill.adapters.sql.connection import Connection, Row, instant, micros, placeholders
from jobmill.adapters.sql.seeing import Walk, merged, walks_of
from jobmill.core.ids import JobId, JobNumber, OrganizationNumber, UserNumber
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
        tasks.setdefault(task["job"], []).append(rows_of.task_of(task))
    routes: dict[int, list[Any]] = {}
    for route in db.all(
        f"SELECT * FROM route WHERE job IN ({marks})",  # noqa: S608
        **numbers,
    ):
        routes.setdefault(route["job"], []).append(rows_of.route_of(route))
    return [
        JobGraph(
            rows_of.job_of(job),
            tuple(tasks.get(job["number"], ())),
            tuple(routes.get(job["number"], ())),
        )
        for job in jobs
    ]


def statements(db: Connection, query: JobQuery) -> Iterator[Walk]:
    """One walk per wanted state and type: asked for together, SQLite would sort all that match."""
    where, values = _conditions(query)
    for filters in _filters(query):
        conditions = [*where, *(f"{column} = :{column}" for column in filters)]
        for sql, named in _walks(db, query, conditions):
            yield sql, {**values, **filters, **named, "limit": query.limit}


def _walks(db: Connection, query: JobQuery, where: list[str]) -> Iterator[Walk]:
    if query.seen_by is not None:
        yield from walks_of(
            db,
            query.organization,
            query.seen_by,
            "job.*",
            where,
            ORDER,
            tuple(_on_shares(query)),
        )
        return
    sql = f"""SELECT * FROM job WHERE {" AND ".join(where)}
              ORDER BY created_at DESC, number DESC LIMIT :limit"""  # noqa: S608
    yield sql, {}


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


def _conditions(query: JobQuery) -> tuple[list[str], dict[str, Any]]:
    where = ["organization = :organization", "deleted = 0"]
    values: dict[str, Any] = {"organization": query.organization}
    if query.created_after is not None:
        where.append("created_at >= :created_after")
        values["created_after"] = micros(query.created_after)
    if query.created_before is not None:
        where.append("created_at < :created_before")
        values["created_before"] = micros(query.created_before)
    if query.before is not None:
        where.append("(created_at, number) < (:before_at, :before_number)")
        values["before_at"] = micros(query.before[0])
        values["before_number"] = query.before[1]
    return where, values


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
