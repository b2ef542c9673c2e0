"""A worker of the platform's own pool: it takes the jobs that the server does by itself, of one
kind, one after the other, without a slot."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Protocol

from jobmill.core.capacity import PLATFORM_ENGINES, PLATFORM_POOL
from jobmill.core.clock import Clock
from jobmill.core.errors import Unavailable
from jobmill.core.ids import WorkerName
from jobmill.core.jobs.model import Worker
from jobmill.core.jobs.ports import Database, UnitOfWork
from jobmill.core.jobs.service import begin_attempts, note_attempt, recover_tasks
from jobmill.core.jobs.service.attempts import Claimed, Notes

BEAT = timedelta(seconds=5)


class Turn(Protocol):
    """Work that goes on step by step, beside other work of its kind."""

    async def step(self) -> bool:
        """Go on for a moment; False when it is over."""

    async def close(self) -> None:
        """Let go of everything."""


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
        if not self._resumed:
            await self._database.write(lambda work: self._leave(work, "the server was restarted"))
            self._resumed = True
        if not await self._database.read(self._has_work):
            return
        try:
            while (claimed := await self._database.write(self._claim)) is not None:
                await run(claimed)
        finally:
            self._beat_at = None
            await asyncio.shield(
                self._database.write(lambda work: self._leave(work, "the server was stopped"))
            )

    async def work_in_turns(
        self, begin: Callable[[Claimed], Awaitable[Turn]], at_once: int
    ) -> None:
        """Like `work_off`, for several at once: a step of each in turn."""
        if not self._resumed:
            await self._database.write(lambda work: self._leave(work, "the server was restarted"))
            self._resumed = True
        turns: list[Turn] = []
        try:
            while True:
                turns += await self._more_turns(begin, at_once - len(turns))
                if not turns:
                    return
                for turn in list(turns):
                    if not await turn.step():
                        turns.remove(turn)
                        await turn.close()
                await self._database.write(self.beat)
        finally:
            for turn in turns:
                await turn.close()
            if self._beat_at is not None:
                self._beat_at = None
                await asyncio.shield(
                    self._database.write(lambda work: self._leave(work, "the server was stopped"))
                )

    async def _more_turns(
        self, begin: Callable[[Claimed], Awaitable[Turn]], room: int
    ) -> list[Turn]:
        found: list[Turn] = []
        while len(found) < room and await self._database.read(self._has_work):
            claimed = await self._database.write(self._claim)
            if claimed is None:
                break
            found.append(await begin(claimed))
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
