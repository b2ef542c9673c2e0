"""The record of a batch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jobmill.core.ids import BatchNumber, OrganizationNumber
from jobmill.core.jobs.states import ENDED_JOBS, JobState


@dataclass(frozen=True, slots=True)
class Batch:
    """Jobs created together. `size` of them; `counts` says how many stand where now.

    Jobs that are deleted are not counted any more.
    """

    number: BatchNumber
    id: str
    organization: OrganizationNumber
    name: str | None
    size: int
    created_at: datetime
    counts: Mapping[JobState, int] = field(default_factory=dict)

    @property
    def ended(self) -> int:
        """How many have ended."""
        return sum(count for state, count in self.counts.items() if state in ENDED_JOBS)

    @property
    def percent(self) -> int:
        """Whole percents of its jobs that have ended; 100 exactly when all have."""
        total = sum(self.counts.values())
        return 100 * self.ended // total if total else 100
