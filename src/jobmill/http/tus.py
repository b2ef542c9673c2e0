"""Uploads that go on after a cut: tus 1.0 (https://tus.io/protocols/resumable-upload), with
creation, creation-with-upload, termination, expiration and checksum.

Plain routes, since the body of a piece is streamed and tus speaks in headers. Answers only with
the caller's own uploads.
"""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from email.utils import format_datetime
from functools import partial
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobmill.core.accounts import Principal
from jobmill.core.errors import (
    ChecksumMismatch,
    InvalidInput,
    JobmillError,
    TooLarge,
    UnsupportedBody,
    UnsupportedChecksum,
    UnsupportedTusVersion,
    UploadOffsetMismatch,
)
from jobmill.core.items import Naming
from jobmill.core.uploads import Upload, get_upload, give_up_upload, open_upload
from jobmill.core.uploads.service import REST
from jobmill.http.auth import principal_of
from jobmill.http.finishing import finish
from jobmill.http.house import House, house_of
from jobmill.http.naming import naming_of
from jobmill.http.refusals import Refusal

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
PIECE_TYPE = "application/offset+octet-stream"
ALGORITHMS = ("sha1", "sha256", "md5")
TOLD = (
    "Jobmill-Asset",
    "Tus-Checksum-Algorithm",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Expires",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
)
"""Headers of the answers, which pages of other origins must be let read too."""
IDLE_SECONDS = 60.0
_METADATA_LIMIT = 8192
Handler = Callable[[Request, House, Principal], Awaitable[Response]]


def tus_routes(prefix: str, refuse: Refusal) -> list[Route]:
    """The routes of uploads below a prefix; `refuse` gives errors their shape."""
    place = f"{prefix}/uploads"

    async def collection(request: Request) -> Response:
        if request.method == "OPTIONS":
            return _abilities(request)
        return await _answer(request, partial(_create, place), refuse)

    async def one(request: Request) -> Response:
        if request.method == "OPTIONS":
            return _abilities(request)
        return await _answer(request, _one, refuse)

    return [
        Route(place, collection, methods=["POST", "OPTIONS"], name="uploads"),
        Route(
            f"{place}/{{upload}}",
            one,
            methods=["GET", "PATCH", "DELETE", "OPTIONS", "POST"],
            name="upload",
        ),
    ]


async def _one(request: Request, house: House, who: Principal) -> Response:
    handlers: Mapping[str, Handler] = {"PATCH": _patch, "DELETE": _remove, "GET": _show}
    return await handlers[_method(request)](request, house, who)


def _abilities(request: Request) -> Response:
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(house_of(request).settings.max_upload),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        "Tus-Resumable": VERSION,
    }
    return Response(status_code=204, headers=headers)


def _method(request: Request) -> str:
    """The method; clients behind old proxies override POST."""
    if request.method != "POST":
        return request.method
    told = request.headers.get("x-http-method-override", "").upper()
    if told not in ("PATCH", "DELETE"):
        raise InvalidInput(
            "X-HTTP-Method-Override: POST stands for PATCH or DELETE here.",
            field="X-HTTP-Method-Override",
        )
    return told


async def _answer(request: Request, handle: Handler, refuse: Refusal) -> Response:
    """What a handler answers, its refusals included: tus wants its own headers on all of them."""
    try:
        response = await _handled(request, handle)
    except JobmillError as refusal:
        response = refuse(request, refusal)
        response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


async def _handled(request: Request, handle: Handler) -> Response:
    who = await principal_of(request)
    # A plain GET is for people; everything that tus defines names its version.
    if request.headers.get("tus-resumable", VERSION if request.method == "GET" else "") != VERSION:
        raise UnsupportedTusVersion(f"Tus-Resumable: send {VERSION}.", field="Tus-Resumable")
    return await handle(request, house_of(request), who)


async def _create(place: str, request: Request, house: House, who: Principal) -> Response:
    size, metadata = _number(request, "Upload-Length"), request.headers.get("upload-metadata", "")
    naming, cap, now = _naming(metadata), house.settings.max_upload, house.clock.now()
    upload = await house.database.write(
        lambda work: open_upload(work.uploads, work.assets, who, naming, size, metadata, cap, now)
    )
    await house.uploads.create(upload.id)
    offset = 0
    if request.headers.get("content-type", "") == PIECE_TYPE or size == 0:
        upload, offset = await _append(request, house, who, upload, 0)
    headers = _facts(upload, offset)
    headers["Location"] = f"{place}/{upload.id}"
    return Response(status_code=201, headers=headers)


async def _patch(request: Request, house: House, who: Principal) -> Response:
    if request.headers.get("content-type", "") != PIECE_TYPE:
        raise UnsupportedBody(
            "A piece of an upload has a type of its own.",
            field="Content-Type",
            fix=f"Send 'Content-Type: {PIECE_TYPE}'.",
        )
    start = _number(request, "Upload-Offset")
    upload = await _mine(request, house, who)
    upload, offset = await _append(request, house, who, upload, start)
    return Response(status_code=204, headers=_facts(upload, offset))


