"""Where exports are kept."""

from collections.abc import Sequence
from typing import Protocol

from jobmill.core.exports.model import Export
from jobmill.core.ids import AssetNumber, JobNumber, OrganizationNumber, UserNumber


class ExportStore(Protocol):
    """One row an export, beside that of its job."""

    def add(self, export: Export) -> None:
        """Keep a new one."""

    def get(self, job: JobNumber) -> Export | None:
        """The export that this job makes."""

    def find(
        self,
        organization: OrganizationNumber,
        seen_by: UserNumber | None,
        before: JobNumber | None,
        limit: int,
    ) -> Sequence[Export]:
        """Exports whose jobs are not deleted, newest first; with `seen_by` this user's own."""

    def give(self, job: JobNumber, asset: AssetNumber) -> None:
        """Its archive is there."""
