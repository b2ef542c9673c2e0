"""Folders: one tree of an organization's, in which recordings are filed.

The vendor has a tree for each of its applications; all their roots are the same one here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.items import Item
from jobmill.core.items.folders import Folder
from jobmill.core.items.service.folders import (
    create_folder,
    file_item,
    folders_above,
    folders_inside,
    folders_of,
    move_folder,
    remove_folder,
    rename_folder,
    root_folder,
    unfile_item,
)
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import folder_named, item_named
from jobmill.dialects.aiware.graphql.paging import cut
from jobmill.dialects.aiware.graphql.resolvers.accounts import user_id_of

MAX_DEPTH = 50


async def root_folders(call: Call, **_: Any) -> list[Folder]:
    """The root of the organization's tree, whatever kind is asked for."""
    who = call.who
    return [await call.house.database.write(lambda work: root_folder(work.folders, who, call.now))]


async def make_folder(call: Call, input: Mapping[str, Any] | None = None) -> Folder:  # noqa: A002
    """A folder in another one."""
    who, given = call.who, input or {}

    def make(work: UnitOfWork) -> Folder:
        parent = folder_named(work, who, given["parentId"])
        told = given["description"]
        return create_folder(work.folders, who, given["name"], told, parent, call.now)

    return await call.house.database.write(make)


async def change_folder(call: Call, input: Mapping[str, Any] | None = None) -> Folder:  # noqa: A002
    """Another name."""
    who, given = call.who, input or {}

    def change(work: UnitOfWork) -> Folder:
        folder = folder_named(work, who, given["id"])
        return rename_folder(work.folders, who, folder, given["name"], call.now)

    return await call.house.database.write(change)


async def put_folder(call: Call, input: Mapping[str, Any] | None = None) -> Folder:  # noqa: A002
    """Another place in the tree."""
    who, given = call.who, input or {}

    def move(work: UnitOfWork) -> Folder:
        folder = folder_named(work, who, given["treeObjectId"])
        parent = folder_named(work, who, given["newParentTreeObjectId"])
        return move_folder(work.folders, who, folder, parent, call.now)

    return await call.house.database.write(move)


async def drop_folder(
    call: Call,
    input: Mapping[str, Any] | None = None,  # noqa: A002
) -> dict[str, str]:
    """Delete a folder and those in it; the recordings that were filed in them stay."""
    who, given = call.who, input or {}

    def drop(work: UnitOfWork) -> None:
        remove_folder(work.folders, who, folder_named(work, who, given["id"]))

    await call.house.database.write(drop)
    return {"id": given["id"], "message": f"Folder {given['id']} was deleted."}


async def file_tdo(call: Call, input: Mapping[str, Any]) -> Item:  # noqa: A002
    """Put a recording into a folder, beside those it lies in."""
    return await _filed(call, input["tdoId"], new=input["folderId"])


async def unfile_tdo(call: Call, input: Mapping[str, Any]) -> Item:  # noqa: A002
    """Take a recording out of a folder."""
    return await _filed(call, input["tdoId"], old=input["folderId"])


async def move_tdo(call: Call, input: Mapping[str, Any]) -> Item:  # noqa: A002
    """Take a recording out of one folder and put it into another."""
    return await _filed(call, input["tdoId"], input["oldFolderId"], input["newFolderId"])


async def _filed(call: Call, tdo: str, old: str | None = None, new: str | None = None) -> Item:
    who = call.who

    def act(work: UnitOfWork) -> Item:
        item = item_named(work, who, tdo)
        if old is not None:
            folder = folder_named(work, who, old)
            unfile_item(work.folders, work.items, who, folder, item.number)
        if new is not None:
            file_in(work, call, new, item)
        return item

    return await call.house.database.write(act)


def file_in(work: UnitOfWork, call: Call, folder: str, item: Item) -> None:
    """Put a recording into the folder of an id."""
    place = folder_named(work, call.who, folder)
    file_item(work.folders, work.items, call.who, place, item.number, call.now)


def folder(source: Any, call: Call, id: str) -> Folder:  # noqa: A002
    """The folder of an id."""
    call.spend(1)
    return folder_named(call.work, call.who, id)


def _above(folder: Folder, call: Call) -> Sequence[Folder]:
    if ("above", folder.number) not in call.kept:
        found = folders_above(call.work.folders, call.who, folder)
        call.spend(len(found))
        call.kept["above", folder.number] = found
    kept: Sequence[Folder] = call.kept["above", folder.number]
    return kept


def _parent(folder: Folder, call: Call) -> Folder | None:
    above = _above(folder, call)
    return above[-1] if above else None


def _inside(folder: Folder, call: Call) -> Sequence[Folder]:
    found = folders_inside(call.work.folders, call.who, folder)
    call.spend(len(found))
    return found


def _child_folders(
    folder: Folder,
    call: Call,
    offset: int | None = 0,
    limit: int | None = 30,
    orderBy: Sequence[Mapping[str, Any]] | None = None,  # noqa: N803
    **_: Any,
) -> dict[str, Any]:
    found = list(folders_inside(call.work.folders, call.who, folder))
    for each in reversed(orderBy or ()):
        found.sort(key=_KEYS[each["field"]], reverse=each.get("direction") == "desc")
    return cut(call, found, offset, limit)


_KEYS: dict[str, Any] = {
    "name": lambda folder: folder.name.lower(),
    "createdDateTime": lambda folder: folder.created_at,
    "modifiedDateTime": lambda folder: folder.updated_at or folder.created_at,
}


def folders_with(item: Item, call: Call) -> Sequence[Folder]:
    """The folders that a recording is filed in; those of a page are looked up at once."""
    if ("folders", item.number) not in call.kept:
        keep_folders(call, [item])
    found: Sequence[Folder] = call.kept["folders", item.number]
    call.spend(len(found))
    return found


def keep_folders(call: Call, items: Sequence[Item]) -> None:
    """Look up the folders of all these recordings."""
    numbers = [each.number for each in items]
    for number, found in folders_of(call.work.folders, call.who, numbers).items():
        call.kept["folders", number] = found


FOLDER: dict[str, Any] = {
    "treeObjectId": lambda folder, call: folder.id,
    "createdDateTime": lambda folder, call: folder.created_at,
    "modifiedDateTime": lambda folder, call: folder.updated_at or folder.created_at,
    "ownerId": lambda folder, call: user_id_of(call, folder.owner),
    "parent": _parent,
    "subfolders": _inside,
    "childFolders": _child_folders,
    "organizationId": lambda folder, call: str(folder.organization),
    "organization": lambda folder, call: call.work.accounts.organization(folder.organization),
    "maxDepth": lambda folder, call: MAX_DEPTH,
    # Folders are sorted by name; clients ask for a number and send it back.
    "orderIndex": lambda folder, call: 0,
    "status": lambda folder, call: "active",
    "folderPath": _above,
}
RESOLVERS: dict[str, dict[str, Any]] = {
    "Query": {"folder": folder},
    "Folder": FOLDER,
    "TemporalDataObject": {"folders": folders_with},
}
ACTIONS = {
    "rootFolders": root_folders,
    "createRootFolders": root_folders,
    "createFolder": make_folder,
    "updateFolder": change_folder,
    "moveFolder": put_folder,
    "deleteFolder": drop_folder,
    "fileTemporalDataObject": file_tdo,
    "unfileTemporalDataObject": unfile_tdo,
    "moveTemporalDataObject": move_tdo,
}
