"""What the runtime and the services say to each other about an attempt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jobmill.core.engines import Done, Failed
from jobmill.core.ids import JobNumber, RunToken, TaskNumber
from jobmill.core.items import Asset
from jobmill.core.jobs.model import FeatureProgress, JobGraph, LogLine, Part, Task
from jobmill.core.results import Provenance


@dataclass(frozen=True, slots=True)
class Claimed:
    """An attempt that this worker has begun, with all it needs to run.

    `chunks` are the parts that an attempt at chunks has in hand. With `live_input` what it reads
    is still being written, and `parent_parts` is empty.
    """

    graph: JobGraph
    task: Task
    token: RunToken
    asset: Asset | None
    parent_parts: Mapping[str, Sequence[Part]]
    chunks: tuple[Part, ...] = ()
    live_input: bool = False


@dataclass(frozen=True, slots=True)
class ChunkEnd:
    """A chunk that is done: what was written for it, of every port that somebody reads a part."""

    number: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ChunkFailure:
    """A chunk that the engine gave up."""

    number: int
    failed: Failed


@dataclass(frozen=True, slots=True)
class Notes:
    """What an attempt reported since the last time. `read`: how many parts it took in, by port;
    `ends`: of one that has come to a good end, how many its ports have.

    `roles` are those of its output ports: the parts of such a port become assets of the job's item.
    """

    task: TaskNumber
    job: JobNumber
    token: RunToken
    started_at: datetime | None = None
    progress: Mapping[str, FeatureProgress] | None = None
    log: tuple[LogLine, ...] = ()
    input_size: int | None = None  # of the job's input, in bytes
    parts: tuple[Part, ...] = ()
    chunks: tuple[ChunkEnd, ...] = ()
    failures: tuple[ChunkFailure, ...] = ()
    read: Mapping[str, int] | None = None
    ends: Mapping[str, int] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        """Whether there is anything in it but words and figures."""
        return bool(self.parts or self.chunks or self.failures or self.read is not None)


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a successful attempt, ready to be written; `seconds` is what its `chunks` took.

    `unread`: nobody read `out` when it began, so that its document is not among the `parts`.
    """

    notes: Notes
    done: Done
    provenance: Provenance
    parts: tuple[Part, ...] = ()
    seconds: float = 0.0
    chunks: int = 0
    unread: bool = False
