"""Lists of jobs in SQL, each page in one walk along an index, however many jobs there are."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from jobmill.adapters.sql import job_rows as rows_of
from jobmill.adapters.sql.connection import Connection, Row, micros, placeholders
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import JobQuery


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


def statements(query: JobQuery) -> Iterator[tuple[str, dict[str, Any]]]:
    """One walk per wanted state and type: asked for together, SQLite would sort all that match."""
    where, values = _conditions(query)
    for filters in _filters(query):
        conditions = " AND ".join([*where, *(f"{column} = :{column}" for column in filters)])
        sql = f"""SELECT * FROM job WHERE {conditions}
                  ORDER BY created_at DESC, number DESC LIMIT :limit"""  # noqa: S608
        yield sql, {**values, **filters, "limit": query.limit}


def _rows(db: Connection, query: JobQuery) -> list[Row]:
    rows = [row for sql, values in statements(query) for row in db.all(sql, **values)]
    rows.sort(key=lambda row: (row["created_at"], row["number"]), reverse=True)
    return rows[: query.limit]


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
