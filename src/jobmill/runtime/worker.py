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
                look = await self._database.write(self._look)
                for claimed in look.claimed:
                    self._start(claimed)
                for number in look.stop:
                    if number in self._running:
                        self._running[number].task.cancel()
                await self._bell.wait(seen, self._sleep(look))
        finally:
            self._closing = True
            await asyncio.shield(self._close())

    def _look(self, work: UnitOfWork) -> _Look:
        now = self._clock.now()
        if self._beat_at is None or now - self._beat_at >= BEAT:
            self._beat_at = now
            work.workers.beat(self._record(now))
        stop = work.jobs.cancelled_among(list(self._running)) if self._running else ()
        free = self._plan.slots - len(self._running)
        claimed: Sequence[Claimed] = ()
        if free > 0:
            claimed = begin_attempts(
                work, self._plan.name, self._plan.pools, self._room(), free, now
            )
        return _Look(claimed, stop, work.queue.next_due(now))

    def _room(self) -> dict[str, int]:
        busy = Counter(running.claimed.task.engine for running in self._running.values())
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

    async def _attempt(self, claimed: Claimed) -> None:
        own = asyncio.current_task()
        assert own is not None  # noqa: S101  it runs as a task
        notes = AttemptNotes(claimed, self._database, self._clock, own.cancel)
        log = LOG.bind(job=claimed.graph.job.id, task=claimed.task.name)
        try:
            outcome = await self._attempts.run(claimed, notes)
            await self._settle(notes, outcome)
        except asyncio.CancelledError:
            if not self._closing:
                await self._stopped(await notes.last())
        except Exception as surprise:
            log.exception("attempt.surprised")
            message = f"An unforeseen error: {type(surprise).__name__}: {surprise}"
            failed = Failed(FailureClass.PLATFORM, "internal_error", message)
            await self._settle(notes, failed)
        finally:
            self._running.pop(claimed.task.number, None)

    async def _settle(self, notes: AttemptNotes, outcome: Finished | Failed) -> None:
        last = await notes.last()
        now = self._clock.now()
        if isinstance(outcome, Failed):
            jitter = random.random()  # noqa: S311  spreads retries, guards nothing
            await self._persist(lambda work: fail_attempt(work, last, outcome, jitter, now))
            return
        finish = Finish(last, outcome.done, outcome.provenance, outcome.parts)
        await self._persist(lambda work: finish_attempt(work, finish, now))

    async def _stopped(self, notes: Notes) -> None:
        now = self._clock.now()
        await self._persist(lambda work: stop_attempt(work, notes, now))

    async def _persist(self, settle: Callable[[UnitOfWork], object]) -> None:
        """Write the end of an attempt; while the database refuses (disk full), try on."""
        while True:
            try:
                await self._database.write(settle)
            except Unavailable as refusal:
                LOG.error("worker.cannot_settle", error=refusal.message)
                await asyncio.sleep(SETTLE_AGAIN_SECONDS)
            else:
                return

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
