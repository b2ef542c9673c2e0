"""The embedded queue: the task table itself. A task is handed over by being `ready`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, micros, moment, placeholders
from jobmill.core.ids import JobNumber, TaskNumber
from jobmill.core.jobs.model import JobGraph


class SqlTaskQueue:
    """The `TaskQueue` port. Taking locks nothing: the unit of work is the only writer."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def hand_over(self, graph: JobGraph) -> None:
        """Nothing to do: the commit itself rings the bell."""

    def take(
        self, pools: Sequence[str] | None, room: Mapping[str, int], limit: int, now: datetime
    ) -> Sequence[tuple[JobNumber, TaskNumber]]:
        left = dict(room)
        taken: list[tuple[JobNumber, TaskNumber]] = []
        # An engine without room must not hide what stands behind its tasks: look past it.
        while True:
            wanted = limit - len(taken)
            rows = self._next(pools, left, taken, wanted, now)
            for row in rows:
                if left.get(row["engine"], 1) > 0:
                    if row["engine"] in left:
                        left[row["engine"]] -= 1
                    taken.append((JobNumber(row["job"]), TaskNumber(row["number"])))
            if len(rows) < wanted or len(taken) == limit:
                return taken

    def _next(
        self,
        pools: Sequence[str] | None,
        room: Mapping[str, int],
        taken: Sequence[tuple[JobNumber, TaskNumber]],
        limit: int,
        now: datetime,
    ) -> list[Row]:
        where = ""
        values: dict[str, Any] = {}
        if pools is not None:
            marks, values = placeholders("pool", pools)
            where += f" AND pool IN ({marks})"
        full = [engine for engine, left in room.items() if left <= 0]
        if full:
            marks, more = placeholders("full", full)
            where, values = f"{where} AND engine NOT IN ({marks})", values | more
        if taken:
            marks, more = placeholders("taken", [number for _, number in taken])
            where, values = f"{where} AND number NOT IN ({marks})", values | more
        return self._db.all(
            f"""SELECT job, number, engine FROM task
                WHERE state = 'ready' AND (retry_at IS NULL OR retry_at <= :now){where}
                ORDER BY priority, ready_at, number LIMIT :limit""",  # noqa: S608
            now=micros(now),
            limit=limit,
            **values,
        )

    def next_due(self, now: datetime) -> datetime | None:
        return moment(
            self._db.value(
                "SELECT min(retry_at) FROM task WHERE state = 'ready' AND retry_at > :now",
                now=micros(now),
            )
        )
