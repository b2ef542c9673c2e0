"""Where bulk actions are kept."""

from typing import Protocol

from jobmill.core.ids import JobNumber
from jobmill.core.jobs.bulk.model import Bulk


class BulkStore(Protocol):
    """One row a bulk job."""

    def add(self, bulk: Bulk) -> None:
        """Keep a new one."""

    def get(self, job: JobNumber) -> Bulk | None:
        """The action of this job."""

    def save(self, bulk: Bulk) -> None:
        """Keep how far it is."""
