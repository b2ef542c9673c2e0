"""A known right answer to an input of a pipeline, as frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from jobmill.core.ids import JobNumber, OrganizationNumber, UserNumber

TruthNumber = NewType("TruthNumber", int)


class TruthKind(StrEnum):
    """Whose word it is: its owner's, a person's who answered a job, or an engine's."""

    OWNER = "owner"
    REVIEWER = "reviewer"
    ENGINE = "engine"


class TruthState(StrEnum):
    """Whether jobs are measured against it. What is deleted can still be read by its id."""

    ACTIVE = "active"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class NewTruth:
    """A truth that is to be kept. `input` is that of a job, as `{kind: value}`; `label` the right
    output for it, any JSON; `job` the job whose answer it is."""

    organization: OrganizationNumber
    owner: UserNumber
    pipeline: str
    input: Mapping[str, Any]
    label: Any
    kind: TruthKind = TruthKind.OWNER
    tag: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    job: JobNumber | None = None


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """A kept truth. `used`: how many calibrations were drawn from it."""

    number: TruthNumber
    id: str
    organization: OrganizationNumber
    owner: UserNumber
    pipeline: str
    input: Mapping[str, Any]
    label: Any
    kind: TruthKind
    state: TruthState
    created_at: datetime
    updated_at: datetime
    tag: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    used: int = 0
    job: JobNumber | None = None
