"""Limits, paused pools and turns in SQL."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from jobmill.adapters.sql.connection import micros
from jobmill.adapters.sql.made_pools import MadePools
from jobmill.core.capacity import Limit, Pool, Running
from jobmill.core.ids import OrganizationNumber, WorkerName, new_id
from jobmill.core.jobs.waiting import LIVE_FOR

_ACTIVE = "state IN ('starting', 'running')"


class SqlCapacityStore(MadePools):
    """The `CapacityStore` port."""

    def limits(self) -> Sequence[Limit]:
        rows = self._db.all(
            """SELECT running_limit.*, organization.name AS organization_name FROM running_limit
               LEFT JOIN organization ON organization.number = running_limit.organization
               ORDER BY running_limit.number"""
        )
        return [
            Limit(
                id=row["id"],
                organization=row["organization"] and OrganizationNumber(row["organization"]),
                organization_name=row["organization_name"],
                engine=row["engine"],
                running=row["running"],
                pool=row["pool"],
            )
            for row in rows
        ]

    def set_limit(
        self,
        organization: OrganizationNumber | None,
        engine: str | None,
        running: int,
        pool: str | None = None,
    ) -> Limit:
        wanted = (organization, engine, pool)
        same = [x for x in self.limits() if (x.organization, x.engine, x.pool) == wanted]
        limit = same[0].id if same else new_id()
        if same:
            self._db.run(
                "UPDATE running_limit SET running = :running WHERE id = :id",
                running=running,
                id=limit,
            )
        else:
            self._db.run(
                """INSERT INTO running_limit (id, organization, engine, running, pool)
                   VALUES (:id, :organization, :engine, :running, :pool)""",
                id=limit,
                organization=organization,
                engine=engine,
                running=running,
                pool=pool,
            )
        return next(each for each in self.limits() if each.id == limit)

    def remove_limit(self, limit: str) -> bool:
        return self._db.run("DELETE FROM running_limit WHERE id = :id", id=limit) > 0

    def organization_of(self, name: str) -> OrganizationNumber | None:
        number = self._db.value(
            "SELECT number FROM organization WHERE id = :name OR name = :name", name=name
        )
        return number and OrganizationNumber(number)

    def paused(self) -> frozenset[str]:
        return frozenset(row["name"] for row in self._db.all("SELECT name FROM pool WHERE paused"))

    def set_paused(self, pool: str, *, paused: bool) -> None:
        self._db.run(
            """INSERT INTO pool (name, paused) VALUES (:name, :paused)
               ON CONFLICT (name) DO UPDATE SET paused = :paused""",
            name=pool,
            paused=int(paused),
        )

    def pools(self, now: datetime) -> Sequence[Pool]:
        """The pool of an empty name has the workers that serve every pool."""
        ready = {
            row["pool"]: row["n"]
            for row in self._db.all(
                "SELECT pool, count(*) AS n FROM task WHERE state = 'ready' GROUP BY pool"
            )
        }
        running: dict[str, int] = {}
        for kind, count in self.running().items():
            running[kind.pool] = running.get(kind.pool, 0) + count
        workers = self._workers(now)
        paused = self.paused()
        return [
            Pool(
                name,
                name in paused,
                ready.get(name, 0),
                running.get(name, 0),
                tuple(workers.get(name, ())),
            )
            for name in sorted({*ready, *running, *workers, *paused})
        ]

    def _workers(self, now: datetime) -> dict[str, list[WorkerName]]:
        found: dict[str, list[WorkerName]] = {}
        for row in self._db.all(
            "SELECT name, pools FROM worker WHERE beat_at > :since", since=micros(now - LIVE_FOR)
        ):
            for pool in json.loads(row["pools"]) if row["pools"] is not None else ("",):
                found.setdefault(pool, []).append(WorkerName(row["name"]))
        return found

    def running(self) -> Mapping[Running, int]:
        rows = self._db.all(
            f"""SELECT organization, engine, pool, batch, count(*) AS n FROM task
                WHERE {_ACTIVE} GROUP BY organization, engine, pool, batch"""  # noqa: S608
        )
        return {
            Running(
                OrganizationNumber(row["organization"]), row["engine"], row["pool"], row["batch"]
            ): row["n"]
            for row in rows
        }
