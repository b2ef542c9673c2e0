"""The record of how a batch is read: from which file, as whom, to which jobs, and how far it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from jobmill.core.ids import AssetNumber, BatchNumber, JobNumber
from jobmill.core.jobs.batches.rows import RowFormat
from jobmill.core.jobs.marking import JobKind
from jobmill.core.jobs.model import DEFAULT_PRIORITY
from jobmill.core.webhooks import Callback

_TIMES = ("due", "expires_at", "retain_until")


class Phase(StrEnum):
    """Rows of a strict batch are all checked before the first job is made."""

    CHECKING = "checking"
    MAKING = "making"


@dataclass(frozen=True, slots=True)
class RowJobs:
    """What the jobs of all rows have in common: each is of the pipeline, and works on its row.

    `retain_s`: seconds after which a job is removed.
    """

    pipeline: str
    params: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    priority: int = DEFAULT_PRIORITY
    pool: str | None = None
    origin: str = "api"
    parked: bool = False
    due: datetime | None = None
    expires_at: datetime | None = None
    retain_s: float | None = None
    retain_until: datetime | None = None
    skip_people: bool = False
    kind: JobKind = JobKind.DEFAULT
    extras: Mapping[str, Any] = field(default_factory=dict)

    @property
    def retain_for(self) -> timedelta | None:
        """How long a job is kept."""
        return None if self.retain_s is None else timedelta(seconds=self.retain_s)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        said = asdict(self)
        times = {name: said[name].isoformat() for name in _TIMES if said[name] is not None}
        return {**said, **times, "kind": self.kind.value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "RowJobs":
        """From `as_json`."""
        times = {name: datetime.fromisoformat(kept[name]) for name in _TIMES if kept[name]}
        more = {"tags": tuple(kept["tags"]), "kind": JobKind(kept["kind"])}
        return cls(**{**kept, **times, **more})


@dataclass(frozen=True, slots=True)
class Ingest:
    """The job `job` reads the rows of `batch` from `asset`, with the rights of who asked.

    It has come to row `row`, which begins at byte `place`. No two rows may have the same value in
    the field `key`, where one is named. `callback` is that of the jobs.
    """

    job: JobNumber
    batch: BatchNumber
    asset: AssetNumber
    format: RowFormat
    jobs: RowJobs
    user_name: str
    rights: frozenset[str]
    admin: bool
    key: str | None = None
    callback: Callback | None = None
    phase: Phase = Phase.MAKING
    place: int = 0
    row: int = 0
