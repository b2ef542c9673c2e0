"""Handlers of `data://` storage: announce, list, sign, delete. Bytes go by links without a key."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.accounts import Right
from jobmill.core.errors import AssetNotFound, AssetNotReady, NotAllowed
from jobmill.core.ids import AssetNumber
from jobmill.core.items import (
    Asset,
    AssetQuery,
    AssetState,
    Link,
    LinkMethod,
    await_bytes,
    count_assets,
    delete_asset,
    list_assets,
    named_asset,
    note_extras,
    owned_asset,
    visible_asset,
)
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.calls import Call, call_of, flag, page_of, route, whole
from jobmill.dialects.superai.mapping.data import (
    DESCRIPTION,
    SCHEME,
    SeenData,
    data_object,
    data_url,
    in_storage,
    is_address,
    own_path,
    place_of,
    signed_object,
)
from jobmill.dialects.superai.mapping.jobs import EXTRAS
from jobmill.dialects.superai.mapping.names import number_of
from jobmill.dialects.superai.mapping.pages import content_page
from jobmill.dialects.superai.mapping.reading import wrong
from jobmill.http.addresses import link_address
from jobmill.http.naming import naming_of

NATIVE = "/api/v1"
UPLOAD_FOR = timedelta(hours=3)


async def create_data(request: Request) -> Response:
    """`POST data`: a dataset before its bytes, or a new version of one, and where to PUT them."""
    call = await call_of(request)
    query = request.query_params
    path = place_of(query.get("path") or f"{vendor.DEFAULT_FOLDER}/{uuid4()}", call.who.user)
    if not in_storage(path, call.who.user):
        raise NotAllowed(
            f"path: {path!r} is not in your storage, data://{call.who.user}/.", field="path"
        )
    if path == str(call.who.user):
        raise wrong("path", f"name a file in your storage, {SCHEME}{path}/")
    naming = naming_of(None, _mime(query.get("mimeType")), path, type_field="mimeType")

    def announce(work: UnitOfWork) -> SeenData:
        known = named_asset(work.assets, call.who, naming)
        asset = known or await_bytes(work.assets, call.who, naming, None, call.now)
        if (said := query.get("description")) is not None:
            asset = note_extras(work.assets, call.who, asset.handle, EXTRAS, {DESCRIPTION: said})
        return _seen(work, asset)

    seen = await call.house.database.write(announce)
    shown = replace(seen, asset=replace(seen.asset, media_type=naming.media_type))
    more: dict[str, Any] = {"dataUrl": data_url(seen.asset)}
    if flag(request, "uploadUrl") is not False:
        more["uploadUrl"] = _upload_link(call, seen.asset)
    return JSONResponse(data_object(shown, **more))


async def list_data(request: Request) -> Response:
    """`GET data`: of the caller's own storage, all, of ids, at paths, or below a path."""
    call = await call_of(request)
    (page, size), params = page_of(request), request.query_params
    ids, paths = params.getlist("dataId"), params.getlist("path")
    signed, ttl = flag(request, "signedUrl"), _ttl(request, vendor.USUAL_TTL)
    recursive = flag(request, "recursive")

    def look(work: UnitOfWork) -> tuple[Sequence[SeenData], int]:
        if ids or (paths and not recursive):
            named = _by_ids(work, call, ids) if ids else _at_paths(work, call, paths)
            return [_seen(work, each) for each in named[page * size : (page + 1) * size]], len(
                named
            )
        folder = place_of(paths[0], call.who.user) if paths else str(call.who.user)
        query = AssetQuery(
            call.who.organization, folder=folder, states=_KEPT, limit=size, offset=page * size
        )
        found = list_assets(work.assets, call.who, query)
        return [_seen(work, each) for each in found], count_assets(work.assets, call.who, query)

    found, total = await call.house.database.read(look)
    shown = [
        data_object(each, signedUrl=_read_link(call, each.asset, ttl) if signed else None)
        for each in found
    ]
    return JSONResponse(content_page(shown, total, page, size))


