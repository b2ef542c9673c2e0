"""The event log in SQL."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from jobmill.adapters.sql.bulk_insert import insert_rows
from jobmill.adapters.sql.connection import Connection, instant, micros, to_json
from jobmill.core.events import Event, EventType, NewEvent
from jobmill.core.ids import JobNumber

_INTO = "INSERT INTO event (job, type, task, data, at)"
_AT_ONCE = 500
"""Events in one statement: a step of a job writes two or three, a cancel one for each task."""


class SqlEventLog:
    """The `EventLog` port. Numbers rise in commit order, since all writers share one lock."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def append(self, job: JobNumber, events: Iterable[NewEvent], at: datetime) -> None:
        stored, left = micros(at), iter(events)
        while some := list(islice(left, _AT_ONCE)):
            rows = ", ".join(["(?, ?, ?, ?, ?)"] * len(some))
            self._db.raw.execute(
                f"{_INTO} VALUES {rows}",
                [
                    value
                    for event in some
                    for value in (job, event.type, event.task, to_json(event.data), stored)
                ],
            )

    def append_to_all(self, jobs: Sequence[JobNumber], event: NewEvent, at: datetime) -> None:
        same = {"type": event.type, "task": event.task, "data": to_json(event.data)}
        stored = micros(at)
        rows = [{**same, "job": job, "at": stored} for job in jobs]
        insert_rows(self._db, "event", rows)

    def last_number(self) -> int:
        number: int = self._db.value("SELECT last_insert_rowid()")
        return number

    def of_job(self, job: JobNumber, after: int = 0, limit: int = 1000) -> Sequence[Event]:
        rows = self._db.all(
            """SELECT * FROM event WHERE job = :job AND number > :after
               ORDER BY number LIMIT :limit""",
            job=job,
            after=after,
            limit=limit,
        )
        return [
            Event(
                number=row["number"],
                job=JobNumber(row["job"]),
                type=EventType(row["type"]),
                at=instant(row["at"]),
                task=row["task"],
                data=json.loads(row["data"]),
            )
            for row in rows
        ]
