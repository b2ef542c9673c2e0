"""A worker with everything around it in one process: a real database, an engine that acts a script.

Time is a clock that stands still; what is waited for is waited for by the bell.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from jobmill.adapters.sql import SqliteDatabase
from jobmill.core.accounts import Principal, Right
from jobmill.core.clock import FakeClock
from jobmill.core.engines import AttemptListener, Done, EngineCall, Outcome
from jobmill.core.errors import FetchFailed, InputMissing, Unavailable
from jobmill.core.events import Event
from jobmill.core.ids import OrganizationNumber, WorkerName
from jobmill.core.items import Fetched
from jobmill.core.jobs.model import Attempt, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob, cancel_job, submit_job
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.jobs.states import ENDED_JOBS, JobState, TaskState
from jobmill.runtime import InputPreparer, Worker, WorkerPlan
from jobmill.runtime.attempt import AttemptRun
from jobmill.runtime.spools import Spools
from jobmill.runtime.workdirs import WorkFolders
from tests.adapters.blobs.memory import MemoryBlobStore
from tests.adapters.stores.seeds import owner
from tests.core.graphs import ListedEngines, engine

T = TypeVar("T")
Act = Callable[[EngineCall, AttemptListener], Awaitable[Outcome]]
PATIENCE = 20.0
ONE = WorkerName("worker-1")
TWO = WorkerName("worker-2")


async def succeed(call: EngineCall, listener: AttemptListener) -> Outcome:
    """The engine that does its work at once."""
    listener.started()
    return Done({"echo": dict(call.parameters)})


def end_with(outcome: Outcome) -> Act:
    async def act(call: EngineCall, listener: AttemptListener) -> Outcome:
        listener.started()
        return outcome

    return act


class Stage:
    """An act that reaches a point and waits there; tests let it go on, or stop it."""

    def __init__(self, *, starts: bool = True, outcome: Outcome | None = None) -> None:
        self.reached = asyncio.Event()
        self.go = asyncio.Event()
        self.stopped = asyncio.Event()
        self.listener: AttemptListener | None = None
        self._starts = starts
        self._outcome = outcome or Done({"from": "stage"})

    async def __call__(self, call: EngineCall, listener: AttemptListener) -> Outcome:
        self.listener = listener
        if self._starts:
            listener.started()
        self.reached.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.stopped.set()
            raise
        return self._outcome


class ScriptedRunner:
    """An `EngineRunner` that plays acts, in turn, by the task's engine; without any it succeeds."""

    def __init__(self) -> None:
        self.acts: dict[str, list[Act]] = {}
        self.calls: list[EngineCall] = []
        self.seen: list[Mapping[str, bytes]] = []
        self.running: dict[str, int] = {}
        self.most: dict[str, int] = {}

    def play(self, *acts: Act, on: str = "noop") -> None:
        """The next attempts at this engine go so; the last goes on for ever."""
        self.acts[on] = list(acts)

    async def run(self, call: EngineCall, listener: AttemptListener) -> Outcome:
        name = call.manifest.id
        self.calls.append(call)
        self.seen.append({file.name: file.path.read_bytes() for file in call.inputs})
        acts = self.acts.get(name, [succeed])
        act = acts.pop(0) if len(acts) > 1 else acts[0]
        self.running[name] = self.running.get(name, 0) + 1
        self.most[name] = max(self.most.get(name, 0), self.running[name])
        try:
            return await act(call, listener)
        finally:
            self.running[name] -= 1

    async def close(self) -> None:
        """There is no process to stop."""


class FlakyDatabase:
    """A `Database` that can be told to refuse, as one on a full disk does."""

    def __init__(self, real: SqliteDatabase) -> None:
        self._real = real
        self.full = False
        self.refused = asyncio.Event()

    async def write(self, work: Callable[[UnitOfWork], T], *, brief: bool = False) -> T:
        if self.full:
            self.refused.set()
            raise Unavailable("The database could not be written: it is full.")
        return await self._real.write(work, brief=brief)

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._real.read(work)


@dataclass
class Roots:
    """`MediaRoots` over one folder."""

    folder: Path

    def locate(self, organization: OrganizationNumber, path: str) -> Path:
        return self.folder / path

    def open_path(self, organization: OrganizationNumber, path: str) -> Path:
        place = self.folder / path
        if not place.is_file():
            raise InputMissing(f"There is no file at {path!r}.")
        return place


@dataclass
class Fetcher:
    """A `Fetcher` of addresses that are known by heart; each fetch may bring other bytes."""

    blobs: MemoryBlobStore
    pages: dict[str, list[bytes]] = field(default_factory=dict)
    fetched: int = 0

    def check(self, url: str) -> None:
        """Every address will do."""

    async def fetch(
        self,
        organization: OrganizationNumber,
        url: str,
        accept: Callable[[str], None] | None = None,
    ) -> Fetched:
        self.fetched += 1
        if accept is not None:
            accept("text/plain")
        pages = self.pages.get(url)
        if not pages:
            raise FetchFailed(f"{url} cannot be fetched.")
        body = pages.pop(0) if len(pages) > 1 else pages[0]

        async def chunks() -> Any:
            yield body

        stored = await self.blobs.put(organization, chunks(), 1 << 20)
        return Fetched(stored, "text/plain", "page")

    @asynccontextmanager
    async def stream(self, organization: OrganizationNumber, url: str) -> AsyncIterator["Page"]:
        fetched = await self.fetch(organization, url)
        yield Page(fetched, self.blobs.blobs[organization, fetched.stored.sha256])


