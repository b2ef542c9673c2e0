"""What jobs need from outside: a store, a queue, a unit of work around both, and a bell."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from jobmill.core.accounts import AccountStore, SessionStore, TeamStore
from jobmill.core.capacity import CapacityStore
from jobmill.core.engines import FailureClass
from jobmill.core.engines.remote import EngineStore
from jobmill.core.events import EventLog
from jobmill.core.exports.ports import ExportStore
from jobmill.core.ids import (
    AssetNumber,
    BatchNumber,
    ItemNumber,
    JobId,
    JobNumber,
    JobRef,
    OrganizationNumber,
    RunToken,
    TaskNumber,
    UserNumber,
    WorkerName,
)
from jobmill.core.items import AssetStore, Blob, ItemStore
from jobmill.core.items.folders import FolderStore
from jobmill.core.jobs.batches import BatchStore, IngestStore
from jobmill.core.jobs.bulk import BulkStore
from jobmill.core.jobs.figures import Figures
from jobmill.core.jobs.grants import GrantStore
from jobmill.core.jobs.graph_ports import GraphStore
from jobmill.core.jobs.machine import Change
from jobmill.core.jobs.marking import PLAIN, JobKind, JobMark, MarkStore
from jobmill.core.jobs.model import (
    FeatureProgress,
    Job,
    JobGraph,
)
from jobmill.core.jobs.outputs import OutputStore
from jobmill.core.jobs.pages import JobPage, TaskPage
from jobmill.core.jobs.part_ports import PartStore
from jobmill.core.jobs.search import SearchIndex
from jobmill.core.jobs.sharing import ShareStore
from jobmill.core.jobs.side_ports import AttemptStore, IdempotencyStore, WorkerStore
from jobmill.core.jobs.states import JobState
from jobmill.core.jobs.waiting import Floor
from jobmill.core.pipelines import PipelineStore, Plan
from jobmill.core.results import ResultStore
from jobmill.core.reviews.ports import ReviewStore
from jobmill.core.speeds import SpeedStore
from jobmill.core.truths.ports import QualityStore, TruthStore
from jobmill.core.uploads import UploadStore
from jobmill.core.watches import WatchStore
from jobmill.core.webhooks import WebhookStore

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewJob:
    """A planned job before it has numbers; `fields` are the remaining columns of `Job`.

    `task_assets` are the inputs of tasks that have one of their own, by the tasks' names.
    """

    id: JobId
    organization: OrganizationNumber
    plan: Plan
    created_at: datetime
    fields: Mapping[str, Any]
    task_assets: Mapping[str, AssetNumber] = field(default_factory=dict)
    mark: JobMark = PLAIN


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs to list, newest first, after the place `before`: (created_at, number).

    Any of `states` and of `types`; all of `tags` and of `metadata` (key and value as words).
    With `seen_by` those that this user owns or collaborates on; without, all. `kinds` None: of any
    kind; `correct` None: whatever is said of their output; `jobs` None: not only among these.
    """

    organization: OrganizationNumber
    seen_by: UserNumber | None = None
    states: tuple[JobState, ...] = ()
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    batch: BatchNumber | None = None
    correct: bool | None = None
    kinds: tuple[JobKind, ...] | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    ended_after: datetime | None = None
    ended_before: datetime | None = None
    jobs: tuple[JobNumber, ...] | None = None
    before: tuple[datetime, int] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class JobSummary:
    """The little of a job that a long list shows."""

    number: JobNumber
    id: JobId
    state: JobState
    origin: str
    pipeline: str | None
    input: Mapping[str, Any]
    created_at: datetime
    extras: Mapping[str, Any] = field(default_factory=dict)


