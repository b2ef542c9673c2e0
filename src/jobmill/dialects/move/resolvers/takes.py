"""Takes: the films of one shot, from one camera or several."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jobmill.core.errors import ItemNotFound
from jobmill.core.items import HeldAsset, Item, ItemKind, visible_asset
from jobmill.core.items.service.items import (
    SOURCE,
    NewItem,
    change_item,
    create_item,
    hold_asset,
)
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.move.call import Call
from jobmill.dialects.move.finding import assets_in, page_of_items, take_named, volume_named
from jobmill.dialects.move.mapping.create_job import DIALECT, SINGLE
from jobmill.dialects.move.mapping.ids import TAKE, id_of
from jobmill.dialects.move.mapping.takes import (
    DATA_FORMAT,
    USUAL_LABEL,
    AskedSource,
    kept_of,
    new_take,
    older_sources,
    sources_from,
)
from jobmill.dialects.move.resolvers.client import client_of
from jobmill.dialects.move.resolvers.files import SeenFile


def get_take(source: Any, call: Call, takeId: str) -> Item:  # noqa: N803
    """A take."""
    call.spend(1)
    return take_named(call.work, call, takeId)


def list_takes(
    source: Any,
    call: Call,
    first: int | None = None,
    after: Any = None,
    sortDirection: str | None = None,  # noqa: N803
) -> dict[str, Any]:
    """A page of takes."""
    return page_of_items(call, ItemKind.TAKE, first, after, sortDirection)


async def create_single(call: Call, **given: Any) -> Item:
    """A take of one camera."""
    sources = sources_from(given.get("sources"), cameras=1)
    return await call.house.database.write(
        lambda work: make_item(work, call, new_take(given, sources), sources)
    )


async def create_older(
    call: Call,
    videoFileId: str,  # noqa: N803
    additionalFileIds: Sequence[Mapping[str, Any]] | None = None,  # noqa: N803
    metadata: Any = None,
) -> Item:
    """A take of one camera, by the older mutation."""
    sources = older_sources(videoFileId, additionalFileIds)
    new = new_take({"metadata": metadata}, sources)
    return await call.house.database.write(lambda work: make_item(work, call, new, sources))


async def create_several(call: Call, volumeId: str, **given: Any) -> Item:  # noqa: N803
    """A take of several cameras in a volume."""
    sources = sources_from(given.get("sources"), cameras=2)

    def create(work: UnitOfWork) -> Item:
        volume = volume_named(work, call, volumeId)
        return make_item(work, call, new_take(given, sources, volume.id), sources)

    return await call.house.database.write(create)


def make_item(work: UnitOfWork, call: Call, new: NewItem, sources: Sequence[AskedSource]) -> Item:
    """An item that holds the files of its sources. Raises AssetNotFound."""
    who = call.who
    assets = [visible_asset(work.assets, who, each.file) for each in sources]
    item = create_item(work.items, who, new, call.now)
    for source, asset in zip(sources, assets, strict=True):
        hold_asset(work.items, who, item.number, source.role, asset, call.now, main=source.main)
    return item


async def update_take(
    call: Call,
    id: str,  # noqa: A002
    metadata: Any = None,
    name: str | None = None,
) -> Item:
    """Change what is said of a take; what is null stays."""

    def change(work: UnitOfWork) -> Item:
        return described(work, call, take_named(work, call, id), metadata, name)

    return await call.house.database.write(change)


def described(work: UnitOfWork, call: Call, item: Item, metadata: Any, name: str | None) -> Item:
    """The item with another name or other metadata, written."""
    kept = dict(kept_of(item))
    if metadata is not None:
        kept["metadata"] = metadata
    changed = replace(
        item,
        name=item.name if name is None else name,
        extras={**item.extras, DIALECT: kept},
    )
    return change_item(work.items, call.who, changed, call.now)


def metadata_of(item: Item, call: Call) -> Any:
    """What was written as metadata."""
    found = kept_of(item).get("metadata")
    return {} if found is None else found


def sources_of(item: Item, call: Call) -> list[dict[str, Any]]:
    """The sources of a take or a volume; of an item made elsewhere, its film."""
    held = {each.asset.handle: each for each in assets_in(call, item)}
    told = kept_of(item).get("sources")
    if told is None:
        return [_elsewhere(each) for each in held.values() if each.role == SOURCE]
    return [_source(each, held.get(each["file"])) for each in told]


def _source(told: Mapping[str, Any], held: HeldAsset | None) -> dict[str, Any]:
    lens = told.get("lens")
    return {
        "deviceLabel": told["deviceLabel"],
        "format": told["format"],
        "cameraSettings": None if lens is None else {"lens": lens},
        "file": None if held is None else SeenFile(held.asset),
        "key": told.get("key"),
    }


def _elsewhere(held: HeldAsset) -> dict[str, Any]:
    suffix = held.asset.name.rpartition(".")[2].upper()
    known = suffix if suffix in ("AVI", "MOV") else "MP4"
    return _source({"deviceLabel": USUAL_LABEL, "format": known}, held)


def _video(item: Item, call: Call) -> SeenFile | None:
    """The film of a take of one camera."""
    films = [each["file"] for each in sources_of(item, call) if each["format"] != DATA_FORMAT]
    return films[0] if films else None


def _additional(item: Item, call: Call) -> list[dict[str, Any]]:
    """What came beside the film, by the key that it came under."""
    found = []
    for each in sources_of(item, call):
        if each["format"] == DATA_FORMAT and each["file"] is not None:
            key = each["key"] or DATA_FORMAT
            found.append({"file": each["file"], "format": key.lower(), "key": key})
    return found


def volume_of(item: Item, call: Call) -> Item | None:
    """The volume of a take, as long as it is there."""
    named = kept_of(item).get("volume")
    if named is None:
        return None
    try:
        return volume_named(call.work, call, named)
    except ItemNotFound:
        return None


TAKE_FIELDS: dict[str, Any] = {
    "id": lambda item, call: id_of(TAKE, item.id),
    "client": client_of,
    "created": lambda item, call: item.created_at,
    "metadata": metadata_of,
    "name": lambda item, call: item.name,
    "sources": sources_of,
    "videoFile": _video,
    "additionalFiles": _additional,
    "syncMethod": lambda item, call: kept_of(item).get("sync"),
    "takeType": lambda item, call: kept_of(item).get("kind", SINGLE),
    "volume": volume_of,
}
RESOLVERS: dict[str, dict[str, Any]] = {
    "Query": {"getTake": get_take, "listTakes": list_takes},
    "Take": TAKE_FIELDS,
}
ACTIONS = {
    "createSingleCamTake": create_single,
    "createTake": create_older,
    "createMultiCamTake": create_several,
    "updateTake": update_take,
}
