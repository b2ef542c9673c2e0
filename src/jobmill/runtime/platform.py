"""A worker of the platform's own pool: it takes the jobs that the server does by itself, of one
kind, one after the other, without a slot."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from jobmill.core.capacity import PLATFORM_ENGINES, PLATFORM_POOL
from jobmill.core.clock import Clock
from jobmill.core.errors import Unavailable
from jobmill.core.ids import WorkerName
from jobmill.core.jobs.model import Worker
from jobmill.core.jobs.ports import Bell, Database, UnitOfWork
from jobmill.core.jobs.service import begin_attempts, note_attempt, recover_tasks
from jobmill.core.jobs.service.attempts import Claimed, Notes

BEAT = timedelta(seconds=5)
PAUSE_SECONDS = 0.05
"""Between two looks for more to do, however many commits there are."""


class PlatformSeat:
    """Claims tasks of one engine of the platform, and beats while it has one.

    Begins with what an earlier life of its name left behind when it was killed.
    """

    def __init__(self, name: WorkerName, database: Database, clock: Clock, engine: str) -> None:
        self._database = database
        self._clock = clock
        self._engine = engine
        self._others = {other: 0 for other in PLATFORM_ENGINES if other != engine}
        self._name = name
        self._resumed = False
        self._started_at = clock.now()
        self._beat_at: datetime | None = None

    async def work_off(self, run: Callable[[Claimed], Awaitable[None]]) -> None:
        """Run what is queued until nothing is; what was begun is given back on a cancel."""
        await self._resume()
        if not await self._database.read(self._has_work):
            return
        try:
            while (claimed := await self._database.write(self._claim)) is not None:
                await run(claimed)
        finally:
            await self._give_back()

    async def work_side_by_side(
        self, run: Callable[[Claimed], Awaitable[None]], at_once: int, bell: Bell
    ) -> None:
        """Like `work_off`, for several at once; what is queued meanwhile begins meanwhile."""
        await self._resume()
        running: set[asyncio.Future[None]] = set()
        try:
            while True:
                seen = bell.count
                for claimed in await self._take(at_once - len(running)):
                    running.add(asyncio.ensure_future(run(claimed)))
                if not running:
                    return
                await self._database.write(self.beat)
                await _rung_or_done(bell, seen, running)
                for each in [each for each in running if each.done()]:
                    running.discard(each)
                    each.result()
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            for each in running:
                each.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self._give_back()

    async def _take(self, room: int) -> list[Claimed]:
        found: list[Claimed] = []
        while len(found) < room and await self._database.read(self._has_work):
            claimed = await self._database.write(self._claim)
            if claimed is None:
                break
            found.append(claimed)
        return found

    async def begin(self, claimed: Claimed) -> Notes:
        """The work starts; the notes to settle it with."""
        notes = Notes(claimed.task.number, claimed.graph.job.number, claimed.token)
        now = self._clock.now()
        start = Notes(notes.task, notes.job, notes.token, started_at=now)
        await self._database.write(lambda work: note_attempt(work, start, now))
        return notes

    def beat(self, work: UnitOfWork) -> None:
        """Still alive; written every few seconds at most."""
        now = self._clock.now()
        if self._beat_at is None or abs(now - self._beat_at) >= BEAT:
            self._beat_at = now
            host, pools = socket.gethostname(), (PLATFORM_POOL,)
            work.workers.beat(
                Worker(self._name, os.getpid(), host, 1, self._started_at, now, pools=pools)
            )

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Beat by itself while something takes long."""
        beats = asyncio.ensure_future(self._beats())
        try:
            yield
        finally:
            beats.cancel()
            with suppress(asyncio.CancelledError):
                await beats

    async def _beats(self) -> None:
        while True:
            with suppress(Unavailable):
                await self._database.write(self.beat)
            await asyncio.sleep(BEAT.total_seconds())

    async def _resume(self) -> None:
        if not self._resumed:
            await self._database.write(lambda work: self._leave(work, "the server was restarted"))
            self._resumed = True

    async def _give_back(self) -> None:
        """Nothing to do for a seat that took nothing."""
        if self._beat_at is None:
            return
        self._beat_at = None
        await asyncio.shield(
            self._database.write(lambda work: self._leave(work, "the server was stopped"))
        )

    def _has_work(self, work: UnitOfWork) -> bool:
        return work.queue.waits_in(PLATFORM_POOL, self._engine)

    def _claim(self, work: UnitOfWork) -> Claimed | None:
        self.beat(work)
        now = self._clock.now()
        claims = begin_attempts(work, self._name, (PLATFORM_POOL,), self._others, 1, now)
        return claims[0] if claims else None

    def _leave(self, work: UnitOfWork, reason: str) -> None:
        recover_tasks(work, [self._name], reason, self._clock.now())
        work.workers.remove(self._name)


async def _rung_or_done(bell: Bell, seen: int, running: Collection[asyncio.Future[None]]) -> None:
    """Until something was committed, one of them is done, or it is time for a beat."""
    ring = asyncio.ensure_future(bell.wait(seen, BEAT.total_seconds()))
    waited: list[asyncio.Future[Any]] = [ring, *running]
    try:
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ring.cancel()
