"""Assets: upload raw bytes, describe, download, delete."""

import mimetypes
import re
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Header, Request, Response

from jobmill.api.answers import LOCATION, answer, problems
from jobmill.api.downloads import DOWNLOAD
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.resources import Asset
from jobmill.core.accounts import Right
from jobmill.core.errors import InvalidInput, UnsupportedBody
from jobmill.core.ids import AssetId
from jobmill.core.items import add_upload, delete_asset, get_asset
from jobmill.http.limits import chunks_of
from jobmill.http.ranges import download_response
from jobmill.http.serving import asset_download

router = native_router("assets")
NAME_LIMIT = 255
ANY = "application/octet-stream"
# What curl and others say when nobody told them what they send.
_UNTOLD = {"", ANY, "application/x-www-form-urlencoded"}
_MEDIA = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,99}/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}")
_RAW_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The bytes as they are.",
        "content": {ANY: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/assets",
    status_code=201,
    summary="Upload an asset",
    openapi_extra=_RAW_BODY,
    responses={**answer(201, "The asset.", LOCATION), **problems(413, 415)},
)
async def create_asset(
    request: Request,
    response: Response,
    house: TheHouse,
    who: Caller,
    x_name: Annotated[
        str | None,
        Header(description="The file's name; other than ASCII as percent-encoded UTF-8."),
    ] = None,
) -> Asset:
    """Send raw bytes. They are kept when all of them have arrived; of a cut upload nothing stays.

    Without a `Content-Type` the type is guessed from the name.
    """
    who.require(Right.ASSETS_WRITE)
    name = _name(x_name)
    media_type = _media_type(request, name)
    cap = house.settings.max_upload
    stored = await house.blobs.put(who.organization, chunks_of(request, cap), cap)
    now = house.clock.now()
    asset = await house.database.write(
        lambda work: add_upload(work.assets, who, name, media_type, stored, now)
    )
    response.headers["Location"] = f"{PREFIX}/assets/{asset.id}"
    return Asset.of(asset)


@router.get("/assets/{asset}", summary="Get an asset", responses=problems(404))
async def read_asset(asset: str, house: TheHouse, who: Caller) -> Asset:
    """Name, type, size, hash and state."""
    return Asset.of(
        await house.database.read(lambda work: get_asset(work.assets, who, AssetId(asset)))
    )


@router.get(
    "/assets/{asset}/content",
    summary="Download an asset",
    response_class=Response,
    responses={**problems(404, 409), **DOWNLOAD},
)
async def read_content(asset: str, request: Request, house: TheHouse, who: Caller) -> Response:
    """The bytes, all or a range of them; as an attachment unless they are plain media."""
    found = await house.database.read(lambda work: get_asset(work.assets, who, AssetId(asset)))
    return await download_response(request, await asset_download(house, found))


@router.delete(
    "/assets/{asset}",
    status_code=204,
    response_class=Response,
    summary="Delete an asset",
    responses=problems(404, 409),
)
async def remove_asset(asset: str, house: TheHouse, who: Caller) -> None:
    """Remove the bytes. Jobs that used them and ended keep a handle in the state `purged`."""
    await house.database.write(
        lambda work: delete_asset(work.assets, who, AssetId(asset), work.drop_blob)
    )


def _name(given: str | None) -> str:
    """The last part of the name, without control characters."""
    if given is None:
        return "upload"
    with suppress(UnicodeError):  # raw UTF-8, as many programs send it
        given = given.encode("latin-1").decode("utf-8")
    name = re.split(r"[/\\]", unquote(given))[-1].strip()
    if not name or len(name) > NAME_LIMIT or not name.isprintable() or name in (".", ".."):
        raise InvalidInput(
            f"X-Name: give a file name of 1 to {NAME_LIMIT} printable characters.", field="X-Name"
        )
    return name


def _media_type(request: Request, name: str) -> str:
    told = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if told.startswith("multipart/"):
        raise UnsupportedBody(
            "A multipart form cannot be taken here.",
            field="Content-Type",
            fix="Send the file's bytes alone: curl --data-binary @FILE -H 'X-Name: FILE'.",
        )
    if told in _UNTOLD:
        return mimetypes.guess_type(name)[0] or ANY
    if not _MEDIA.fullmatch(told):
        raise InvalidInput(
            "Content-Type: give a media type such as video/mp4.", field="Content-Type"
        )
    return told
