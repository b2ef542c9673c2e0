"""What the platform does by itself after commits: bulk actions, and the index of words.

They (and exports, see beside this) are woken by the bell, look a few times a second at most, and
sleep while nothing happens.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from jobmill.core.capacity import BULK
from jobmill.core.clock import Clock
from jobmill.core.errors import Unavailable
from jobmill.core.ids import WorkerName
from jobmill.core.jobs.ports import Bell, Database, UnitOfWork
from jobmill.core.jobs.service.attempts import Claimed, Notes
from jobmill.core.jobs.service.bulk import step_bulk
from jobmill.core.jobs.service.search import news_for_search
from jobmill.runtime.platform import PlatformSeat

PAUSE_SECONDS = 0.25
SLEEP_SECONDS = 60.0
LEAVES = 3.0
"""For each second that the index works, or waits for the writer: seconds left to others."""
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
    """Keeps the index of words up with the event log: a write only where there are words.

    Nobody waits for it: while there is much to write it lets that go first.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sweep(self) -> None:
        """Until the index has seen every event."""
        while True:
            began = time.perf_counter()
            if (news := await self._database.read(news_for_search)) is None:
                return
            place, words = news
            await self._database.write(lambda work: work.search.put(words, place))  # noqa: B023
            await asyncio.sleep(LEAVES * (time.perf_counter() - began))


class BulkSweep:
    """Does the bulk actions that are queued, one after the other."""

    def __init__(self, name: WorkerName, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._seat = PlatformSeat(name, database, clock, BULK)

    async def sweep(self) -> None:
        """Until nothing is queued; what was begun is given back when the sweep is cancelled."""
        await self._seat.work_off(self._run)

    async def _run(self, claimed: Claimed) -> None:
        notes = await self._seat.begin(claimed)
        while await self._database.write(lambda work: self._step(work, notes)):
            pass

    def _step(self, work: UnitOfWork, notes: Notes) -> bool:
        self._seat.beat(work)
        return step_bulk(work, notes, self._clock.now())
