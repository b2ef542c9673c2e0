"""Where ground truth is kept, and what was measured against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jobmill.core.ids import JobNumber, OrganizationNumber, UserNumber
from jobmill.core.truths.model import GroundTruth, NewTruth, TruthState
from jobmill.core.truths.quality import (
    Accuracy,
    Agreed,
    Confused,
    FieldAccuracy,
    Measurement,
    PeriodAccuracy,
    QualityQuery,
    Width,
)


@dataclass(frozen=True, slots=True)
class TruthQuery:
    """Which truths to list, newest first, with numbers below `below`; `owner` alone, if named."""

    organization: OrganizationNumber
    owner: UserNumber | None = None
    pipeline: str | None = None
    tag: str | None = None
    states: tuple[TruthState, ...] = (TruthState.ACTIVE,)
    below: int | None = None
    limit: int = 50
    offset: int = 0


class TruthStore(Protocol):
    """Rows of ground truth, inside one unit of work."""

    def add(self, new: NewTruth, digest: str, at: datetime) -> GroundTruth:
        """Keep a truth; `digest` tells its input apart."""

    def get(self, organization: OrganizationNumber, truth: str) -> GroundTruth | None:
        """The truth of this id or number, a deleted one too."""

    def save(self, truth: GroundTruth, digest: str) -> None:
        """Write what was edited."""

    def find(self, query: TruthQuery) -> Sequence[GroundTruth]:
        """A page of truths."""

    def count(self, query: TruthQuery) -> int:
        """How many there are on all pages together."""

    def any(self, organization: OrganizationNumber, pipeline: str) -> bool:
        """Whether the pipeline has an active one."""

    def known(
        self, organization: OrganizationNumber, pipeline: str, digest: str, job: JobNumber
    ) -> GroundTruth | None:
        """The active truth that the job was drawn from, or else the newest for such an input."""

    def draw(self, query: TruthQuery) -> Sequence[GroundTruth]:
        """Up to `limit` of those that the query matches, the least used first, by chance among
        equals; they count as used once more."""


class QualityStore(Protocol):
    """What was measured; it outlives the jobs."""

    def put(self, measurement: Measurement, at: datetime) -> None:
        """Write what a job showed, in place of what it showed before."""

    def accuracies(self, query: QualityQuery) -> Sequence[Accuracy]:
        """By subject."""

    def periods(self, query: QualityQuery, width: Width) -> Sequence[PeriodAccuracy]:
        """By subject and period, the earliest first; periods without measurements are left out."""

    def fields(self, query: QualityQuery) -> Sequence[FieldAccuracy]:
        """By subject and field."""

    def confusion(self, query: QualityQuery, words: int, limit: int) -> Sequence[Confused]:
        """Of fields with so many labels at most, by subject, field, truth and answer."""

    def agreements(self, query: QualityQuery) -> Sequence[Agreed]:
        """By pair of people, whatever the role and the subject."""
