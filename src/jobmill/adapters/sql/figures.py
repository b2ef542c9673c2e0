"""Numbers about the whole installation, in SQL."""

from collections.abc import Mapping, Sequence

from jobmill.adapters.sql.connection import Connection
from jobmill.core.events import EventType
from jobmill.core.jobs.ports import EndedTask
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

    def ended_tasks(self, after: int, limit: int) -> Sequence[EndedTask]:
        rows = self._db.all(
            """SELECT event.number, event.type, task.engine,
                      event.at - task.started_at AS lasted
               FROM event JOIN task ON task.job = event.job AND task.name = event.task
               WHERE event.number > :after
                     AND event.type IN ('task.done', 'task.failed', 'task.cancelled')
               ORDER BY event.number LIMIT :limit""",
            after=after,
            limit=limit,
        )
        return [
            EndedTask(
                row["number"],
                row["engine"],
                _ENDS[EventType(row["type"])],
                # A task that runs again already has a later start.
                None if (row["lasted"] or -1) < 0 else row["lasted"] / _MICROSECONDS,
            )
            for row in rows
        ]
