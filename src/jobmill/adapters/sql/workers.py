"""Workers and their heartbeats in SQL."""

import json
from collections.abc import Sequence
from datetime import datetime

from jobmill.adapters.sql.connection import Connection, instant, micros, moment, to_json
from jobmill.core.ids import WorkerName
from jobmill.core.jobs.model import Worker


class SqlWorkerStore:
    """The `WorkerStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def beat(self, worker: Worker) -> None:
        self._db.run(
            """INSERT INTO worker (name, pid, host, slots, pools, started_at, beat_at)
               VALUES (:name, :pid, :host, :slots, :pools, :started_at, :beat_at)
               ON CONFLICT (name) DO UPDATE SET pid = :pid, host = :host, slots = :slots,
                   pools = :pools, started_at = :started_at, beat_at = :beat_at""",
            name=worker.name,
            pid=worker.pid,
            host=worker.host,
            slots=worker.slots,
            pools=None if worker.pools is None else to_json(worker.pools),
            started_at=micros(worker.started_at),
            beat_at=micros(worker.beat_at),
        )

    def live(self, since: datetime) -> Sequence[Worker]:
        rows = self._db.all(
            """SELECT worker.*, (SELECT count(*) FROM task WHERE task.worker = worker.name
                                 AND state IN ('starting', 'running')) AS running
               FROM worker WHERE beat_at > :since ORDER BY name""",
            since=micros(since),
        )
        return [
            Worker(
                name=WorkerName(row["name"]),
                pid=row["pid"],
                host=row["host"],
                slots=row["slots"],
                started_at=instant(row["started_at"]),
                beat_at=instant(row["beat_at"]),
                running=row["running"],
                pools=None if row["pools"] is None else tuple(json.loads(row["pools"])),
            )
            for row in rows
        ]

    def holders(self) -> Sequence[tuple[WorkerName, datetime | None]]:
        rows = self._db.all(
            """SELECT held.worker, worker.beat_at
               FROM (SELECT DISTINCT worker FROM task WHERE state IN ('starting', 'running')) held
               LEFT JOIN worker ON worker.name = held.worker ORDER BY held.worker"""
        )
        return [(WorkerName(row["worker"]), moment(row["beat_at"])) for row in rows]

    def remove(self, worker: WorkerName) -> None:
        self._db.run("DELETE FROM worker WHERE name = :name", name=worker)
