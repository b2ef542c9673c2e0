"""Handlers of documents: upload, list, describe, remove, and their contents."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from jobmill.core.accounts import Principal, Right, User
from jobmill.core.errors import UnsupportedBody
from jobmill.core.items import (
    Asset,
    AssetQuery,
    AssetSource,
    Naming,
    add_upload,
    delete_asset,
    list_assets,
    named_asset,
    owned_asset,
    visible_asset,
)
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.innodata.calls import base_of, caller_of, page_of
from jobmill.dialects.innodata.envelope import answer
from jobmill.dialects.innodata.mapping.create_job import TEST_LIFE
from jobmill.dialects.innodata.mapping.documents import document
from jobmill.http.house import House, house_of
from jobmill.http.limits import chunks_of
from jobmill.http.multipart import is_form
from jobmill.http.naming import UNTOLD, header_word, naming_of
from jobmill.http.ranges import download_response
from jobmill.http.receiving import receive
from jobmill.http.serving import asset_download


async def create_document(request: Request) -> Response:
    """`POST documents`: the raw bytes; `X-Name` and `X-Type` say what they are."""
    house, caller = house_of(request), await caller_of(request)
    who, naming = caller.who, _naming(request)
    if caller.test:
        naming = replace(naming, retain_until=house.clock.now() + TEST_LIFE)
    asset = await received(request, house, who, naming)
    return answer(await _shown(house, base_of(request), asset), 201)


async def update_contents(request: Request) -> Response:
    """`PUT documents/{id}/contents`: other bytes; jobs keep to those that they began with."""
    house, who = house_of(request), (await caller_of(request)).who
    name = request.path_params["document"]
    known = await house.database.read(lambda work: owned_asset(work.assets, who, name))
    asset = await received(request, house, who, _naming(request, known))
    return answer(await _shown(house, base_of(request), asset))


async def read_contents(request: Request) -> Response:
    """`GET documents/{id}/contents`: the bytes as they are, or a range of them."""
    house, who = house_of(request), (await caller_of(request)).who
    name = request.path_params["document"]
    asset = await house.database.read(lambda work: visible_asset(work.assets, who, name))
    return await download_response(request, await asset_download(house, asset))


async def read_document(request: Request) -> Response:
    """`GET documents/{id}`."""
    house, who = house_of(request), (await caller_of(request)).who
    name = request.path_params["document"]
    asset = await house.database.read(lambda work: visible_asset(work.assets, who, name))
    return answer(await _shown(house, base_of(request), asset))


async def list_documents(request: Request) -> Response:
    """`GET documents`: uploads that the caller sees, newest first; `?name=` narrows them."""
    house, who = house_of(request), (await caller_of(request)).who
    limit, offset = page_of(request)
    wanted = AssetQuery(
        who.organization,
        name=request.query_params.get("name"),
        sources=(AssetSource.UPLOAD,),
        limit=limit,
        offset=offset,
    )

    def look(work: UnitOfWork) -> Sequence[tuple[Asset, User | None]]:
        found = list_assets(work.assets, who, wanted)
        return [(asset, owner_of(work, asset)) for asset in found]

    base, rows = base_of(request), await house.database.read(look)
    shown = [document(base, asset, owner) for asset, owner in rows]
    return answer({"documents": shown, "limit": limit, "offset": offset})


async def delete_document(request: Request) -> Response:
    """`DELETE documents/{id}`; refused while a job that has not ended needs it."""
    house, who = house_of(request), (await caller_of(request)).who
    name = request.path_params["document"]
    await house.database.write(lambda work: delete_asset(work.assets, who, name, work.drop_blob))
    return answer({})


def owner_of(work: UnitOfWork, asset: Asset) -> User | None:
    """Who uploaded it."""
    return None if asset.owner is None else work.accounts.user(asset.owner)


async def _shown(house: House, base: str, asset: Asset) -> dict[str, object]:
    owner = await house.database.read(lambda work: owner_of(work, asset))
    return document(base, asset, owner)


def _naming(request: Request, known: Asset | None = None) -> Naming:
    headers = request.headers
    sent = headers.get("content-type", "")
    if is_form(sent):
        raise UnsupportedBody(
            "Send the bytes themselves (curl --data-binary @file) with Content-Type "
            "application/octet-stream; forms are not taken here.",
            field="Content-Type",
        )
    told = headers.get("x-type") or ("" if sent.split(";")[0].strip() in UNTOLD else sent)
    name = header_word(headers.get("x-name"))
    if known is None:
        return naming_of(name, told, field="X-Name", type_field="X-Type")
    return naming_of(
        name or known.name,
        told or known.media_type,
        asset=known.handle,
        field="X-Name",
        type_field="X-Type",
    )


async def received(request: Request, house: House, who: Principal, naming: Naming) -> Asset:
    """The request's body as a document, or as the next version of the one that the naming names."""
    who.require(Right.ASSETS_WRITE)
    await house.database.read(lambda work: named_asset(work.assets, who, naming))
    cap = house.settings.max_upload
    async with aclosing(chunks_of(request, cap)) as chunks:  # type: ignore[type-var]
        return await receive(
            house,
            who.organization,
            chunks,
            cap,
            lambda work, stored: add_upload(work.assets, who, naming, stored, house.clock.now()),
        )
