"""A job and its tasks, with how far they are and why they wait or ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill_client.models.accounts import User

ENDED_STATES = frozenset({"completed", "failed", "cancelled", "expired"})


@dataclass(frozen=True, slots=True)
class WaitReason:
    """Why something waits: a stable code (`capacity`, `no_worker`, `parents` …), a sentence."""

    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something ended badly, in which task, and whose fault it is (`kind`: engine, input,
    platform or limit)."""

    code: str
    message: str = ""
    task: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class JobWarning:
    """Something to know although the job completed; with `feature`: that one has no result."""

    code: str
    message: str = ""
    feature: str | None = None
    task: str | None = None


@dataclass(frozen=True, slots=True)
class FeatureProgress:
    """How far one feature (None: a whole task) is: whole percents, `done` of `total` `unit`s."""

    feature: str | None = None
    task: str = ""
    percent: int = 0
    done: float = 0.0
    total: float | None = None
    unit: str = ""
    rate: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job or task is; `percent` is 100 only when it is completed.

    `rate` is in `unit`s a second; `seconds_left` an estimate, None while nothing is known.
    """

    percent: int = 0
    done: float = 0.0
    total: float | None = None
    unit: str = ""
    rate: float | None = None
    seconds_left: float | None = None
    features: tuple[FeatureProgress, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """Where a job stands in the middle of its stream; not an event, and not kept."""

    state: str
    progress: Progress = Progress()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Job:
    """One run. `number` and `id` both name it in every call."""

    id: str
    number: int
    state: str
    type: str = ""
    owner: User | None = None
    features: tuple[str, ...] = ()
    pipeline: str | None = None
    input: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    batch: int | None = None
    kind: str = "default"
    correct: bool | None = None
    truth: int | None = None
    origin: str = ""
    priority: int = 20
    due: datetime | None = None
    expires_at: datetime | None = None
    retain_until: datetime | None = None
    generation: int = 1
    progress: Progress = Progress()
    wait_reason: WaitReason | None = None
    warnings: tuple[JobWarning, ...] = ()
    reason: Failure | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it unless it is retried or restarted."""
        return self.state in ENDED_STATES


@dataclass(frozen=True, slots=True)
class Task:
    """One node of a job's graph."""

    name: str
    state: str
    engine: str = ""
    id: str = ""
    features: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    attempts: int = 0
    mode: str = "whole"
    max_engines: int = 1
    progress: Progress = Progress()
    wait_reason: WaitReason | None = None
    failure: Failure | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
