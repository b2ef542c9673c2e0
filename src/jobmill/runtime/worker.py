"""The worker: takes ready tasks while it has slots, runs them, settles them, stops cancelled ones.

Nothing waits inside an attempt for children, people or time; between bells the worker sleeps.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from jobmill.core.clock import Clock
from jobmill.core.engines import EngineCatalog, Failed, FailureClass
from jobmill.core.errors import Unavailable
from jobmill.core.ids import TaskNumber, WorkerName
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
from jobmill.runtime.notes import AttemptNotes

BEAT = timedelta(seconds=5)
SETTLE_AGAIN_SECONDS = 1.0
FULL_PAUSE_SECONDS = 0.05
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
    stop: Sequence[TaskNumber]
    next_due: datetime | None


@dataclass(slots=True)
class _Running:
    claimed: Claimed
    task: asyncio.Task[None]
    settling: bool = False


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
        self._catalog = catalog
        self._attempts = attempts
        self._clock = clock
        self._running: dict[TaskNumber, _Running] = {}
        self._closing = False
        self._started_at = clock.now()
        self._beat_at: datetime | None = None

    async def run(self) -> None:
        """Recover what an earlier life of this worker held, then work until cancelled."""
        await self._recover("the worker was restarted")
        try:
            while True:
                seen = self._bell.count
                look = await self._database.write(self._looking())
                for claimed in look.claimed:
                    self._start(claimed)
                for number in look.stop:
                    self._stop(number)
                if len(self._running) >= self._plan.slots:
                    await asyncio.sleep(FULL_PAUSE_SECONDS)
                await self._bell.wait(seen, self._sleep(look))
        finally:
            self._closing = True
            await asyncio.shield(self._close())

    def _looking(self) -> Callable[[UnitOfWork], _Look]:
        """A look at the queue, with what the event loop knows now: it runs on another thread."""
        now = self._clock.now()
        beat = self._beat_at is None or now - self._beat_at >= BEAT
        if beat:
            self._beat_at = now
        record, held = self._record(now), list(self._running)
        take = self._taking(self._plan.slots - len(self._running))

        def look(work: UnitOfWork) -> _Look:
            if beat:
                work.workers.beat(record)
            stop = work.jobs.cancelled_among(held) if held else ()
            return _Look(take(work), stop, work.queue.next_due(now))

        return look

    def _taking(
        self, free: int, leaving: TaskNumber | None = None
    ) -> Callable[[UnitOfWork], Sequence[Claimed]]:
        """A claim of up to `free` tasks, made as if the task `leaving` were gone already."""
        now, room = self._clock.now(), self._room(leaving)

        def take(work: UnitOfWork) -> Sequence[Claimed]:
            if free <= 0 or self._closing:
                return ()
            return begin_attempts(work, self._plan.name, self._plan.pools, room, free, now)

        return take

    def _room(self, leaving: TaskNumber | None) -> dict[str, int]:
        busy = Counter(
            running.claimed.task.engine
            for number, running in self._running.items()
            if number != leaving
        )
        return {
            manifest.id: manifest.concurrency - busy[manifest.id]
            for manifest in self._catalog.manifests().values()
            if manifest.concurrency is not None
        }

    def _record(self, now: datetime) -> WorkerRecord:
        plan = self._plan
        return WorkerRecord(
            plan.name, plan.pid, plan.host, plan.slots, self._started_at, now, len(self._running)
        )

    def _sleep(self, look: _Look) -> float:
        wait = BEAT
        if look.next_due is not None:
            wait = min(wait, look.next_due - self._clock.now())
        return max(0.0, wait.total_seconds())

    def _start(self, claimed: Claimed) -> None:
        task = asyncio.create_task(self._attempt(claimed))
        self._running[claimed.task.number] = _Running(claimed, task)

    def _stop(self, number: TaskNumber) -> None:
        running = self._running.get(number)
        if running is not None and not running.settling:
            running.task.cancel()

    async def _attempt(self, claimed: Claimed) -> None:
        own = asyncio.current_task()
        assert own is not None  # noqa: S101  it runs as a task
        notes = AttemptNotes(claimed, self._database, self._clock, own.cancel)
        following: Sequence[Claimed] = ()
        try:
            outcome = await self._outcome(claimed, notes)
            if not self._closing:
                following = await self._settle(claimed, notes, outcome)
        finally:
            self._running.pop(claimed.task.number, None)
        for each in following:
            self._start(each)

    async def _outcome(self, claimed: Claimed, notes: AttemptNotes) -> Finished | Failed | None:
        """How the attempt ended; None when it was stopped."""
        try:
            return await self._attempts.run(claimed, notes)
        except asyncio.CancelledError:
            return None
        except Exception as surprise:
            log = LOG.bind(job=claimed.graph.job.id, task=claimed.task.name)
            log.exception("attempt.surprised")
            message = f"An unforeseen error: {type(surprise).__name__}: {surprise}"
            return Failed(FailureClass.PLATFORM, "internal_error", message)

    async def _settle(
        self, claimed: Claimed, notes: AttemptNotes, outcome: Finished | Failed | None
    ) -> Sequence[Claimed]:
        """Write the end of the attempt and, in the same transaction, claim what follows it."""
        number = claimed.task.number
        self._running[number].settling = True
        settle = _settlement(await notes.last(), outcome, self._clock.now())
        take = self._taking(1, leaving=number)

        def settle_and_take(work: UnitOfWork) -> Sequence[Claimed]:
            settle(work)
            return take(work)

        while True:
            try:
                return await self._database.write(settle_and_take)
            except Unavailable as refusal:
                LOG.error("worker.cannot_settle", error=refusal.message)
                await asyncio.sleep(SETTLE_AGAIN_SECONDS)

    async def _recover(self, reason: str) -> None:
        now = self._clock.now()
        names = [self._plan.name]
        count = await self._database.write(lambda work: recover_tasks(work, names, reason, now))
        if count:
            LOG.info("worker.recovered", tasks=count)

    async def _close(self) -> None:
        """Stop the engines and give the tasks back, so that the next start goes on at once."""
        tasks = [running.task for running in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._recover("the worker was stopped")
        await self._database.write(lambda work: work.workers.remove(self._plan.name))


def _settlement(
    notes: Notes, outcome: Finished | Failed | None, now: datetime
) -> Callable[[UnitOfWork], object]:
    if outcome is None:
        return lambda work: stop_attempt(work, notes, now)
    if isinstance(outcome, Failed):
        jitter = random.random()  # noqa: S311  spreads retries, guards nothing
        return lambda work: fail_attempt(work, notes, outcome, jitter, now)
    finish = Finish(notes, outcome.done, outcome.provenance, outcome.parts)
    return lambda work: finish_attempt(work, finish, now)
