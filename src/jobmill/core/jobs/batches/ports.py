"""Where batches are kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jobmill.core.ids import BatchNumber, OrganizationNumber, UserNumber
from jobmill.core.jobs.batches.model import Batch


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
        """Create a batch, before its jobs."""

    def number_of(
        self, organization: OrganizationNumber, batch: str, owner: UserNumber | None = None
    ) -> BatchNumber | None:
        """The organization's batch of this id or number; with `owner` only if it is theirs."""

    def get(self, number: BatchNumber) -> Batch:
        """The batch with its counts."""

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
