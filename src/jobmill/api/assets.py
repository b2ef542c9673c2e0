"""Assets: upload, list, describe, purge, delete."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import Header, Query, Request, Response

from jobmill.api.answers import LOCATION, answer, problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.assets import Asset, AssetPage, AssetsQuery, PurgeAsset
from jobmill.api.schemas.jobs import PREFIX
from jobmill.core.accounts import Principal, Right
from jobmill.core.items import Asset as CoreAsset
from jobmill.core.items import (
    AssetQuery,
    Naming,
    add_upload,
    data_path,
    delete_asset,
    list_assets,
    named_asset,
    purge_asset,
    visible_asset,
)
from jobmill.http.house import House
from jobmill.http.limits import chunks_of
from jobmill.http.multipart import FormReader, is_form
from jobmill.http.naming import ANY, header_word, naming_of
from jobmill.http.paging import decode_cursor, encode_cursor
from jobmill.http.receiving import receive

router = native_router("assets")
RAW_BODY: dict[str, Any] = {
    "requestBody": {
        "required": False,
        "description": "The bytes as they are; none are an empty file.",
        "content": {ANY: {"schema": {"type": "string", "format": "binary"}}},
    }
}
# A form's own boundary and parts are beside the file; so much of them may come.
FORM_ROOM = 2**20


@router.post(
    "/assets",
    status_code=201,
    summary="Upload an asset",
    openapi_extra=RAW_BODY,
    responses={**answer(201, "The asset.", LOCATION), **problems(400, 404, 409, 413, 415)},
)
async def create_asset(
    request: Request,
    response: Response,
    house: TheHouse,
    who: Caller,
    path: Annotated[
        str | None,
        Query(max_length=2000, description="Its place, as `data://folder/name`."),
    ] = None,
    x_name: Annotated[
        str | None,
        Header(description="The file's name; other than ASCII as percent-encoded UTF-8."),
    ] = None,
) -> Asset:
    """Send raw bytes, or a form (`multipart/form-data`) with one file and, if wanted, the fields
    `name`, `type` and `path`. They are kept when all of them have arrived; of a cut upload nothing
    stays: `/api/v1/uploads` takes uploads that go on.

    Without a type it is guessed from the name. At a path where an asset is already, the bytes
    become its next version.
    """
    who.require(Right.ASSETS_WRITE)
    if is_form(request.headers.get("content-type", "")):
        asset = await _from_form(request, house, who, path)
    else:
        naming = naming_of(
            header_word(x_name), request.headers.get("content-type", ""), path, field="X-Name"
        )
        asset = await take_raw(request, house, who, naming)
    response.headers["Location"] = f"{PREFIX}/assets/{asset.handle}"
    return Asset.of(asset)


async def take_raw(request: Request, house: House, who: Principal, naming: Naming) -> CoreAsset:
    """The request's body as an asset, or a version of the one that the naming names."""
    known = await house.database.read(lambda work: named_asset(work.assets, who, naming))
    cap = house.settings.max_upload
    if known is not None and known.facts is None and known.declared_size is not None:
        cap = min(cap, known.declared_size)
    return await _kept(house, who, chunks_of(request, cap), cap, lambda: naming)


async def _from_form(request: Request, house: House, who: Principal, path: str | None) -> CoreAsset:
    cap = house.settings.max_upload
    chunks = chunks_of(request, cap + FORM_ROOM)
    reader = FormReader(request.headers["content-type"], chunks)

    def naming() -> Naming:
        form = reader.form
        name = form.fields.get("name") or form.file_name
        told = form.fields.get("type") or form.media_type
        return naming_of(name, told, form.fields.get("path") or path, type_field="type")

    return await _kept(house, who, reader.pieces(), cap, naming)


async def _kept(
    house: House, who: Principal, chunks: AsyncIterator[bytes], cap: int, naming: Any
) -> CoreAsset:
    async with aclosing(chunks):  # type: ignore[type-var]
        return await receive(
            house,
            who.organization,
            chunks,
            cap,
            lambda work, stored: add_upload(work.assets, who, naming(), stored, house.clock.now()),
        )


@router.get("/assets", summary="List assets", responses=problems())
async def read_assets(
    query: Annotated[AssetsQuery, Query()], house: TheHouse, who: Caller
) -> AssetPage:
    """Assets at their current versions, newest first; all of them, below a folder, or at a path."""
    wanted = AssetQuery(
        organization=who.organization,
        folder=data_path(query.folder, "folder") if query.folder else None,
        path=data_path(query.path) if query.path else None,
        states=tuple(dict.fromkeys(query.state)),
        sources=tuple(dict.fromkeys(query.source)),
        before=decode_cursor(query.cursor, 1)[0] if query.cursor is not None else None,
        limit=query.limit + 1,
    )
    found = await house.database.read(lambda work: list_assets(work.assets, who, wanted))
    shown = found[: query.limit]
    following = encode_cursor(shown[-1].number) if len(found) > query.limit else None
    return AssetPage(items=[Asset.of(asset) for asset in shown], next=following)


@router.get("/assets/{asset}", summary="Get an asset", responses=problems(404))
async def read_asset(asset: str, house: TheHouse, who: Caller) -> Asset:
    """Name, type, size, hash and state of its current version."""
    return Asset.of(await house.database.read(lambda work: visible_asset(work.assets, who, asset)))


@router.post("/assets/{asset}/purge", summary="Purge an asset", responses=problems(400, 404, 409))
async def purge(asset: str, house: TheHouse, who: Caller, body: PurgeAsset | None = None) -> Asset:
    """Remove the bytes of all versions, or of one, and keep everything that is known of them."""
    version = body.version if body else None
    return Asset.of(
        await house.database.write(
            lambda work: purge_asset(work.assets, who, asset, version, work.drop_blob)
        )
    )


@router.delete(
    "/assets/{asset}",
    status_code=204,
    response_class=Response,
    summary="Delete an asset",
    responses=problems(404, 409),
)
async def remove_asset(asset: str, house: TheHouse, who: Caller) -> None:
    """Remove it with all its versions. Jobs that used it and ended keep a handle in the state
    `purged`."""
    await house.database.write(lambda work: delete_asset(work.assets, who, asset, work.drop_blob))
