"""Where watches are kept, and how a folder is looked through."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from jobmill.core.ids import OrganizationNumber, UserNumber
from jobmill.core.watches.model import FileFacts, TakenFile, Watch, WatchNumber, WatchRule


class WatchStore(Protocol):
    """Watches and the files they took, inside one unit of work."""

    def add(
        self, organization: OrganizationNumber, user: UserNumber, rule: WatchRule, at: datetime
    ) -> Watch:
        """Keep a new watch."""

    def by_id(self, organization: OrganizationNumber, id: str) -> Watch | None:  # noqa: A002
        """The organization's watch of this id."""

    def list(
        self,
        organization: OrganizationNumber,
        before: int | None,
        limit: int,
        seen_by: UserNumber | None = None,
    ) -> Sequence[Watch]:
        """Watches, newest first, with numbers below `before`; with `seen_by` this user's only."""

    def active(self) -> Sequence[Watch]:
        """Every watch of every organization that is not paused."""

    def set_paused(self, number: WatchNumber, paused: bool) -> None:
        """Let it rest, or go on."""

    def set_error(self, number: WatchNumber, error: str | None) -> None:
        """Why it cannot go on now; None when it can."""

    def remove(self, number: WatchNumber) -> None:
        """Delete the watch and what it knows of files; jobs stay."""

    def known(self, number: WatchNumber) -> Mapping[str, FileFacts]:
        """Every file that was taken, as it was then, by its path below the folder."""

    def file(self, number: WatchNumber, path: str) -> FileFacts | None:
        """One of them."""

    def take(self, number: WatchNumber, files: Sequence[TakenFile]) -> None:
        """Note the states of files for good; they take the place of older ones."""

    def taken(
        self, number: WatchNumber, before: tuple[datetime, str] | None, limit: int
    ) -> Sequence[TakenFile]:
        """Files that were taken, the latest first."""


class FolderWalk(Protocol):
    """Looks through folders. Blocking: call from a thread."""

    def files(self, folder: Path, pattern: str, recursive: bool) -> Mapping[str, FileFacts]:
        """The plain, visible files of a folder that fit, by their path below it.

        Raises InputMissing when the folder cannot be read, LimitExceeded for too many files.
        """
