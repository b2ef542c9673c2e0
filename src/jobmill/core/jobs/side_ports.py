"""What jobs need from outside beside themselves: who works, and which requests were answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from jobmill.core.ids import JobNumber, OrganizationNumber, WorkerName
from jobmill.core.jobs.model import Worker


class WorkerStore(Protocol):
    """Who works, with heartbeats."""

    def beat(self, worker: Worker) -> None:
        """This worker is alive."""

    def live(self, since: datetime) -> Sequence[Worker]:
        """Workers that beat after `since`."""

    def holders(self) -> Sequence[tuple[WorkerName, datetime | None]]:
        """Workers that hold tasks, each with its last beat."""

    def remove(self, worker: WorkerName) -> None:
        """This worker has stopped in good order."""


class IdempotencyStore(Protocol):
    """Requests that were answered before, by key."""

    def find(self, organization: OrganizationNumber, key: str) -> tuple[str, JobNumber] | None:
        """The fingerprint and the job of an earlier request."""

    def keep(
        self,
        organization: OrganizationNumber,
        key: str,
        fingerprint: str,
        job: JobNumber,
        at: datetime,
    ) -> None:
        """Remember a request for a day."""