class JobStore(GraphStore, Protocol):
    """Job, task and route rows, inside one unit of work."""

    def add(self, new: NewJob) -> JobGraph:
        """Create the job with its tasks and routes; tasks without parents are ready."""

    def add_many(self, new: Sequence[NewJob]) -> Sequence[JobNumber]:
        """Create many jobs, in few statements; their numbers, in order."""

    def describe(self, old: Job, new: Job) -> None:
        """Write what people say of a job: name, tags, metadata, priority, times."""

    def number_of(self, organization: OrganizationNumber, job: JobRef) -> JobNumber | None:
        """The number of the organization's job of this id or number, unless it is deleted."""

    def number_of_task(self, organization: OrganizationNumber, task: str) -> JobNumber | None:
        """The number of the job of the organization's task of this id, unless it is deleted."""

    def graph(self, number: JobNumber) -> JobGraph | None:
        """The job with its tasks, deleted ones included."""

    def several(self, numbers: Sequence[JobNumber]) -> Iterator[Job]:
        """Jobs without their tasks, by number (30,000 at most), deleted ones included; those
        that are no more are left out. One at a time: their inputs may be large."""

    def lock(self, number: JobNumber) -> JobGraph | None:
        """Like `graph`; no other unit of work may change it until this one ends."""

    def save(self, change: Change) -> None:
        """Write the job and the changed tasks of a change."""

    def note_progress(
        self, task: TaskNumber, token: RunToken, progress: Mapping[str, FeatureProgress]
    ) -> bool:
        """Keep a running task's progress; False when the attempt was fenced off."""

    def find(self, query: JobQuery) -> Sequence[JobGraph]:
        """Jobs with their tasks, newest first."""

    def page(self, query: JobPage) -> Sequence[JobNumber]:
        """The numbers of the jobs of a page."""

    def page_alone(self, query: JobPage) -> Sequence[Job]:
        """The jobs of a page without their tasks."""

    def page_size(self, query: JobPage) -> int:
        """How many jobs there are on all pages together."""

    def task_page(self, query: TaskPage) -> Sequence[tuple[JobNumber, TaskNumber]]:
        """The numbers of the tasks of a page, each with its job's; without further lanes."""

    def task_page_size(self, query: TaskPage) -> int:
        """How many tasks there are on all pages together."""

    def count(self, query: JobQuery, below: JobNumber | None = None) -> int:
        """How many jobs the query matches in all, with numbers below `below`."""

    def places(self, query: JobQuery, below: JobNumber) -> Sequence[tuple[datetime, JobNumber]]:
        """A page of the places of jobs with numbers below `below`, in the order of `find`."""

    def summaries(
        self,
        organization: OrganizationNumber,
        states: Sequence[JobState],
        before: int | None,
        limit: int,
        seen_by: UserNumber | None = None,
    ) -> Sequence[JobSummary]:
        """Short records of jobs in these states (none: any), newest first, below `before`.

        With `seen_by` those that this user owns or collaborates on; without, all.
        """

    def of_item(self, item: ItemNumber) -> Sequence[JobGraph]:
        """The jobs whose input is this item, oldest first, without deleted ones."""

    def forget_item(self, item: ItemNumber) -> None:
        """The item goes away: its jobs no longer name it."""

    def note_extra(self, number: JobNumber, key: str, value: Any) -> None:
        """Write one word into the job's extras."""

    def empty(
        self, number: JobNumber, *, results: bool, parts: bool, words: bool
    ) -> Sequence[Blob]:
        """Remove what the job's tasks found, what they wrote, and its words in the index; returns
        blobs nothing uses any more."""

    def mark_deleted(self, number: JobNumber, retain_until: datetime) -> None:
        """Hide the job at once; its rows go when nothing runs."""

    def next_end(self) -> datetime | None:
        """When the next job expires, or its retention is over; past where that waits to be done."""

    def due_to_expire(self, now: datetime, limit: int) -> Sequence[JobNumber]:
        """Jobs that have not ended though their time is over, the longest first."""

    def due_for_purge(self, now: datetime, limit: int) -> Sequence[JobNumber]:
        """Jobs whose retention is over, the longest first, but for those being stopped."""

    def remove(self, number: JobNumber) -> Sequence[Blob]:
        """Delete the job and all that hangs on it alone; returns blobs nothing uses any more."""

    def running_of_workers(
        self, workers: Sequence[WorkerName]
    ) -> Sequence[tuple[JobNumber, TaskNumber]]:
        """Tasks that these workers hold."""

    def kept_among(self, tokens: Sequence[RunToken]) -> Sequence[RunToken]:
        """Which of these attempts may go on: neither fenced off nor of a job that shall stop."""

    def floors(self, tasks: Sequence[TaskNumber], now: datetime) -> Mapping[TaskNumber, Floor]:
        """What goes on around each of these ready tasks."""


