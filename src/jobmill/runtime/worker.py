"""The worker: takes ready tasks while it has slots, runs them, settles them, stops cancelled ones.

Nothing waits inside an attempt for children, people or time; between bells the worker sleeps.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from jobmill.core.clock import Clock
from jobmill.core.engines import EngineCatalog, Failed, FailureClass
from jobmill.core.errors import Unavailable
from jobmill.core.ids import RunToken, WorkerName
from jobmill.core.jobs.model import Worker as WorkerRecord
from jobmill.core.jobs.ports import Bell, Database, UnitOfWork
from jobmill.core.jobs.service import (
    begin_attempts,
    fail_attempt,
    finish_attempt,
    recover_tasks,
    stop_attempt,
)
from jobmill.core.jobs.service.attempts import Claimed, Finish, Notes
from jobmill.runtime.attempt import AttemptRun, Finished
from jobmill.runtime.known_engines import KnownEngines
from jobmill.runtime.notes import AttemptNotes
from jobmill.runtime.telling import speak_of, tell_end
from jobmill.runtime.writing import LiveNotes

BEAT = timedelta(seconds=5)
AGAIN_SECONDS = 1.0
CLOSE_SECONDS = 8.0
FULL_PAUSE_SECONDS = 0.05
"""With every slot taken only a cancel can be news: no need to look at each commit."""
LENDING = 4
"""How many times its slots a worker takes on at most, counting those that wait."""
T = TypeVar("T")
LOG = structlog.get_logger("jobmill.worker")


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """Who this worker is and how much it takes on. `pools` None: any pool."""

    name: WorkerName
    pid: int
    host: str
    slots: int
    pools: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    claimed: Sequence[Claimed]
    kept: Sequence[RunToken]
    next_due: datetime | None


@dataclass(slots=True)
class _Running:
    """An attempt at work; once it has ended by itself, it is settled and no more stopped."""

    claimed: Claimed
    task: asyncio.Task[None]
    stoppable: bool = True
    notes: AttemptNotes | None = None

    @property
    def waiting(self) -> bool:
        """Whether it lends its slot: it can go on only when another task has."""
        return isinstance(self.notes, LiveNotes) and self.notes.waiting

    def stop(self) -> None:
        """End it. Once only: a second cancel would break the clearing up after the first."""
        if self.stoppable:
            self.stoppable = False
            self.task.cancel()


class Worker:
    """One worker process's loop. `run` until cancelled; then it gives its tasks back."""

    def __init__(
        self,
        plan: WorkerPlan,
        database: Database,
        bell: Bell,
        catalog: EngineCatalog,
        attempts: AttemptRun,
        clock: Clock,
    ) -> None:
        self._plan = plan
        self._database = database
        self._bell = bell
        self._engines = KnownEngines(catalog)
        self._attempts = attempts
        self._clock = clock
        self._running: dict[RunToken, _Running] = {}
        self._closing = False
        self._started_at = clock.now()
        self._beat_at: datetime | None = None

    async def run(self) -> None:
        """Recover what an earlier life of this worker held, then work until cancelled."""
        await self._persist(lambda work: self._give_back(work, "the worker was restarted"))
        try:
            while True:
                seen = self._bell.count
                try:
                    wait = self._act(await self._look())
                except Unavailable as refusal:
                    LOG.error("worker.cannot_look", error=refusal.message)
                    seen, wait = self._bell.count, AGAIN_SECONDS
                except Exception:
                    LOG.exception("worker.surprised")
                    seen, wait = self._bell.count, AGAIN_SECONDS
                if self._free(self._running) <= 0:
                    await asyncio.sleep(FULL_PAUSE_SECONDS)
                await self._bell.wait(seen, wait)
        finally:
            self._closing = True
            await asyncio.shield(self._close())

    async def _look(self) -> _Look:
        """Beat, see what shall stop, and take what there is room for, in one transaction."""
        now, running = self._clock.now(), dict(self._running)
        room = self._room(running)
        # Either way round: a clock that was set back must not silence the heart.
        beats = self._beat_at is None or abs(now - self._beat_at) >= BEAT

        def look(work: UnitOfWork) -> _Look:
            if beats:
                work.workers.beat(self._record(now, len(running)))
            kept = work.jobs.kept_among(list(running)) if running else ()
            free = self._free(running)
            claimed: Sequence[Claimed] = ()
            if free > 0:
                pools = self._plan.pools
                claimed = begin_attempts(work, self._plan.name, pools, room, free, now)
            return _Look(claimed, kept, work.queue.next_due(now))

        found = await self._database.write(look, brief=True)
        if beats:
            self._beat_at = now
        for token in running.keys() - set(found.kept):
            running[token].stop()
        return found

    def _act(self, look: _Look) -> float:
        """Start what was taken; the seconds until the next look, if no bell rings before."""
        self._start(look.claimed)
        wait = BEAT
        if look.next_due is not None:
            wait = min(wait, look.next_due - self._clock.now())
        return max(0.0, wait.total_seconds())

    def _start(self, claims: Sequence[Claimed]) -> None:
        for claimed in claims:
            task = asyncio.create_task(self._attempt(claimed))
            self._running[claimed.token] = _Running(claimed, task)

    def _room(self, running: Mapping[RunToken, _Running]) -> dict[str, int]:
        busy = Counter(each.claimed.task.engine for each in running.values())
        return {engine: most - busy[engine] for engine, most in self._engines.limits().items()}

    def _free(self, running: Mapping[RunToken, _Running]) -> int:
        """How many more tasks it takes on: attempts that wait for others lend their slots."""
        busy = sum(not each.waiting for each in running.values())
        return min(self._plan.slots - busy, LENDING * self._plan.slots - len(running))

    def _record(self, now: datetime, running: int) -> WorkerRecord:
        plan = self._plan
        return WorkerRecord(
            plan.name, plan.pid, plan.host, plan.slots, self._started_at, now, running, plan.pools
        )

    async def _attempt(self, claimed: Claimed) -> None:
        running = self._running[claimed.token]
        notes = running.notes = self._attempts.notes(
            claimed, self._database, self._bell, self._clock, running.stop
        )
        following: Sequence[Claimed] = ()
        speak_of(claimed, self._plan.name)
        began = time.perf_counter()
        try:
            async with self._attempts.holding():
                end = await self._end_of(claimed, notes)
                running.stoppable = False
                following = await self._settle(claimed, notes, end)
            await self._attempts.settled(claimed, self._database)
            tell_end(claimed, end, time.perf_counter() - began)
        finally:
            del self._running[claimed.token]
        if not self._closing:  # else they are given back with the rest
            self._start(following)

    async def _end_of(self, claimed: Claimed, notes: AttemptNotes) -> Finished | Failed | None:
        """How the attempt ended; None when it was stopped."""
        try:
            return await self._attempts.run(claimed, notes)
        except asyncio.CancelledError:
            if self._closing:
                raise
            return notes.trouble if isinstance(notes, LiveNotes) else None
        except Exception as surprise:
            LOG.exception("attempt.surprised")
            return _unforeseen(surprise)

    async def _settle(
        self, claimed: Claimed, notes: AttemptNotes, end: Finished | Failed | None
    ) -> Sequence[Claimed]:
        """Write the end of the attempt and, in the same transaction, claim what takes its slot."""
        last = await notes.last()
        settle, take = self._settlement(last, end), self._taking_over(claimed)

        def settle_and_take(work: UnitOfWork) -> Sequence[Claimed]:
            settle(work)
            return take(work)

        try:
            return await self._persist(settle_and_take)
        except Exception:
            # Perhaps only the claim went wrong: a success must not fail for another task's sake.
            LOG.exception("attempt.not_settled_with_claim")
        try:
            await self._persist(settle)
        except Exception as surprise:
            # Whatever it was that could not be written, the attempt must not stay open.
            LOG.exception("attempt.not_settled")
            bare = Notes(last.task, last.job, last.token)
            await self._persist(self._settlement(bare, _unforeseen(surprise)))
        return ()

    def _taking_over(self, leaving: Claimed) -> Callable[[UnitOfWork], Sequence[Claimed]]:
        """A claim of one task, made as if the attempt `leaving` were gone already."""
        now, running = self._clock.now(), dict(self._running)
        del running[leaving.token]
        room, plan, free = self._room(running), self._plan, self._free(running)

        def take(work: UnitOfWork) -> Sequence[Claimed]:
            if self._closing or free <= 0:
                return ()
            return begin_attempts(work, plan.name, plan.pools, room, 1, now)

        return take

    def _settlement(
        self, notes: Notes, end: Finished | Failed | None
    ) -> Callable[[UnitOfWork], object]:
        now = self._clock.now()
        if end is None:
            return lambda work: stop_attempt(work, notes, now)
        if isinstance(end, Failed):
            jitter = random.random()  # noqa: S311  spreads retries, guards nothing
            return lambda work: fail_attempt(work, notes, end, jitter, now)
        finish = Finish(
            notes, end.done, end.provenance, end.parts, end.seconds, end.chunks, end.unread
        )
        return lambda work: finish_attempt(work, finish, now)

    async def _persist(self, change: Callable[[UnitOfWork], T]) -> T:
        """Write what must be written; while the database refuses (disk full), try on."""
        while True:
            try:
                return await self._database.write(change, brief=True)
            except Unavailable as refusal:
                LOG.error("worker.cannot_write", error=refusal.message)
                await asyncio.sleep(AGAIN_SECONDS)

    def _give_back(self, work: UnitOfWork, reason: str, *, in_order: bool = False) -> None:
        now = self._clock.now()
        count = recover_tasks(work, [self._plan.name], reason, now, in_order=in_order)
        if count:
            LOG.info("worker.gives_back", tasks=count, reason=reason)

    async def _close(self) -> None:
        """Stop the engines and give the tasks back, so that the next start goes on at once."""
        tasks = [running.task for running in self._running.values()]
        for running in list(self._running.values()):
            running.stop()
        if tasks:
            # What has ended by itself is settled; what stops is stopped by its runner.
            _, late = await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        def leave(work: UnitOfWork) -> None:
            self._give_back(work, "the worker was stopped", in_order=True)
            work.workers.remove(self._plan.name)

        try:
            await self._database.write(leave)
        except Unavailable as refusal:
            LOG.error("worker.left_without_a_word", error=refusal.message)


def _unforeseen(surprise: Exception) -> Failed:
    message = f"An unforeseen error: {type(surprise).__name__}: {surprise}"
    plain = message.encode("ascii", "backslashreplace").decode()
    return Failed(FailureClass.PLATFORM, "internal_error", plain)