async def sign_data(request: Request) -> Response:
    """`GET data/url`: an address that needs no key, for a time; of an address elsewhere, itself."""
    call = await call_of(request)
    path = _needed(request)
    if is_address(path):
        call.who.require(Right.ASSETS_READ)
        return JSONResponse(signed_object(call.who.user, path, path))
    ttl = _ttl(request, vendor.USUAL_TTL)
    asset = await call.house.database.read(lambda work: _readable(work, call, path))
    if asset.state is AssetState.AWAITING:
        raise AssetNotReady(
            f"path: the bytes of {path!r} have not been uploaded yet.", field="path"
        )
    return JSONResponse(signed_object(asset.owner, own_path(asset), _read_link(call, asset, ttl)))


async def remove_data(request: Request) -> Response:
    """`DELETE data`: with all its versions; refused while a job needs it."""
    call = await call_of(request)
    path = _needed(request)

    def remove(work: UnitOfWork) -> SeenData:
        place = SCHEME + place_of(path, call.who.user)
        found = _seen(work, owned_asset(work.assets, call.who, place))
        delete_asset(work.assets, call.who, place, work.drop_blob)
        return found

    gone = await call.house.database.write(remove)
    return JSONResponse(data_object(gone, status=vendor.DELETED, updated=call.now))


_KEPT = (AssetState.AWAITING, AssetState.READY)


def _readable(work: UnitOfWork, call: Call, path: str) -> Asset:
    return visible_asset(work.assets, call.who, SCHEME + place_of(path, call.who.user))


def _by_ids(work: UnitOfWork, call: Call, ids: Sequence[str]) -> list[Asset]:
    """The datasets of these ids that the caller sees; any version's number names one."""
    call.who.require(Right.ASSETS_READ)
    found: dict[str, Asset] = {}
    for word in (each for text in ids for each in text.split(",")):
        number = number_of(word)
        if number is None:
            raise wrong("dataId", f"give whole numbers, not {word!r}")
        known = work.assets.get(AssetNumber(number))
        if known is not None and known.path is not None:
            found |= _if_visible(work, call, known.handle)
    return list(found.values())


def _at_paths(work: UnitOfWork, call: Call, paths: Sequence[str]) -> list[Asset]:
    call.who.require(Right.ASSETS_READ)
    found: dict[str, Asset] = {}
    for path in paths:
        found |= _if_visible(work, call, SCHEME + place_of(path, call.who.user))
    return list(found.values())


def _if_visible(work: UnitOfWork, call: Call, name: str) -> dict[str, Asset]:
    try:
        asset = visible_asset(work.assets, call.who, name)
    except AssetNotFound:
        return {}
    return {asset.handle: asset} if asset.state in _KEPT else {}


def _seen(work: UnitOfWork, asset: Asset) -> SeenData:
    first = work.assets.version(asset.organization, asset.handle, 1) if asset.version > 1 else None
    first = first or asset
    return SeenData(asset, first.number, first.created_at)


def _upload_link(call: Call, asset: Asset) -> str:
    number = asset.version + (asset.state is not AssetState.AWAITING)
    return _link(call, asset, LinkMethod.PUT, number, UPLOAD_FOR)


def _read_link(call: Call, asset: Asset, ttl: int) -> str | None:
    if asset.state is not AssetState.READY:
        return None
    return _link(call, asset, LinkMethod.GET, asset.version, timedelta(seconds=ttl))


def _link(call: Call, asset: Asset, method: LinkMethod, version: int, lasts: timedelta) -> str:
    ends = (call.now + lasts).replace(microsecond=0)
    link = Link(method, asset.organization, asset.handle, version, ends)
    return link_address(call.request, call.house, NATIVE, link)


def _ttl(request: Request, usual: int) -> int:
    return whole(request, "secondsTtl", usual, 1, vendor.LONGEST_TTL)


def _needed(request: Request) -> str:
    path = request.query_params.get("path")
    if not path:
        raise wrong("path", "give one, such as data://7/in/a.pdf or in/a.pdf")
    return path


def _mime(told: str | None) -> str:
    """The recorded client sends `json` for a media type."""
    return f"application/{told}" if told and "/" not in told else told or ""


DATA_ROUTES = [
    route("/data", "POST", create_data),
    route("/data", "GET", list_data),
    route("/data", "DELETE", remove_data),
    route("/data/url", "GET", sign_data),
]
