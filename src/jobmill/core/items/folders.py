"""Folders: a tree of an organization's, in which items are filed; an item may lie in several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jobmill.core.ids import FolderNumber, ItemNumber, OrganizationNumber, UserNumber


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder. Without a parent it lies at the top of its organization's tree."""

    number: FolderNumber
    id: str
    organization: OrganizationNumber
    parent: FolderNumber | None
    name: str
    created_at: datetime
    description: str = ""
    owner: UserNumber | None = None
    updated_at: datetime | None = None


class FolderStore(Protocol):
    """Folder rows, inside one unit of work."""

    def add(
        self,
        organization: OrganizationNumber,
        parent: FolderNumber | None,
        name: str,
        description: str,
        owner: UserNumber | None,
        at: datetime,
    ) -> Folder:
        """Create a folder."""

    def save(self, folder: Folder) -> None:
        """Write its name, description, parent and time."""

    def remove(self, number: FolderNumber) -> None:
        """Delete the folder and all below it; items stay."""

    def by_id(self, organization: OrganizationNumber, id: str) -> Folder | None:  # noqa: A002
        """The folder of an id."""

    def inside(
        self, organization: OrganizationNumber, parent: FolderNumber | None
    ) -> Sequence[Folder]:
        """The folders that lie directly in one, or at the top, by name."""

    def above(self, number: FolderNumber) -> Sequence[Folder]:
        """The folder and those it lies in, the topmost first."""

    def height(self, number: FolderNumber) -> int:
        """Levels of the tree that begins with the folder: 1 without any below it."""

    def file(self, folder: FolderNumber, item: ItemNumber, at: datetime) -> None:
        """Put an item into a folder; again changes nothing."""

    def unfile(self, folder: FolderNumber, item: ItemNumber) -> bool:
        """Take an item out of a folder; whether it lay there."""

    def of_items(self, items: Sequence[ItemNumber]) -> Mapping[ItemNumber, Sequence[Folder]]:
        """The folders that items lie in, by name."""
