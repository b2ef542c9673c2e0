"""Where batches are kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jobmill.core.ids import BatchNumber, JobNumber, OrganizationNumber, UserNumber
from jobmill.core.jobs.batches.ingest import Ingest
from jobmill.core.jobs.batches.model import Batch, BatchError


class BatchStore(Protocol):
    """Batch rows; their jobs name them."""

    def add(
        self,
        organization: OrganizationNumber,
        owner: UserNumber,
        name: str | None,
        size: int,
        at: datetime,
    ) -> BatchNumber:
        """Create a batch, before its jobs; all of them are made in this unit of work."""

    def begin(
        self,
        organization: OrganizationNumber,
        owner: UserNumber,
        name: str | None,
        pipeline: str,
        total: int | None,
        at: datetime,
        *,
        strict: bool,
    ) -> BatchNumber:
        """Create a batch whose jobs are made later."""

    def save(self, batch: Batch) -> None:
        """Write how far it is: state, size, rows, error."""

    def number_of(
        self, organization: OrganizationNumber, batch: str, owner: UserNumber | None = None
    ) -> BatchNumber | None:
        """The organization's batch of this id or number; with `owner` only if it is theirs."""

    def get(self, number: BatchNumber, *, counted: bool = True) -> Batch:
        """The batch with its counts, unless they are not asked for."""

    def ids(self, numbers: Sequence[BatchNumber]) -> Mapping[BatchNumber, str]:
        """The ids of these batches, without their counts."""

    def list(
        self,
        organization: OrganizationNumber,
        below: int | None,
        limit: int,
        owner: UserNumber | None = None,
    ) -> Sequence[Batch]:
        """Batches with numbers below `below`, newest first; with `owner` only theirs."""

    def add_errors(self, number: BatchNumber, errors: Sequence[BatchError]) -> None:
        """What is wrong with rows; one row's is written over."""

    def errors(self, number: BatchNumber, after: int, limit: int) -> Sequence[BatchError]:
        """Of rows with numbers above `after`, by row."""


class IngestStore(Protocol):
    """How batches are read: one row a job that reads one."""

    def add(self, ingest: Ingest) -> None:
        """Keep a new one."""

    def get(self, job: JobNumber) -> Ingest | None:
        """What this job reads."""

    def save(self, ingest: Ingest) -> None:
        """Keep how far it is: phase, place, row."""
