"""Where events are kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from jobmill.core.events.model import Event, NewEvent
from jobmill.core.ids import JobNumber


class EventLog(Protocol):
    """Append-only; numbers rise in the order of commit."""

    def append(self, job: JobNumber, events: Iterable[NewEvent], at: datetime) -> None:
        """Write facts about one job."""

    def append_to_all(self, jobs: Sequence[JobNumber], event: NewEvent, at: datetime) -> None:
        """Write the same fact about many jobs."""

    def last_number(self) -> int:
        """The number of the fact that this unit of work has written last, and just now."""

    def of_job(self, job: JobNumber, after: int = 0, limit: int = 1000) -> Sequence[Event]:
        """A job's events with a number above `after`, oldest first."""