async def _append(
    request: Request, house: House, who: Principal, upload: Upload, start: int
) -> tuple[Upload, int]:
    """Add the body at `start`; with the last byte the asset gets its bytes."""
    if upload.done_at is not None:
        if start != upload.size:
            raise UploadOffsetMismatch(f"The upload is whole, with {upload.size} bytes.")
        _check_room(request, 0)
        async for _ in _chunks(request, None):
            raise TooLarge(f"The upload is whole, with {upload.size} bytes; send no more.")
        return upload, upload.size
    checksum = _checksum(request)
    async with house.uploads.held(upload.id) as file:
        if file.offset != start:
            raise UploadOffsetMismatch(
                f"The upload stands at {file.offset}, not at {start}.", field="Upload-Offset"
            )
        _check_room(request, upload.size - start)
        digest = hashlib.new(checksum[0], usedforsecurity=False) if checksum else None
        try:
            await file.append(_chunks(request, digest), upload.size)
        except BaseException:
            # Of a piece with a checksum nothing is believed until all of it is there.
            if digest is not None:
                await file.cut(start)
            raise
        if checksum and digest and not hmac.compare_digest(digest.digest(), checksum[1]):
            await file.cut(start)
            raise ChecksumMismatch
        offset = file.offset
    if offset == upload.size:
        return await finish(house, who, upload), offset
    expires = house.clock.now() + REST
    await house.database.write(lambda work: work.uploads.extend(upload.id, expires))
    return await _mine(request, house, who, upload.id), offset


async def _show(request: Request, house: House, who: Principal) -> Response:
    """Also HEAD. A server that died after the last byte left the asset without them: here it goes
    on, for a client that sees all bytes there asks no more."""
    upload = await _mine(request, house, who)
    if upload.done_at is None:
        offset = await house.uploads.offset(upload.id)
        # An end that was under way has taken the file; looked at afterwards, the row tells of it.
        upload = await _mine(request, house, who)
    if upload.done_at is not None:
        offset = upload.size
    elif offset == upload.size:
        upload = await finish(house, who, upload)
    body: dict[str, Any] = {
        "id": upload.id,
        "asset": upload.asset,
        "name": upload.naming.name,
        "size": upload.size,
        "offset": offset,
        "done": upload.done_at is not None,
    }
    return JSONResponse(body, headers=_facts(upload, offset))


async def _remove(request: Request, house: House, who: Principal) -> Response:
    upload = await _mine(request, house, who)
    async with house.uploads.held(upload.id):
        await house.database.write(lambda work: give_up_upload(work.uploads, work.assets, upload))
        await house.uploads.discard(upload.id)
    return Response(status_code=204)


async def _mine(request: Request, house: House, who: Principal, name: str | None = None) -> Upload:
    name, now = name or request.path_params["upload"], house.clock.now()
    return await house.database.read(lambda work: get_upload(work.uploads, who, name, now))


def _facts(upload: Upload, offset: int) -> dict[str, str]:
    headers = {
        "Upload-Offset": str(offset),
        "Upload-Length": str(upload.size),
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
    }
    if upload.metadata:
        headers["Upload-Metadata"] = upload.metadata
    if upload.asset is not None:
        headers["Jobmill-Asset"] = upload.asset
    return headers


def _number(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isdecimal() or not text.isascii() or len(text) > 18:
        raise InvalidInput(f"{header}: send a whole number of bytes.", field=header)
    return int(text)


def _check_room(request: Request, room: int) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > room:
        raise TooLarge(f"{room} bytes are missing of those declared; {announced} are too many.")


async def _chunks(request: Request, digest: Any) -> AsyncIterator[bytes]:
    """The body. Of a client that has fallen silent the upload is taken back, for its next try."""
    body = aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                chunk = await anext(body, None)
        except TimeoutError:
            raise ClientDisconnect from None
        if chunk is None:
            return
        if chunk:
            if digest is not None:
                digest.update(chunk)
            yield chunk


def _checksum(request: Request) -> tuple[str, bytes] | None:
    """Algorithm and value of `Upload-Checksum: sha1 BASE64`."""
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, value = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise UnsupportedChecksum(
            f"Upload-Checksum: use one of {', '.join(ALGORITHMS)}.", field="Upload-Checksum"
        )
    return algorithm, _base64(value, "Upload-Checksum")


def _naming(metadata: str) -> Naming:
    """What the client says of the file: pairs of a key and a value in Base64, by commas."""
    if len(metadata) > _METADATA_LIMIT:
        raise InvalidInput(
            f"Upload-Metadata: {_METADATA_LIMIT} characters at most.", field="Upload-Metadata"
        )
    told: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in metadata.split(","))):
        key, _, value = pair.partition(" ")
        told[key] = _base64(value, "Upload-Metadata").decode("utf-8", "replace")
    name = told.get("filename") or told.get("name") or None
    media_type = told.get("filetype") or told.get("type") or told.get("contentType") or ""
    return naming_of(
        name,
        media_type,
        told.get("path") or None,
        told.get("asset") or None,
        field="Upload-Metadata",
        type_field="Upload-Metadata",
    )


def _base64(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except ValueError:  # also of signs that are not ASCII
        raise InvalidInput(f"{field}: the value is not Base64.", field=field) from None
