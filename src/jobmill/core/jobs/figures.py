"""What is counted about the whole installation, for those who operate it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from jobmill.core.events import EventType
from jobmill.core.jobs.states import JobState, TaskState


@dataclass(frozen=True, slots=True)
class EndedTask:
    """A task that ended, at an event.

    `seconds` its engine worked, after it had `waited` ready; None when it never began. What it has
    written by then are `parts`, of `part_bytes` together.
    """

    event: int
    engine: str
    state: TaskState
    seconds: float | None
    waited: float | None = None
    parts: int = 0
    part_bytes: int = 0


@dataclass(frozen=True, slots=True)
class OpenChunks:
    """Chunks of an engine: those that nobody works on yet, and those that attempts have in hand."""

    engine: str
    queued: int
    taken: int


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


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """Open reviews: those that nobody holds, those that somebody does, and since when the first of
    all is open."""

    waiting: int
    claimed: int
    oldest: datetime | None = None


class Figures(Protocol):
    """Numbers about the whole installation, for those who operate it."""

    def jobs_by_state(self) -> Mapping[JobState, int]:
        """How many jobs stand where."""

    def last_event(self) -> int:
        """The number of the newest event; 0 without any."""

    def event_counts(self, after: int, upto: int) -> Sequence[EventCount]:
        """Events with numbers above `after` and not above `upto`, by type."""

    def ended_tasks(self, after: int, upto: int, limit: int) -> Sequence[EndedTask]:
        """Tasks that ended, by events with such numbers, oldest first."""

    def queue_depths(self) -> Sequence[QueueDepth]:
        """What waits for a worker, by pool."""

    def last_try(self) -> int:
        """The number of the newest try to send a webhook; 0 without any."""

    def deliveries(self, after: int) -> DeliveryFigures:
        """Webhooks, with the tries of a number above `after`."""

    def running_by_engine(self) -> Mapping[str, int]:
        """How many attempts are under way."""

    def open_chunks(self) -> Sequence[OpenChunks]:
        """Chunks that are still to be worked on, by engine."""

    def reviews(self, now: datetime) -> ReviewFigures:
        """Open reviews; claims that have expired by then count no longer."""
