"""The record of a batch, and of what was wrong with a row of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jobmill.core.ids import BatchNumber, JobNumber, OrganizationNumber
from jobmill.core.jobs.states import ENDED_JOBS, JobState


class BatchState(StrEnum):
    """Whether the jobs of a batch have been made: of all of its rows, of none, or of some."""

    INGESTING = "ingesting"
    READY = "ready"
    FAILED = "failed"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class BatchError:
    """Why the row of this number (from 0) became no job; `field` is empty for the row itself."""

    row: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Jobs created together. `size` of them; `counts` says how many stand where now.

    Of a batch that is read from a file, `total` is how many rows there are (None: not known yet),
    `processed` how many were looked at, `invalid` how many of these are wrong; `job` reads it.
    Jobs that are deleted are not counted any more.
    """

    number: BatchNumber
    id: str
    organization: OrganizationNumber
    name: str | None
    size: int
    created_at: datetime
    counts: Mapping[JobState, int] = field(default_factory=dict)
    state: BatchState = BatchState.READY
    pipeline: str | None = None
    strict: bool = True
    total: int | None = None
    processed: int = 0
    invalid: int = 0
    error: str | None = None
    job: JobNumber | None = None

    @property
    def valid(self) -> int:
        """How many rows were found right."""
        return self.processed - self.invalid

    @property
    def ended(self) -> int:
        """How many have ended."""
        return sum(count for state, count in self.counts.items() if state in ENDED_JOBS)

    @property
    def percent(self) -> int:
        """Whole percents of its jobs that have ended; 100 exactly when all have and no further one
        is made."""
        total = sum(self.counts.values())
        if self.state is BatchState.INGESTING:
            expected = max(total, self.total or 0)
            return min(99, 100 * self.ended // expected) if expected else 0
        return 100 * self.ended // total if total else 100
