"""Use cases on folders: make, see, rename, move, delete; file items and take them out.

A folder is seen by all of its organization. It is changed by whoever made it, and by admins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from jobmill.core.accounts import Principal, Right, owns
from jobmill.core.errors import FolderNotFound, InvalidInput, ItemNotFound, NotAllowed
from jobmill.core.ids import ItemNumber
from jobmill.core.items.access import visible_item
from jobmill.core.items.folders import Folder, FolderStore
from jobmill.core.items.ports import ItemStore

ROOT = "root"
DEEPEST = 50
LONGEST_NAME, LONGEST_DESCRIPTION = 255, 4096


def root_folder(folders: FolderStore, who: Principal, now: datetime) -> Folder:
    """The folder in which all others of the organization lie; made when it is first asked for."""
    who.require(Right.JOBS_READ)
    found = folders.inside(who.organization, None)
    return found[0] if found else folders.add(who.organization, None, ROOT, "", None, now)


def create_folder(
    folders: FolderStore, who: Principal, name: str, description: str, parent: Folder, now: datetime
) -> Folder:
    """A folder in another one. Raises InvalidInput."""
    who.require(Right.ASSETS_WRITE)
    _check(name, description)
    _check_depth(folders, parent, 1)
    return folders.add(who.organization, parent.number, name.strip(), description, who.user, now)


def visible_folder(folders: FolderStore, who: Principal, id: str) -> Folder:  # noqa: A002
    """The folder of an id. Raises FolderNotFound."""
    who.require(Right.JOBS_READ)
    found = folders.by_id(who.organization, id)
    if found is None:
        raise FolderNotFound(f"There is no folder {id!r}.")
    return found


def folders_inside(folders: FolderStore, who: Principal, parent: Folder) -> Sequence[Folder]:
    """The folders that lie directly in one, by name."""
    who.require(Right.JOBS_READ)
    return folders.inside(who.organization, parent.number)


def folders_above(folders: FolderStore, who: Principal, folder: Folder) -> Sequence[Folder]:
    """The folders that one lies in, the root first."""
    who.require(Right.JOBS_READ)
    return folders.above(folder.number)[:-1]


def folders_of(
    folders: FolderStore, who: Principal, items: Sequence[ItemNumber]
) -> Mapping[ItemNumber, Sequence[Folder]]:
    """The folders that items which the caller sees are filed in."""
    who.require(Right.JOBS_READ)
    return folders.of_items(items)


def rename_folder(
    folders: FolderStore, who: Principal, folder: Folder, name: str, now: datetime
) -> Folder:
    """Another name. Raises InvalidInput, NotAllowed."""
    _check_owned(who, folder)
    _check(name, folder.description)
    changed = replace(folder, name=name.strip(), updated_at=now)
    folders.save(changed)
    return changed


def move_folder(
    folders: FolderStore, who: Principal, folder: Folder, parent: Folder, now: datetime
) -> Folder:
    """Put a folder into another one. Raises InvalidInput, NotAllowed."""
    _check_owned(who, folder)
    _check_movable(folder)
    if folder.number in {each.number for each in folders.above(parent.number)}:
        raise InvalidInput("parent: a folder cannot lie in itself or below.", field="parent")
    _check_depth(folders, parent, folders.height(folder.number))
    changed = replace(folder, parent=parent.number, updated_at=now)
    folders.save(changed)
    return changed


def remove_folder(folders: FolderStore, who: Principal, folder: Folder) -> None:
    """Delete a folder and those below it; what is filed in them stays. Raises NotAllowed."""
    _check_owned(who, folder)
    _check_movable(folder)
    folders.remove(folder.number)


def file_item(
    folders: FolderStore,
    items: ItemStore,
    who: Principal,
    folder: Folder,
    number: ItemNumber,
    now: datetime,
) -> None:
    """Put an item that the caller sees into a folder; again changes nothing."""
    visible_item(items, who, number, Right.ASSETS_WRITE)
    folders.file(folder.number, number, now)


def unfile_item(
    folders: FolderStore, items: ItemStore, who: Principal, folder: Folder, number: ItemNumber
) -> None:
    """Take an item out of a folder. Raises ItemNotFound when it does not lie there."""
    visible_item(items, who, number, Right.ASSETS_WRITE)
    if not folders.unfile(folder.number, number):
        raise ItemNotFound(f"The item {number} is not in the folder {folder.name!r}.")


def _check(name: str, description: str) -> None:
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise InvalidInput(f"name: give 1 to {LONGEST_NAME} characters.", field="name")
    if len(description) > LONGEST_DESCRIPTION:
        raise InvalidInput(
            f"description: at most {LONGEST_DESCRIPTION} characters.", field="description"
        )


def _check_movable(folder: Folder) -> None:
    if folder.parent is None:
        raise InvalidInput("folder: the root stays where it is.", field="folder")


def _check_depth(folders: FolderStore, parent: Folder, levels: int) -> None:
    if len(folders.above(parent.number)) + levels > DEEPEST:
        raise InvalidInput(f"parent: folders lie at most {DEEPEST} deep.", field="parent")


def _check_owned(who: Principal, folder: Folder) -> None:
    who.require(Right.ASSETS_WRITE)
    if not owns(who, folder.organization, folder.owner):
        raise NotAllowed("Only the folder's owner and admins of the organization may do that.")
