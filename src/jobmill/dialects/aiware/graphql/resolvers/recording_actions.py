"""What changes recordings (temporal data objects): create, change, clean up, delete."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jobmill.core.items import Item
from jobmill.core.items.service.items import change_held, change_item, create_item
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.items import clean_item, delete_item
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.content_templates import (
    Template,
    put_templates,
    stored_templates,
)
from jobmill.dialects.aiware.graphql.finding import asset_named, item_named
from jobmill.dialects.aiware.graphql.resolvers.assets import put_asset, upload_of
from jobmill.dialects.aiware.graphql.resolvers.folders import file_in
from jobmill.dialects.aiware.mapping.create_job import EXTRAS
from jobmill.dialects.aiware.mapping.recordings import (
    CLEANING,
    USUAL_CLEANING,
    extras_from,
    kept_of,
    new_item_from,
)


async def create_tdo(call: Call, input: Mapping[str, Any] | None = None) -> Item:  # noqa: A002
    """A recording without assets."""
    given = input or {}
    _ = call.who
    async with stored_templates(call, given) as templates:
        return await call.house.database.write(lambda work: _made(work, call, given, templates))


def _made(
    work: UnitOfWork, call: Call, given: Mapping[str, Any], templates: list[Template]
) -> Item:
    """A new recording with its templates, in the folder that it names."""
    item = create_item(work.items, call.who, new_item_from(given, call.now), call.now)
    put_templates(work, call, item, templates)
    if given.get("parentFolderId") is not None:
        file_in(work, call, given["parentFolderId"], item)
    return item


async def create_tdo_with_asset(
    call: Call,
    input: Mapping[str, Any] | None = None,  # noqa: A002
) -> Item:
    """A recording with its first asset, of an address or of a file in the form."""
    _, given = call.who, input or {}
    upload = upload_of(call, given)
    # `name` and `details` are the recording's own; the asset is called as its file is.
    of_asset = {
        key: given[key] for key in ("uri", "contentType", "assetType") if given.get(key) is not None
    }
    if upload is not None and upload.media_type:
        of_asset.setdefault("contentType", upload.media_type)

    async with stored_templates(call, given) as templates:

        def create(work: UnitOfWork) -> Item:
            item = _made(work, call, given, templates)
            put_asset(work, call, item, {**of_asset, "setAsPrimary": True}, upload)
            return item

        item = await call.house.database.write(create)
    if upload is not None:
        upload.used = True
    return item


async def update_tdo(call: Call, input: Mapping[str, Any] | None = None) -> Item:  # noqa: A002
    """Change what is said of a recording; what the input leaves out stays."""
    given = input or {}
    _ = call.who
    async with stored_templates(call, given) as templates:
        return await call.house.database.write(lambda work: _changed(work, call, given, templates))


def _changed(
    work: UnitOfWork, call: Call, given: Mapping[str, Any], templates: list[Template]
) -> Item:
    who, item = call.who, item_named(work, call.who, given["id"])
    for each in given.get("primaryAsset") or ():
        held = asset_named(work, who, each["id"])
        main = replace(held, role=each["assetType"], main=True)
        change_held(work.items, work.assets, who, main)
    put_templates(work, call, item, templates)
    changed = replace(
        item,
        name=given.get("name") or item.name,
        starts_at=given.get("startDateTime") or item.starts_at,
        ends_at=given.get("stopDateTime") or item.ends_at,
        lasting=True,
        extras={**item.extras, EXTRAS: {**kept_of(item), **extras_from(given)}},
    )
    return change_item(work.items, who, changed, call.now)


async def delete_tdo(call: Call, id: str) -> dict[str, str]:  # noqa: A002
    """Delete a recording with its assets and all that was found in it; its jobs are cancelled."""
    who = call.who

    def remove(work: UnitOfWork) -> None:
        delete_item(work, who, item_named(work, who, id).number, call.now)

    await call.house.database.write(remove)
    return {"id": id, "message": f"TemporalDataObject {id} was deleted."}


async def cleanup_tdo(
    call: Call,
    id: str,  # noqa: A002
    options: Sequence[str] | None = None,
) -> dict[str, str]:
    """Remove a recording's content and keep the recording."""
    who, words = call.who, list(dict.fromkeys(options or USUAL_CLEANING))

    def clean(work: UnitOfWork) -> None:
        number = item_named(work, who, id).number
        clean_item(work, who, number, [CLEANING[word] for word in words])

    await call.house.database.write(clean)
    return {"id": id, "message": f"Data deleted from {id}:  {','.join(words)}"}


RESOLVERS: dict[str, dict[str, Any]] = {}
ACTIONS = {
    "createTDO": create_tdo,
    "createTDOWithAsset": create_tdo_with_asset,
    "updateTDO": update_tdo,
    "deleteTDO": delete_tdo,
    "cleanupTDO": cleanup_tdo,
}
