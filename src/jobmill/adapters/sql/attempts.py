"""Attempts and their logs, in SQL. An attempt of a further lane is shown as its task's."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobmill.adapters.sql.connection import Connection, instant, micros, moment
from jobmill.adapters.sql.job_rows import failure_of, failure_text
from jobmill.core.ids import (
    AttemptId,
    AttemptNumber,
    JobNumber,
    OrganizationNumber,
    RunToken,
    WorkerName,
    new_id,
)
from jobmill.core.jobs.model import Attempt, Failure, LogLine, Task


class SqlAttemptStore:
    """The `AttemptStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open(self, task: Task, worker: WorkerName, token: RunToken, at: datetime) -> None:
        self._db.raw.execute(
            """INSERT INTO attempt (id, task, attempt, generation, worker, token, state, claimed_at)
               VALUES (?, ?, ?, ?, ?, ?, 'running', ?)""",
            (new_id(), task.number, task.attempt, task.generation, worker, token, micros(at)),
        )

    def close(
        self,
        token: RunToken,
        state: str,
        failure: Failure | None,
        started_at: datetime | None,
        at: datetime,
    ) -> None:
        self._db.run(
            """UPDATE attempt SET state = :state, failure = :failure, ended_at = :at,
                   started_at = coalesce(started_at, :started_at)
               WHERE token = :token AND ended_at IS NULL""",
            token=token,
            state=state,
            failure=failure_text(failure),
            started_at=micros(started_at),
            at=micros(at),
        )

    def started(self, token: RunToken, at: datetime) -> None:
        self._db.run(
            "UPDATE attempt SET started_at = :at WHERE token = :token", token=token, at=micros(at)
        )

    def add_log(self, token: RunToken, lines: Sequence[LogLine]) -> None:
        self._db.many(
            """INSERT INTO log (attempt, at, level, text)
               SELECT number, :at, :level, :text FROM attempt WHERE token = :token""",
            (
                {"token": token, "at": micros(line.at), "level": line.level, "text": line.text}
                for line in lines
            ),
        )

    def of_job(self, job: JobNumber) -> Sequence[Attempt]:
        rows = self._db.all(
            """SELECT attempt.*, coalesce(task.lane_of, task.name) AS task_name FROM attempt
               JOIN task ON task.number = attempt.task
               WHERE task.job = :job ORDER BY attempt.number""",
            job=job,
        )
        return [
            Attempt(
                number=AttemptNumber(row["number"]),
                id=row["id"],
                task=row["task_name"],
                attempt=row["attempt"],
                generation=row["generation"],
                worker=WorkerName(row["worker"]),
                state=row["state"],
                claimed_at=instant(row["claimed_at"]),
                started_at=moment(row["started_at"]),
                ended_at=moment(row["ended_at"]),
                failure=failure_of(row["failure"]),
            )
            for row in rows
        ]

    def counts(self, job: JobNumber) -> Mapping[str, int]:
        rows = self._db.all(
            """SELECT coalesce(task.lane_of, task.name) AS name, count(*) AS n FROM attempt
               JOIN task ON task.number = attempt.task WHERE task.job = :job GROUP BY 1""",
            job=job,
        )
        return {row["name"]: row["n"] for row in rows}

    def place_of(
        self, organization: OrganizationNumber, attempt: AttemptId
    ) -> tuple[JobNumber, AttemptNumber] | None:
        row = self._db.one(
            """SELECT job.number AS job, attempt.number AS attempt FROM attempt
               JOIN task ON task.number = attempt.task JOIN job ON job.number = task.job
               WHERE attempt.id = :id AND job.organization = :organization AND job.deleted = 0""",
            id=attempt,
            organization=organization,
        )
        return (JobNumber(row["job"]), AttemptNumber(row["attempt"])) if row else None

    def log(self, attempt: AttemptNumber, after: int, limit: int) -> Sequence[tuple[int, LogLine]]:
        rows = self._db.all(
            """SELECT * FROM log WHERE attempt = :attempt AND number > :after
               ORDER BY number LIMIT :limit""",
            attempt=attempt,
            after=after,
            limit=limit,
        )
        return [
            (row["number"], LogLine(instant(row["at"]), row["level"], row["text"])) for row in rows
        ]
