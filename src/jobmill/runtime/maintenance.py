"""What time itself brings about: expiry of jobs, of claims on reviews and of the time to answer
them, retention, and tasks of workers that no longer live.

Sleeps until the next moment that is written down, woken by commits, which may bring an earlier one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from jobmill.core.clock import Clock
from jobmill.core.errors import Unavailable
from jobmill.core.ids import JobNumber, WorkerName
from jobmill.core.items.service import retire_assets
from jobmill.core.jobs.ports import Bell, Database, UnitOfWork
from jobmill.core.jobs.service import due_jobs, expire_jobs, purge_job, recover_tasks
from jobmill.core.jobs.service.purge_jobs import BATCH as PURGE_BATCH
from jobmill.core.jobs.service.reviews import expire_claims, time_out_reviews

TICK_SECONDS = 1.0
"""Between two looks, however many commits there are; and while tasks are at work."""
LONGEST_SLEEP = 60.0
"""Within it, a clock that was set forward is noticed."""
DEAD_AFTER_TICKS = 15
TOGETHER = 20
"""Jobs that are removed in one transaction."""
LOG = structlog.get_logger("jobmill.maintenance")
Holders = Sequence[tuple[WorkerName, datetime | None]]


class Maintenance:
    """A tick when something is due, and once a second while anybody holds tasks; it writes only
    when something is due.

    A worker whose process has gone is `recover_abandoned`'s business, at once. One that has a
    process but does not beat any more is dead after so many ticks without a new beat: they are
    counted here, so that no clock that jumps can declare a living worker dead. `sweep` ends the
    engines that a worker left; it comes before its tasks are given out again.
    """

    def __init__(
        self,
        database: Database,
        bell: Bell,
        clock: Clock,
        recover_abandoned: Callable[[], Awaitable[object]],
        sweep: Callable[[WorkerName], Awaitable[object]],
    ) -> None:
        self._database = database
        self._bell = bell
        self._clock = clock
        self._recover_abandoned = recover_abandoned
        self._sweep = sweep
        self._silence: dict[WorkerName, tuple[datetime | None, int]] = {}

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            seen, wait = self._bell.count, TICK_SECONDS
            try:
                wait = await self.tick()
            except Unavailable as refusal:
                LOG.warning("maintenance.put_off", error=refusal.message)
            except Exception:
                LOG.exception("maintenance.failed")
            await asyncio.sleep(min(wait, TICK_SECONDS))
            if wait > TICK_SECONDS:
                await self._bell.wait(seen, wait - TICK_SECONDS)

    async def tick(self) -> float:
        """Do what is due now; seconds until there may be more to do, if nothing is committed."""
        now = self._clock.now()
        holders, due, late, moments = await self._database.read(
            lambda work: (
                work.workers.holders(),
                due_jobs(work, now),
                work.jobs.due_to_expire(now, 1),
                (
                    work.jobs.next_end(),
                    work.reviews.next_expiry(),
                    work.reviews.next_due(),
                    work.assets.next_end(),
                ),
            )
        )
        if late:
            await self._expire(now)
        _, lapsed, passed, over = (moment is not None and moment <= now for moment in moments)
        if lapsed:
            await self._lapse(now)
        if passed:
            await self._time_out(now)
        if over:
            await self._retire(now)
        if holders:
            await self._recover_abandoned()
        for worker in self._silent(holders):
            await self._bury(worker)
        await self._purge_all(due)
        if holders or late or due or lapsed or passed or over:
            return TICK_SECONDS
        coming = [moment for moment in moments if moment is not None]
        if not coming:
            return LONGEST_SLEEP
        return min(LONGEST_SLEEP, max(0.0, (min(coming) - now).total_seconds()))

    def _silent(self, holders: Holders) -> list[WorkerName]:
        """Workers that hold tasks and have not beaten for too long."""
        before, self._silence = self._silence, {}
        for worker, beat in holders:
            last, ticks = before.get(worker, (beat, -1))
            self._silence[worker] = (beat, ticks + 1 if last == beat else 0)
        return [name for name, (_, ticks) in self._silence.items() if ticks >= DEAD_AFTER_TICKS]

    async def _bury(self, worker: WorkerName) -> None:
        # Counted from anew: where nothing can be written, the worker could not beat either.
        del self._silence[worker]
        await self._sweep(worker)
        now = self._clock.now()
        count = await self._database.write(
            lambda work: recover_tasks(work, [worker], "the worker's heartbeat stopped", now)
        )
        LOG.warning("worker.dead", worker=worker, recovered=count)

    async def _expire(self, now: datetime) -> None:
        def expire(work: UnitOfWork) -> int:
            return expire_jobs(work, now)

        while await self._database.write(expire):
            pass

    async def _lapse(self, now: datetime) -> None:
        def lapse(work: UnitOfWork) -> int:
            return expire_claims(work, now)

        while await self._database.write(lapse):
            pass

    async def _time_out(self, now: datetime) -> None:
        def time_out(work: UnitOfWork) -> int:
            return time_out_reviews(work, now)

        while await self._database.write(time_out):
            pass

    async def _retire(self, now: datetime) -> None:
        def retire(work: UnitOfWork) -> int:
            return retire_assets(work.assets, now, work.drop_blob)

        while await self._database.write(retire):
            pass

    async def _purge_all(self, due: Sequence[JobNumber]) -> None:
        """What is due, however much became due while nobody looked."""
        while due:
            parts = [due[i : i + TOGETHER] for i in range(0, len(due), TOGETHER)]
            purged = [await self._purge(part) for part in parts]
            if len(due) < PURGE_BATCH or not all(purged):
                return
            now = self._clock.now()
            due = await self._database.read(lambda work: due_jobs(work, now))  # noqa: B023

    async def _purge(self, jobs: Sequence[JobNumber]) -> bool:
        now = self._clock.now()
        try:
            await self._database.write(lambda work: [purge_job(work, job, now) for job in jobs])
        except Unavailable:
            raise
        except Exception:
            LOG.exception("job.not_purged", jobs=list(jobs))
            if len(jobs) > 1:  # one that cannot go must not keep the others
                for job in jobs:
                    await self._purge([job])
            return False
        return True
