"""What goes on around tasks that wait, in SQL: who works, how busy, how many are ahead."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.capacity import SqlCapacityStore
from jobmill.adapters.sql.connection import Connection, Row, placeholders
from jobmill.adapters.sql.workers import SqlWorkerStore
from jobmill.core.capacity import Running
from jobmill.core.ids import TaskNumber
from jobmill.core.jobs.model import Worker
from jobmill.core.jobs.waiting import LIVE_FOR, Floor

AHEAD_CAP = 1000


def floors_of(
    db: Connection, tasks: Sequence[TaskNumber], now: datetime
) -> Mapping[TaskNumber, Floor]:
    """One floor for each of these ready tasks."""
    if not tasks:
        return {}
    marks, values = placeholders("task", tasks)
    rows = db.all(
        f"SELECT number, organization, pool, engine FROM task WHERE number IN ({marks})",  # noqa: S608
        **values,
    )
    workers = SqlWorkerStore(db).live(now - LIVE_FOR)
    capacity = SqlCapacityStore(db)
    paused, limits, running = capacity.paused(), capacity.limits(), capacity.running()
    ahead = _ahead(db, rows)
    by_engine = {engine: sum(n for r, n in running.items() if r.engine == engine)
                 for engine in {r.engine for r in running}}  # fmt: skip
    return {
        TaskNumber(row["number"]): Floor(
            workers=_serving(workers, row["pool"]),
            running_by_engine=by_engine,
            ready_ahead=ahead.get(row["number"], AHEAD_CAP),
            ahead_cap=AHEAD_CAP,
            pool_paused=row["pool"] in paused,
            limits=tuple(
                (limit, sum(n for r, n in running.items() if limit.covers(r)))
                for limit in limits
                if limit.covers(Running(row["organization"], row["engine"], row["pool"], 0))
            ),
        )
        for row in rows
    }


def _serving(workers: Sequence[Worker], pool: str) -> list[Worker]:
    return [each for each in workers if each.serves(pool)]


def _ahead(db: Connection, rows: Sequence[Row]) -> dict[int, int]:
    """The place of each task among its organization's for the same engine: one walk for each."""
    places: dict[int, int] = {}
    for group in {(row["organization"], row["pool"], row["engine"]) for row in rows}:
        values: dict[str, Any] = dict(zip(("organization", "pool", "engine"), group, strict=True))
        found = db.all(
            """SELECT number FROM task INDEXED BY ix_task_ready
               WHERE state = 'ready' AND retry_at IS NULL AND organization = :organization
                     AND pool = :pool AND engine = :engine
               ORDER BY priority, batch, due, ready_at, number LIMIT :cap""",
            cap=AHEAD_CAP,
            **values,
        )
        places |= {row["number"]: place for place, row in enumerate(found)}
    return places
