"""Assets: bytes with a type in a recording; and addresses to which bytes may be sent first."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobmill.core.errors import AssetNotReady, InvalidInput
from jobmill.core.ids import ItemNumber
from jobmill.core.items import (
    Asset,
    AssetState,
    HeldAsset,
    Item,
    LinkMethod,
    add_upload,
    await_bytes,
    delete_asset,
    visible_asset,
)
from jobmill.core.items.service.items import change_held, held_asset, hold_asset
from jobmill.core.items.service.name_address import name_address
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.aiware.errors import NotServed
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.contents import bytes_of
from jobmill.dialects.aiware.graphql.finding import asset_named, item_named, tasks_of_item
from jobmill.dialects.aiware.graphql.links import WRITE_FOR, own_asset, plain, signed
from jobmill.dialects.aiware.graphql.resolvers.results import engine_id_of
from jobmill.dialects.aiware.mapping.catalogue import engine_named
from jobmill.dialects.aiware.mapping.ids import lasting_uuid
from jobmill.dialects.aiware.mapping.recordings import (
    asset_extras_from,
    asset_type,
    asset_type_from,
    kept_of_asset,
)
from jobmill.dialects.aiware.mapping.results import finder_of
from jobmill.http.graphql.uploads import Upload
from jobmill.http.naming import naming_of

NEITHER = "One of uri or file (upload) must be provided to create an asset."
MOST_URLS = 1000


async def create_asset(call: Call, input: Mapping[str, Any]) -> HeldAsset:  # noqa: A002
    """Put bytes, or the address of some, into a recording."""
    who = call.who
    upload = upload_of(call, input)

    def create(work: UnitOfWork) -> HeldAsset:
        item = item_named(work, who, input["containerId"])
        return put_asset(work, call, item, input, upload)

    held = await call.house.database.write(create)
    if upload is not None:
        upload.used = True
    return held


def upload_of(call: Call, given: Mapping[str, Any]) -> Upload | None:
    """The file that came with the call. Raises InvalidInput when nothing came."""
    upload: Upload | None = given.get("file") or call.upload
    if upload is None and not given.get("uri"):
        raise InvalidInput(NEITHER, field="input.uri")
    if upload is not None and given.get("uri"):
        raise InvalidInput("input.uri: give uri or a file, not both.", field="input.uri")
    return upload


def put_asset(
    work: UnitOfWork, call: Call, item: Item, given: Mapping[str, Any], upload: Upload | None
) -> HeldAsset:
    """Make the asset of an input, and put it into an item."""
    asset = _asset(work, call, given, upload)
    return hold_asset(
        work.items,
        call.who,
        ItemNumber(item.number),
        asset_type_from(given, asset.media_type),
        asset,
        call.now,
        main=bool(given.get("setAsPrimary")),
        extras=asset_extras_from(given),
    )


def _asset(work: UnitOfWork, call: Call, given: Mapping[str, Any], upload: Upload | None) -> Asset:
    told = given.get("contentType") or ""
    if upload is not None:
        naming = naming_of(
            given.get("name") or upload.name or "upload",
            told or upload.media_type,
            field="input.name",
            type_field="input.contentType",
        )
        return add_upload(work.assets, call.who, naming, upload.stored, call.now)
    uri = str(given["uri"])
    ours = own_asset(call, uri)
    if ours is not None:
        return visible_asset(work.assets, call.who, ours)
    name = given.get("name")
    fetcher = call.house.outside.fetcher
    return name_address(work.assets, fetcher, call.who, uri, call.now, name, told or None)


async def update_asset(call: Call, input: Mapping[str, Any]) -> HeldAsset:  # noqa: A002
    """Change what is said of an asset; its bytes stay."""
    who = call.who

    def change(work: UnitOfWork) -> HeldAsset:
        held = asset_named(work, who, input["id"])
        fresh = asset_extras_from(input)
        extras = {name: {**held.extras.get(name, {}), **fresh[name]} for name in fresh}
        changed = replace(held, extras={**held.extras, **extras})
        change_held(work.items, work.assets, who, changed)
        return changed

    return await call.house.database.write(change)


async def remove_asset(call: Call, id: str) -> dict[str, str]:  # noqa: A002
    """Delete an asset; links to it die at once."""
    who = call.who

    def remove(work: UnitOfWork) -> None:
        held = asset_named(work, who, id)
        delete_asset(work.assets, who, held.asset.handle, work.drop_blob)

    await call.house.database.write(remove)
    return {"id": id, "message": f"Asset {id} was deleted."}


async def writable_url(call: Call, key: str | None = None, **_: Any) -> dict[str, Any]:
    """An address to which anybody may PUT bytes for a time; createAsset takes them from there."""
    return (await writable_urls(call, 1, key=key))[0]


async def writable_urls(
    call: Call, number: int, key: str | None = None, **_: Any
) -> list[dict[str, Any]]:
    """Several such addresses."""
    who = call.who
    if not 1 <= number <= MOST_URLS:
        raise InvalidInput(f"number: give 1 to {MOST_URLS}.", field="number")
    naming = naming_of(key or "upload", "", field="key")

    def make(work: UnitOfWork) -> list[Asset]:
        return [await_bytes(work.assets, who, naming, None, call.now) for _ in range(number)]

    return [_writable(call, each) for each in await call.house.database.write(make)]


def _writable(call: Call, asset: Asset) -> dict[str, Any]:
    return {
        "bucket": "assets",
        "key": f"{asset.handle}/{asset.name}",
        "expiresInSeconds": int(WRITE_FOR.total_seconds()),
        "url": signed(call, asset, LinkMethod.PUT),
        "getUrl": signed(call, asset),
        "unsignedUrl": plain(call, asset),
    }


def asset(source: Any, call: Call, id: str) -> HeldAsset:  # noqa: A002
    """The asset of an id."""
    call.spend(1)
    return asset_named(call.work, call.who, id)


def _transform(held: HeldAsset, call: Call, transformFunction: str) -> str:  # noqa: N803
    if transformFunction != "JSON":
        raise NotServed(
            f"transformFunction: {transformFunction} is not served; createExportRequest writes "
            "captions and texts.",
            field="transformFunction",
        )
    if held.asset.blob is None:
        raise AssetNotReady
    return bytes_of(call, held.asset.organization, held.asset.blob).decode("utf-8", "replace")


def _jsonstring(held: HeldAsset, call: Call, indent: int | None = 2) -> str | None:
    found = kept_of_asset(held).get("jsondata")
    return None if found is None else json.dumps(found, indent=indent, ensure_ascii=False)


def _details(held: HeldAsset, call: Call, path: str | None = None) -> Any:
    found = kept_of_asset(held).get("details")
    for word in (path or "").split("."):
        if word and isinstance(found, Mapping):
            found = found.get(word)
    return found


def _file_data(held: HeldAsset, call: Call) -> dict[str, Any]:
    kept, facts = kept_of_asset(held), held.asset.facts
    size = facts.size if facts is not None and facts.size < 2**31 else None
    found = {"size": size, "originalFileUri": held.asset.location, "md5sum": kept.get("md5sum")}
    return {**found, **(kept.get("fileData") or {})}


def _source_data(held: HeldAsset, call: Call) -> dict[str, Any]:
    found = dict(kept_of_asset(held).get("sourceData") or {})
    if held.task is not None and "taskId" not in found:
        found |= _written_by(held, call)
    if found.get("schemaId"):
        found["schema"] = schema_of(str(found["schemaId"]))
    named = found.get("engineId")
    if named:
        engine = engine_named(str(named), call.catalog.manifests())
        found["engine"] = call.catalog.manifests().get(engine or "")
    return found


def schema_of(id: str) -> dict[str, str]:  # noqa: A002
    """What is known of somebody's schema: its id. The registry's is made from it, always the same,
    since clients expect one."""
    return {"id": id, "dataRegistryId": lasting_uuid("registry", id)}


def _written_by(held: HeldAsset, call: Call) -> dict[str, Any]:
    """The task that wrote an asset, and the engine that found what a writer put together."""
    for seen in tasks_of_item(call, held.item):
        if seen.task.number == held.task:
            finder = finder_of(seen.graph, seen.task)
            return {"taskId": seen.id, "task": seen, "engineId": engine_id_of(seen.graph, finder)}
    return {}


def container(held: HeldAsset, call: Call) -> Item:
    """The recording that holds an asset."""
    found = held_asset(call.work.items, call.work.assets, call.who, held.asset)
    return found[0]


def _ready(held: HeldAsset) -> bool:
    return held.asset.state is not AssetState.PURGED


ASSET: dict[str, Any] = {
    "id": lambda held, call: held.asset.handle,
    "name": lambda held, call: kept_of_asset(held).get("name") or held.asset.name,
    "contentType": lambda held, call: held.asset.media_type,
    "description": lambda held, call: kept_of_asset(held).get("description"),
    "createdDateTime": lambda held, call: held.created_at,
    "modifiedDateTime": lambda held, call: held.asset.created_at,
    "jsondata": lambda held, call: kept_of_asset(held).get("jsondata"),
    "jsonstring": _jsonstring,
    "containerId": lambda held, call: str(held.item),
    "container": container,
    "uri": lambda held, call: plain(call, held.asset) if _ready(held) else None,
    "signedUri": lambda held, call: signed(call, held.asset) if _ready(held) else None,
    "type": lambda held, call: asset_type(held),
    "assetType": lambda held, call: asset_type(held),
    "details": _details,
    "fileData": _file_data,
    "sourceData": _source_data,
    "transform": _transform,
    "isUserEdited": lambda held, call: kept_of_asset(held).get("isUserEdited", False),
}
RESOLVERS = {"Query": {"asset": asset}, "Asset": ASSET}
ACTIONS = {
    "createAsset": create_asset,
    "updateAsset": update_asset,
    "deleteAsset": remove_asset,
    "getSignedWritableUrl": writable_url,
    "getSignedWritableUrls": writable_urls,
}
