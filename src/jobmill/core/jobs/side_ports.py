"""What jobs need from outside beside themselves: the history of attempts, who works, and which
requests were answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jobmill.core.ids import (
    AttemptId,
    AttemptNumber,
    JobNumber,
    OrganizationNumber,
    RunToken,
    WorkerName,
)
from jobmill.core.jobs.model import Attempt, Failure, LogLine, Task, Worker


class AttemptStore(Protocol):
    """History of attempts, and their logs."""

    def open(self, task: Task, worker: WorkerName, token: RunToken, at: datetime) -> None:
        """An attempt begins; its number and generation are those of the claimed task."""

    def close(
        self,
        token: RunToken,
        state: str,
        failure: Failure | None,
        started_at: datetime | None,
        at: datetime,
    ) -> None:
        """The attempt of this run token has ended."""

    def started(self, token: RunToken, at: datetime) -> None:
        """The engine began."""

    def add_log(self, token: RunToken, lines: Sequence[LogLine]) -> None:
        """Append to the attempt's log."""

    def of_job(self, job: JobNumber) -> Sequence[Attempt]:
        """All attempts, oldest first."""

    def counts(self, job: JobNumber) -> Mapping[str, int]:
        """How many attempts each task has had, over all generations, by task name."""

    def place_of(
        self, organization: OrganizationNumber, attempt: AttemptId
    ) -> tuple[JobNumber, AttemptNumber] | None:
        """The job and the number of an attempt at one of the organization's jobs."""

    def log(self, attempt: AttemptNumber, after: int, limit: int) -> Sequence[tuple[int, LogLine]]:
        """Lines of an attempt's log with positions above `after`."""


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
