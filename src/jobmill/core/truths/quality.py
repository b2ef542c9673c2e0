"""What was measured against ground truth, and what it comes to, as frozen records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from jobmill.core.ids import JobNumber, OrganizationNumber, UserNumber
from jobmill.core.truths.judging import Judgement


class Role(StrEnum):
    """Whose answer it was: the job's own output, an engine's, or a person's."""

    OUTPUT = "output"
    ENGINE = "engine"
    PERSON = "person"


class Width(StrEnum):
    """How long the periods are in which quality is shown over time; they begin at midnight UTC,
    weeks with Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer beside the truth. `subject` is `engine@version`, the number of a user, or empty
    for the output."""

    role: Role
    subject: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who answered the same question, neither knowing what the other said. `score` is
    the share of fields in which they did, 1 where they agreed."""

    one: UserNumber
    other: UserNumber
    agreed: bool
    score: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """All that the end of a job showed. It takes the place of what an earlier end showed."""

    organization: OrganizationNumber
    pipeline: str
    job: JobNumber
    truth: int | None
    answers: Sequence[Measured] = ()
    pairs: Sequence[Pair] = ()


@dataclass(frozen=True, slots=True)
class QualityQuery:
    """Which measurements: of a pipeline and a role, from `since` until before `until`; of one
    subject if it is named."""

    organization: OrganizationNumber
    pipeline: str
    role: Role
    since: datetime | None = None
    until: datetime | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """`measured` answers, of which so many are `correct` in all fields; `score` is the mean share
    of fields that are right."""

    subject: str
    measured: int
    correct: int
    score: float

    @property
    def rate(self) -> float | None:
        """The share of answers that are correct; None where nothing was measured."""
        return self.correct / self.measured if self.measured else None


@dataclass(frozen=True, slots=True)
class PeriodAccuracy:
    """The accuracy of one subject within a period that begins on `start`."""

    start: date
    accuracy: Accuracy


@dataclass(frozen=True, slots=True)
class FieldAccuracy:
    """How often one field was right. `words`: how many different labels it has, 0 if its values
    are none."""

    subject: str
    field: str
    measured: int
    correct: int
    words: int = 0


@dataclass(frozen=True, slots=True)
class Confused:
    """How often `given` was answered where `truth` is right; `given` None: nothing was."""

    subject: str
    field: str
    truth: str
    given: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Agreed:
    """How often two people, both asked apart, gave the same answer, and the mean share of fields in
    which their answers were the same."""

    one: UserNumber
    other: UserNumber
    pairs: int
    agreed: int
    score: float