@dataclass
class Page:
    """A `Fetching` of what is there already."""

    whole: Fetched
    body: bytes
    media_type: str = "text/plain"
    name: str = "page"

    async def pieces(self) -> AsyncIterator[bytes]:
        yield self.body

    async def fetched(self) -> Fetched:
        return self.whole


class World:
    """The house of a test: submit, work, wait, look."""

    def __init__(self, database: SqliteDatabase, folder: Path, who: Principal) -> None:
        self.real = database
        self.database = FlakyDatabase(database)
        self.clock = FakeClock()
        self.runner = ScriptedRunner()
        self.blobs = MemoryBlobStore()
        self.roots = Roots(folder / "media")
        self.roots.folder.mkdir()
        self.fetcher = Fetcher(self.blobs)
        self.catalog = ListedEngines(
            [
                engine("noop"),
                engine("narrow", concurrency=1),
                engine("scan", {"X": {}, "Y": {}}),
                engine("slow", spool=True),
            ]
        )
        self.work_folder = folder / "work"
        self.spool_folder = folder / "spool"
        self.who = who
        self._workers: list[asyncio.Task[None]] = []

    @classmethod
    async def make(cls, database: SqliteDatabase, folder: Path) -> "World":
        organization, user = await database.write(owner)
        who = Principal(organization, user, "admin", frozenset({Right.ALL}))
        return cls(database, folder, who)

    def start_worker(
        self, name: WorkerName = ONE, slots: int = 2, pools: tuple[str, ...] | None = None
    ) -> "asyncio.Task[None]":
        """A worker that works until the world ends, or is cancelled before."""
        inputs = InputPreparer(self.database, self.blobs, self.roots, self.fetcher, self.real.bell)
        folders = WorkFolders(self.work_folder / name)
        spools = Spools(self.spool_folder)
        attempts = AttemptRun(self.catalog, self.runner, inputs, self.blobs, folders, spools)
        worker = Worker(
            WorkerPlan(name, 1, "here", slots, pools),
            self.database,
            self.real.bell,
            self.catalog,
            attempts,
            self.clock,
        )
        task = asyncio.create_task(worker.run())
        self._workers.append(task)
        return task

    async def end(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def submit(
        self,
        *tasks: str | Mapping[str, Any],
        routes: Sequence[tuple[str, str]] = (),
        joined: Sequence[Mapping[str, Any]] = (),
        features: tuple[str, ...] = (),
        given: JobInput | None = None,
        **fields: Any,
    ) -> JobGraph:
        """A job of tasks (names of noop tasks, or whole descriptions), or of features."""
        listed = [
            {"name": each, "engine": "noop"} if isinstance(each, str) else each for each in tasks
        ]
        if not listed and not features:
            listed = [{"name": "a", "engine": "noop"}]
        command = SubmitJob(
            input=given or JobInput(json={"n": 1}),
            features=features,
            tasks=tuple(listed),
            routes=(*({"from": a, "to": b} for a, b in routes), *joined),
            **fields,
        )
        now, outside = self.clock.now(), self.outside
        made = await self.real.write(lambda work: submit_job(work, outside, self.who, command, now))
        return made.graph

    @property
    def outside(self) -> Outside:
        """What submitting needs beside the database."""
        return Outside(self.catalog, self.roots, self.fetcher)

    async def cancel(self, job: JobGraph) -> None:
        now = self.clock.now()
        await self.real.write(lambda work: cancel_job(work, self.who, job.job.id, now))

    async def advance(self, seconds: float) -> None:
        """Let time pass, and everybody notice."""
        self.clock.advance(seconds=seconds)
        self.real.bell.ring()

    async def graph(self, job: JobGraph) -> JobGraph:
        found = await self.real.read(lambda work: work.jobs.graph(job.job.number))
        assert found is not None
        return found

    async def until(self, job: JobGraph, true: Callable[[JobGraph], object]) -> JobGraph:
        """The job, as soon as something is true of it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                seen = self.real.bell.count
                found = await self.graph(job)
                if true(found):
                    return found
                await self.real.bell.wait(seen, 5)

    async def ended(self, job: JobGraph) -> JobGraph:
        return await self.until(job, lambda graph: graph.job.state in ENDED_JOBS)

    async def in_state(self, job: JobGraph, state: JobState) -> JobGraph:
        return await self.until(job, lambda graph: graph.job.state is state)

    async def task_in(self, job: JobGraph, state: TaskState, name: str = "a") -> JobGraph:
        return await self.until(job, lambda graph: graph.named(name).state is state)

    async def events(self, job: JobGraph) -> Sequence[Event]:
        return await self.real.read(lambda work: work.events.of_job(job.job.number))

    async def attempts(self, job: JobGraph) -> Sequence[Attempt]:
        return await self.real.read(lambda work: work.attempts.of_job(job.job.number))


async def reached(event: asyncio.Event) -> None:
    """Wait for what must come."""
    async with asyncio.timeout(PATIENCE):
        await event.wait()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
