"""Numbers about the whole installation, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobmill.adapters.sql.connection import Connection, instant, micros, moment
from jobmill.core.events import EventType
from jobmill.core.jobs.figures import (
    DeliveryFigures,
    EndedTask,
    EventCount,
    OpenChunks,
    QueueDepth,
    ReviewFigures,
)
from jobmill.core.jobs.states import JobState, TaskState

_ENDS = {
    EventType.TASK_DONE: TaskState.DONE,
    EventType.TASK_FAILED: TaskState.FAILED,
    EventType.TASK_CANCELLED: TaskState.CANCELLED,
}
_MICROSECONDS = 1e6


class SqlFigures:
    """The `Figures` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def jobs_by_state(self) -> Mapping[JobState, int]:
        rows = self._db.all("SELECT state, count(*) AS n FROM job WHERE deleted = 0 GROUP BY state")
        return {JobState(row["state"]): row["n"] for row in rows}

    def last_event(self) -> int:
        number: int | None = self._db.value("SELECT max(number) FROM event")
        return number or 0

    def event_counts(self, after: int, upto: int) -> Sequence[EventCount]:
        rows = self._db.all(
            """SELECT event.type, count(*) AS n,
                      CASE WHEN event.task IS NOT NULL THEN ''
                           WHEN job.pipeline IS NOT NULL THEN 'pipeline'
                           WHEN job.type IN ('features', 'graph') THEN job.type
                           ELSE 'other' END AS kind
               FROM event LEFT JOIN job ON event.task IS NULL AND job.number = event.job
               WHERE event.number > :after AND event.number <= :upto GROUP BY 1, 3""",
            after=after,
            upto=upto,
        )
        return [EventCount(EventType(row["type"]), row["kind"], row["n"]) for row in rows]

    def ended_tasks(self, after: int, upto: int, limit: int) -> Sequence[EndedTask]:
        rows = self._db.all(
            """SELECT event.number, event.type, task.engine,
                      event.at - task.started_at AS lasted,
                      task.started_at - task.ready_at AS waited,
                      (SELECT count(*) FROM part WHERE part.task = task.number
                           AND part.generation = task.generation) AS parts,
                      (SELECT sum(size) FROM part WHERE part.task = task.number
                           AND part.generation = task.generation) AS part_bytes
               FROM event JOIN task ON task.job = event.job AND task.name = event.task
               WHERE event.number > :after AND event.number <= :upto
                     AND event.type IN ('task.done', 'task.failed', 'task.cancelled')
               ORDER BY event.number LIMIT :limit""",
            after=after,
            upto=upto,
            limit=limit,
        )
        return [
            EndedTask(
                row["number"],
                row["engine"],
                _ENDS[EventType(row["type"])],
                # A task that runs again already has a later start.
                _seconds(row["lasted"]),
                _seconds(row["waited"]),
                row["parts"],
                row["part_bytes"] or 0,
            )
            for row in rows
        ]

    def queue_depths(self) -> Sequence[QueueDepth]:
        rows = self._db.all(
            """SELECT pool, count(*) AS n, min(ready_at) AS oldest FROM task
               WHERE state = 'ready' GROUP BY pool"""
        )
        return [QueueDepth(row["pool"], row["n"], instant(row["oldest"] or 0)) for row in rows]

    def open_chunks(self) -> Sequence[OpenChunks]:
        rows = self._db.all(
            """SELECT task.engine, sum(open.queued) AS queued, sum(open.taken) AS taken FROM (
                   SELECT task, generation, count(*) AS queued, 0 AS taken FROM chunk
                   WHERE state = 'queued' GROUP BY task, generation
                   UNION ALL
                   SELECT task, generation, 0, count(*) FROM chunk
                   WHERE token IS NOT NULL GROUP BY task, generation
               ) AS open
               JOIN task ON task.number = open.task AND task.generation = open.generation
               WHERE task.state NOT IN ('done', 'failed', 'cancelled', 'skipped')
               GROUP BY task.engine"""
        )
        return [OpenChunks(row["engine"], row["queued"], row["taken"]) for row in rows]

    def last_try(self) -> int:
        number: int | None = self._db.value("SELECT max(number) FROM delivery_attempt")
        return number or 0

    def deliveries(self, after: int) -> DeliveryFigures:
        waiting = self._db.value(
            """SELECT (SELECT count(*) FROM delivery WHERE state = 'pending' AND lease IS NULL)
                    + (SELECT count(*) FROM delivery WHERE lease IS NOT NULL)"""
        )
        row = self._db.one(
            """SELECT coalesce(sum(status BETWEEN 200 AND 299), 0) AS accepted, count(*) AS n,
                      coalesce(max(number), :after) AS last
               FROM delivery_attempt WHERE number > :after""",
            after=after,
        )
        assert row is not None  # noqa: S101  an aggregate always has a row
        due = self._db.value(
            "SELECT min(due_at) FROM delivery WHERE state = 'pending' AND lease IS NULL"
        )
        return DeliveryFigures(
            waiting,
            row["accepted"],
            row["n"] - row["accepted"],
            row["last"],
            moment(due),
            self._endpoints(),
        )

    def _endpoints(self) -> Mapping[str, int]:
        rows = self._db.all(
            """SELECT CASE WHEN disabled IS NOT NULL THEN 'disabled'
                           WHEN failing_since IS NOT NULL THEN 'failing'
                           ELSE 'enabled' END AS state, count(*) AS n
               FROM endpoint WHERE callback = 0 GROUP BY 1"""
        )
        return {row["state"]: row["n"] for row in rows}

    def running_by_engine(self) -> Mapping[str, int]:
        rows = self._db.all(
            """SELECT engine, count(*) AS n FROM task
               WHERE state IN ('starting', 'running') GROUP BY engine"""
        )
        return {row["engine"]: row["n"] for row in rows}

    def reviews(self, now: datetime) -> ReviewFigures:
        row = self._db.one(
            "SELECT count(*) AS n, min(number) AS first FROM review WHERE state = 'open'"
        )
        assert row is not None  # noqa: S101  an aggregate always has a row
        claimed = self._db.value(
            """SELECT count(DISTINCT review) FROM review_claim
               WHERE ended_at IS NULL AND expires_at > :now""",
            now=micros(now),
        )
        oldest = self._db.value("SELECT opened_at FROM review WHERE number = :n", n=row["first"])
        return ReviewFigures(row["n"] - claimed, claimed, moment(oldest))


def _seconds(micros: int | None) -> float | None:
    return None if micros is None or micros < 0 else micros / _MICROSECONDS
