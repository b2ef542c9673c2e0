"""What time itself brings about: retention, and tasks of workers that no longer live."""

import asyncio
from datetime import timedelta

import structlog

from jobmill.core.clock import Clock
from jobmill.core.jobs.ports import Database, UnitOfWork
from jobmill.core.jobs.service import purge_due_jobs, recover_tasks

TICK_SECONDS = 1.0
DEAD_AFTER = timedelta(seconds=15)
LOG = structlog.get_logger("jobmill.maintenance")


class Maintenance:
    """A tick once a second; it writes only when something is due."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            try:
                await self.tick()
            except Exception:
                LOG.exception("maintenance.failed")
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> None:
        """Do what is due now."""
        if await self._database.read(self._anything_due):
            await self._database.write(self._do_due)

    def _anything_due(self, work: UnitOfWork) -> bool:
        now = self._clock.now()
        return bool(work.jobs.due_for_purge(now, 1) or work.workers.dead(now - DEAD_AFTER))

    def _do_due(self, work: UnitOfWork) -> None:
        now = self._clock.now()
        dead = work.workers.dead(now - DEAD_AFTER)
        if dead:
            count = recover_tasks(work, dead, "the worker's heartbeat stopped", now)
            LOG.warning("worker.dead", workers=list(dead), recovered=count)
        purge_due_jobs(work, now)
