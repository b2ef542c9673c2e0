"""Where words are kept."""

from collections.abc import Sequence
from typing import Protocol

from jobmill.core.ids import JobNumber, OrganizationNumber, UserNumber
from jobmill.core.jobs.search.model import Found, Words


class SearchIndex(Protocol):
    """An index of words that follows the event log."""

    def place(self) -> int:
        """The number of the last event that the index has seen."""

    def news(self, after: int, limit: int) -> tuple[int, Sequence[JobNumber]]:
        """The last of the next `limit` events, and the jobs whose words they may have changed."""

    def put(self, words: Sequence[Words], place: int) -> None:
        """Replace the words of these jobs, and note the last event seen."""

    def find(
        self,
        organization: OrganizationNumber,
        match: str,
        below: int | None,
        limit: int,
        seen_by: UserNumber | None = None,
    ) -> Sequence[Found]:
        """Jobs that match (see `query.match_of`), newest first, with numbers below `below`;
        with `seen_by` those that this user owns or collaborates on."""
