"""What is counted about the whole installation, for those who operate it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jobmill.core.events import EventType
from jobmill.core.jobs.states import TaskState


@dataclass(frozen=True, slots=True)
class EndedTask:
    """A task that ended, at an event.

    `seconds` its engine worked, after it had `waited` ready; None when it never began.
    """

    event: int
    engine: str
    state: TaskState
    seconds: float | None
    waited: float | None = None


@dataclass(frozen=True, slots=True)
class EventCount:
    """How many events of a type; `kind` is that of their jobs (features, graph, pipeline)."""

    type: EventType
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """Ready tasks of a pool, and since when the oldest waits."""

    pool: str
    tasks: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """Deliveries that are still to be sent, and tries so far, up to the one of number `last`;
    since when the first is `due`, and how many endpoints are `enabled`, `failing`, `disabled`."""

    waiting: int
    accepted: int
    refused: int
    last: int
    due: datetime | None = None
    endpoints: Mapping[str, int] = field(default_factory=dict)
