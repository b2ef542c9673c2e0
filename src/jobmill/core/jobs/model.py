"""A job, its tasks and their attempts, as frozen records. No rules here: see `machine`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill.core.engines import FailureClass
from jobmill.core.ids import (
    AssetNumber,
    AttemptNumber,
    BatchNumber,
    ItemNumber,
    JobId,
    JobNumber,
    OrganizationNumber,
    RunToken,
    TaskNumber,
    UserNumber,
    WorkerName,
)
from jobmill.core.items import Blob
from jobmill.core.jobs.flow import EMPTY, Flow
from jobmill.core.jobs.states import Hold, JobState, TaskState
from jobmill.core.pipelines import Mode, ReviewSpec
from jobmill.core.results import Alarm, ResultWarning
from jobmill.core.webhooks import Callback

DEFAULT_PRIORITY = 20
PRIORITIES = range(140)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something ended badly: a stable code, a sentence, the task, and whose fault it is."""

    code: str
    message: str
    task: str | None = None
    failure: FailureClass = FailureClass.ENGINE


@dataclass(frozen=True, slots=True)
class FeatureProgress:
    """How far one feature (or a whole task) is, in `unit`s; never falls within a generation.

    `first_done` is what the first report said, at `started_at`.
    """

    done: float
    total: float | None
    unit: str
    started_at: datetime
    updated_at: datetime
    first_done: float = 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """One node of a job's graph. `token` is the run token of its present start.

    `attempt` counts starts, `failures` those that failed, `deaths` those whose process died. With
    an `input` (and its `asset`) it works on that instead of the job's. `lane_of` names the task of
    which it is a further lane. With a `review` people answer, and no engine has it.
    """

    number: TaskNumber
    id: str
    job: JobNumber
    name: str
    engine: str
    pool: str
    state: TaskState
    features: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    required: bool = True
    max_retries: int = 0
    priority: int = DEFAULT_PRIORITY
    generation: int = 1
    attempt: int = 0
    deaths: int = 0
    failures: int = 0
    token: RunToken | None = None
    worker: WorkerName | None = None
    retry_at: datetime | None = None
    ready_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    progress: Mapping[str, FeatureProgress] = field(default_factory=dict)
    warnings: tuple[ResultWarning, ...] = ()
    failure: Failure | None = None
    mode: Mode = Mode.WHOLE
    wait_for_parents: bool = False
    input: Mapping[str, Any] | None = None
    asset: AssetNumber | None = None
    flow: Flow = EMPTY
    lane: int = 0
    lane_of: str | None = None
    review: ReviewSpec | None = None

    @property
    def shown(self) -> str:
        """The name under which people know it: a further lane has that of its task."""
        return self.lane_of or self.name


@dataclass(frozen=True, slots=True)
class Route:
    """An output port of a task joined to an input port of another, by task name."""

    source: str
    source_port: str
    target: str
    target_port: str
    mode: Mode = Mode.CHUNK


@dataclass(frozen=True, slots=True)
class Job:
    """One run of features, of a pipeline, or of an explicit graph."""

    number: JobNumber
    id: JobId
    organization: OrganizationNumber
    owner: UserNumber
    type: str
    state: JobState
    created_at: datetime
    updated_at: datetime
    features: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    pipeline: str | None = None
    input: Mapping[str, Any] = field(default_factory=dict)
    asset: AssetNumber | None = None
    item: ItemNumber | None = None
    origin: str = "api"
    priority: int = DEFAULT_PRIORITY
    name: str | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    batch: BatchNumber | None = None
    due: datetime | None = None
    expires_at: datetime | None = None
    retain_until: datetime | None = None
    hold: Hold | None = None
    expired: bool = False
    alarms: tuple[Alarm, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    callback: Callback | None = None
    generation: int = 1
    cancel_requested: bool = False
    deleted: bool = False
    reason: Failure | None = None
    warnings: tuple[ResultWarning, ...] = ()
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobGraph:
    """A job with all its tasks and routes: the unit that every transition sees whole.

    `lanes` are further lanes of its chunk tasks, which nobody is shown.
    """

    job: Job
    tasks: tuple[Task, ...]
    routes: tuple[Route, ...] = ()
    lanes: tuple[Task, ...] = ()

    def task(self, number: TaskNumber) -> Task:
        """The task, or the lane, of this number."""
        return next(task for task in (*self.tasks, *self.lanes) if task.number == number)

    def named(self, name: str) -> Task:
        """The task of this name."""
        return next(task for task in self.tasks if task.name == name)

    def lanes_of(self, name: str) -> tuple[Task, ...]:
        """All lanes of a task, itself first."""
        return (self.named(name), *(lane for lane in self.lanes if lane.lane_of == name))

    def fed_by(self, name: str) -> Route:
        """The one route that leads into a review."""
        return next(route for route in self.routes if route.target == name)

    def readers(self, name: str) -> tuple[Route, ...]:
        """The routes that lead out of a task."""
        return tuple(route for route in self.routes if route.source == name)

    def parents(self, name: str) -> set[str]:
        """Names of the tasks that feed this one."""
        return {route.source for route in self.routes if route.target == name}

    def children(self, name: str) -> set[str]:
        """Names of the tasks that this one feeds."""
        return {route.target for route in self.routes if route.source == name}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a task, as history: which worker, from when to when, how it ended."""

    number: AttemptNumber
    id: str
    task: str
    attempt: int
    generation: int
    worker: WorkerName
    state: str
    claimed_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that an engine logged or printed during an attempt."""

    at: datetime
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a task wrote through an output port: bytes kept as a blob, or a small `document` (JSON
    text) kept with it. Without either it is empty: there was nothing for this number."""

    port: str
    number: int
    sha256: str | None
    size: int
    media_type: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    document: str | None = None

    @property
    def empty(self) -> bool:
        """Whether there was nothing for its number."""
        return self.sha256 is None and self.document is None

    @property
    def blob(self) -> Blob | None:
        """The bytes, if they are a blob."""
        return None if self.sha256 is None else Blob(self.sha256, self.size)


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that executes attempts. `pools` None: it serves every pool."""

    name: WorkerName
    pid: int
    host: str
    slots: int
    started_at: datetime
    beat_at: datetime
    running: int = 0
    pools: tuple[str, ...] | None = None

    def serves(self, pool: str) -> bool:
        """Whether it takes tasks of this pool."""
        return self.pools is None or pool in self.pools