class TaskQueue(Protocol):
    """Ready tasks, at least once. Used inside a unit of work."""

    def hand_over(self, graph: JobGraph) -> None:
        """The ready tasks of this job may be taken; in the transaction that made them ready."""

    def take(
        self, pools: Sequence[str] | None, room: Mapping[str, int], limit: int, now: datetime
    ) -> Sequence[tuple[JobNumber, TaskNumber]]:
        """The next ready tasks by priority and age, of pools (None: any).

        `room` says how many more tasks an engine takes here; engines not in it take any number.
        """

    def waits_in(self, pool: str, engine: str) -> bool:
        """Whether a task of this pool and engine is ready."""

    def next_due(self, now: datetime) -> datetime | None:
        """When the next task that waits for its time becomes ready."""


class UnitOfWork(Protocol):
    """All stores in one transaction. Services never commit: who opened the unit does."""

    @property
    def accounts(self) -> AccountStore: ...
    @property
    def teams(self) -> TeamStore: ...
    @property
    def sessions(self) -> SessionStore: ...
    @property
    def shares(self) -> ShareStore: ...
    @property
    def assets(self) -> AssetStore: ...
    @property
    def uploads(self) -> UploadStore: ...
    @property
    def watches(self) -> WatchStore: ...
    @property
    def items(self) -> ItemStore: ...
    @property
    def folders(self) -> FolderStore: ...
    @property
    def pipelines(self) -> PipelineStore: ...
    @property
    def batches(self) -> BatchStore: ...
    @property
    def ingests(self) -> IngestStore: ...
    @property
    def bulks(self) -> BulkStore: ...
    @property
    def exports(self) -> ExportStore: ...
    @property
    def search(self) -> SearchIndex: ...
    @property
    def capacity(self) -> CapacityStore: ...
    @property
    def jobs(self) -> JobStore: ...
    @property
    def marks(self) -> MarkStore: ...
    @property
    def attempts(self) -> AttemptStore: ...
    @property
    def parts(self) -> PartStore: ...
    @property
    def queue(self) -> TaskQueue: ...
    @property
    def events(self) -> EventLog: ...
    @property
    def results(self) -> ResultStore: ...
    @property
    def outputs(self) -> OutputStore: ...
    @property
    def workers(self) -> WorkerStore: ...
    @property
    def idempotency(self) -> IdempotencyStore: ...
    @property
    def webhooks(self) -> WebhookStore: ...
    @property
    def figures(self) -> Figures: ...
    @property
    def speeds(self) -> SpeedStore: ...
    @property
    def engines(self) -> EngineStore: ...
    @property
    def grants(self) -> GrantStore: ...
    @property
    def reviews(self) -> ReviewStore: ...
    @property
    def truths(self) -> TruthStore: ...
    @property
    def quality(self) -> QualityStore: ...

    def drop_blob(self, organization: OrganizationNumber, blob: Blob) -> None:
        """After the commit, delete these bytes: nothing uses them any more."""


class Database(Protocol):
    """Runs a function inside a unit of work, off the event loop unless it is brief."""

    async def write(self, work: Callable[[UnitOfWork], T], *, brief: bool = False) -> T:
        """One transaction that may change things; committed when `work` returns.

        `brief`: it takes about a millisecond, whatever it is given (one job's rows, not a list's).
        """

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """One consistent view."""


class Bell(Protocol):
    """Rings when something was committed, here or in another process."""

    @property
    def count(self) -> int:
        """How often it has rung; take it before looking, then wait for more."""

    def ring(self) -> None:
        """Wake who waits in this process, although nothing was committed. From any thread."""

    async def wait(self, seen: int, seconds: float) -> int:
        """Until it has rung more often than `seen`, or for so long at most; the new count."""


__all__ = [
    "AttemptStore", "Bell", "Database", "FailureClass", "IdempotencyStore", "JobQuery", "JobStore",
    "JobSummary", "NewJob", "TaskQueue", "UnitOfWork", "WorkerStore",
]  # fmt: skip
