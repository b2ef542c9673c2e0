"""Ground truth, calibrations, and quality that was measured against them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """A known right answer (`label`) to an input of a pipeline; `kind` says whose word it is."""

    id: str
    number: int
    pipeline: str = ""
    input: Mapping[str, Any] = field(default_factory=dict)
    label: Any = None
    kind: str = ""
    state: str = ""
    tag: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    used: int = 0
    job: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class DrawnJob:
    """A calibration: a job that was made of the ground truth of number `truth`."""

    id: str
    number: int
    truth: int


@dataclass(frozen=True, slots=True)
class Calibrations:
    """The jobs that were drawn."""

    jobs: tuple[DrawnJob, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two people, each asked apart, gave the same answer; `score` is the mean share of
    fields in which they did. Both None: never yet."""

    pairs: int = 0
    agreed: int = 0
    rate: float | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """How often one field (a JSON pointer) was right."""

    field: str
    measured: int = 0
    correct: int = 0
    accuracy: float = 0.0


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often `given` was answered where `truth` is right."""

    field: str
    truth: str
    given: str | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class PeriodQuality:
    """The figures of a day, a week or a month that begins on `start`."""

    start: str
    measured: int = 0
    correct: int = 0
    accuracy: float | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class SubjectQuality:
    """Of the output, one engine or one person: `correct` of `measured` answers are right in every
    field; `score` is the mean share of right fields."""

    subject: str
    name: str = ""
    measured: int = 0
    correct: int = 0
    accuracy: float | None = None
    score: float | None = None
    fields: tuple[FieldQuality, ...] = ()
    confusion: tuple[Confusion, ...] = ()
    periods: tuple[PeriodQuality, ...] = ()
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """How right a pipeline's answers are where the right ones are known."""

    pipeline: str
    by: str = "output"
    subjects: tuple[SubjectQuality, ...] = ()
    agreement: Agreement = field(default_factory=Agreement)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
