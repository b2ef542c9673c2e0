"""Marks of jobs in SQL, in a table beside that of jobs."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.adapters.sql.bulk_insert import insert_rows
from jobmill.adapters.sql.connection import Connection, Row, placeholders
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.marking import PLAIN, JobKind, JobMark


class SqlMarkStore:
    """The `MarkStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, job: JobNumber) -> JobMark:
        return self.of([job]).get(job, PLAIN)

    def of(self, jobs: Sequence[JobNumber]) -> Mapping[JobNumber, JobMark]:
        marks, values = placeholders("job", jobs)
        rows = self._db.all(
            f"SELECT * FROM job_mark WHERE job IN ({marks})",  # noqa: S608
            **values,
        )
        return {JobNumber(row["job"]): _mark(row) for row in rows}

    def put(self, job: JobNumber, mark: JobMark) -> None:
        add_marks(self._db, [(job, mark)])


def add_marks(db: Connection, marks: Sequence[tuple[JobNumber, JobMark]]) -> None:
    """Write the marks of jobs, over those that they have."""
    insert_rows(db, "job_mark", [_row(job, mark) for job, mark in marks], "INSERT OR REPLACE")


def _row(job: JobNumber, mark: JobMark) -> dict[str, Any]:
    correct = None if mark.correct is None else int(mark.correct)
    return {"job": job, "correct": correct, "kind": mark.kind.value, "truth": mark.truth}


def _mark(row: Row) -> JobMark:
    correct = None if row["correct"] is None else bool(row["correct"])
    return JobMark(JobKind(row["kind"]), correct, row["truth"])


def marked(
    correct: bool | None, kinds: Sequence[JobKind] | None, joined: str | None = None
) -> tuple[list[str], dict[str, Any]]:
    """Conditions on the mark of the row `job`, or on the row of marks that is joined to it."""
    values: dict[str, Any] = {}
    where, but = [], []
    if correct is not None:
        values["correct"] = int(correct)
        where.append("{}.correct = :correct")
    if kinds is not None and set(kinds) != set(JobKind):
        names, more = placeholders("kind", [kind.value for kind in kinds])
        values |= more
        if JobKind.DEFAULT in kinds:
            but.append(f"{{}}.kind NOT IN ({names})")
        else:
            where.append(f"{{}}.kind != 'default' AND {{}}.kind IN ({names})")
    if joined is not None:
        where += [f"NOT ({condition})" for condition in but]
        return [each.replace("{}", joined) for each in where], values
    found = [_row_with(each) for each in where] + [f"NOT {_row_with(each)}" for each in but]
    return found, values


def _row_with(condition: str) -> str:
    told = condition.replace("{}", "mine")
    return f"EXISTS (SELECT 1 FROM job_mark AS mine WHERE mine.job = job.number AND {told})"  # noqa: S608
