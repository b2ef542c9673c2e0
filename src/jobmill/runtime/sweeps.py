"""What the platform does by itself after commits: bulk actions, and the index of words.

Both are woken by the bell, look a few times a second at most, and sleep while nothing happens.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from jobmill.core.capacity import PLATFORM_POOL
from jobmill.core.clock import Clock
from jobmill.core.errors import Unavailable
from jobmill.core.ids import WorkerName
from jobmill.core.jobs.model import Worker
from jobmill.core.jobs.ports import Bell, Database, UnitOfWork
from jobmill.core.jobs.service import begin_attempts, note_attempt, recover_tasks
from jobmill.core.jobs.service.attempts import Claimed, Notes
from jobmill.core.jobs.service.bulk import step_bulk
from jobmill.core.jobs.service.search import news_for_search

PAUSE_SECONDS = 0.25
SLEEP_SECONDS = 60.0
BEAT = timedelta(seconds=5)
LOG = structlog.get_logger("jobmill.sweeps")


async def after_commits(bell: Bell, sweep: Callable[[], Awaitable[object]]) -> None:
    """Sweep at once, and again after commits, until cancelled."""
    while True:
        seen = bell.count
        try:
            await sweep()
        except Unavailable as refusal:
            LOG.warning("sweep.put_off", error=refusal.message)
            await asyncio.sleep(1)
            continue
        except Exception:
            LOG.exception("sweep.failed")
            await asyncio.sleep(1)
        await bell.wait(seen, SLEEP_SECONDS)
        await asyncio.sleep(PAUSE_SECONDS)


class SearchSweep:
    """Keeps the index of words up with the event log: a write only where there are words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sweep(self) -> None:
        """Until the index has seen every event."""
        while (news := await self._database.read(news_for_search)) is not None:
            place, words = news
            await self._database.write(lambda work: work.search.put(words, place))  # noqa: B023


class BulkSweep:
    """Does the bulk actions that are queued, one after the other, as a worker of its own pool.

    Begins with what an earlier life of that name left behind when it was killed.
    """

    def __init__(self, name: WorkerName, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._name = name
        self._resumed = False
        self._started_at = clock.now()
        self._beat_at: datetime | None = None

    async def sweep(self) -> None:
        """Until nothing is queued; what was begun is given back when the sweep is cancelled."""
        if not self._resumed:
            await self._database.write(lambda work: self._leave(work, "the server was restarted"))
            self._resumed = True
        if not await self._database.read(_platform_has_work):
            return
        try:
            while (claimed := await self._database.write(self._claim)) is not None:
                await self._run(claimed)
        finally:
            self._beat_at = None
            await asyncio.shield(
                self._database.write(lambda work: self._leave(work, "the server was stopped"))
            )

    async def _run(self, claimed: Claimed) -> None:
        notes = Notes(claimed.task.number, claimed.graph.job.number, claimed.token)
        start = Notes(notes.task, notes.job, notes.token, started_at=self._clock.now())
        await self._database.write(lambda work: note_attempt(work, start, self._clock.now()))
        while await self._database.write(lambda work: self._step(work, notes)):
            pass

    def _step(self, work: UnitOfWork, notes: Notes) -> bool:
        self._beat(work)
        return step_bulk(work, notes, self._clock.now())

    def _claim(self, work: UnitOfWork) -> Claimed | None:
        self._beat(work)
        pools = (PLATFORM_POOL,)
        claims = begin_attempts(work, self._name, pools, {}, 1, self._clock.now())
        return claims[0] if claims else None

    def _beat(self, work: UnitOfWork) -> None:
        now = self._clock.now()
        if self._beat_at is None or abs(now - self._beat_at) >= BEAT:
            self._beat_at = now
            host, pools = socket.gethostname(), (PLATFORM_POOL,)
            work.workers.beat(
                Worker(self._name, os.getpid(), host, 1, self._started_at, now, pools=pools)
            )

    def _leave(self, work: UnitOfWork, reason: str) -> None:
        recover_tasks(work, [self._name], reason, self._clock.now())
        work.workers.remove(self._name)


def _platform_has_work(work: UnitOfWork) -> bool:
    return work.queue.waits_in(PLATFORM_POOL)
