"""Handlers of recordings: what jobs looked at, what was found in it, and its bytes."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.accounts import Principal
from jobmill.core.errors import ItemNotFound
from jobmill.core.ids import ItemNumber
from jobmill.core.items import Asset
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import (
    Recording,
    delete_recording,
    get_recording,
    list_recordings,
    recording_asset,
    recording_jobs,
)
from jobmill.dialects.gentoo.calls import limit_of, route
from jobmill.dialects.gentoo.mapping.names import second_and_number, second_of
from jobmill.dialects.gentoo.mapping.recordings import recording_document, recording_summary
from jobmill.dialects.gentoo.streams import Row, array_of
from jobmill.http.auth import principal_or_keyless
from jobmill.http.house import house_of
from jobmill.http.ranges import download_response
from jobmill.http.serving import asset_download


async def list_all(request: Request) -> Response:
    """`GET recordings`: a bare array, newest first; `?limit=` shortens it."""
    house, who = house_of(request), await principal_or_keyless(request)

    def rows(work: UnitOfWork, before: int | None, size: int) -> list[Row]:
        found = list_recordings(work, who, before, size)
        return [(item.number, recording_summary(item, asset)) for item, asset in found]

    return await array_of(house.database, rows, limit_of(request))


async def read_one(request: Request) -> Response:
    """`GET recordings/{id}`: the recording with its jobs and what they found."""
    house, who = house_of(request), await principal_or_keyless(request)
    name = request.path_params["name"]

    def look(work: UnitOfWork) -> dict[str, object]:
        seen = _named(work, who, name)
        pairs = recording_jobs(work, who, seen.item.number)
        jobs = [graph for graph, _ in pairs]
        results = [result for _, found in pairs for result in found]
        return recording_document(seen.item, seen.asset, jobs, results, seen.cuts)

    return JSONResponse(await house.database.read(look))


async def read_media(request: Request) -> Response:
    """`GET recordings/{id}/media`: the bytes, or a range of them."""
    house, who = house_of(request), await principal_or_keyless(request)
    name = request.path_params["name"]

    def look(work: UnitOfWork) -> Asset:
        return recording_asset(work, who, _named(work, who, name).item.number)

    asset = await house.database.read(look)
    return await download_response(request, await asset_download(house, asset))


async def delete(request: Request) -> Response:
    """`DELETE recordings/{id}`: with the cuts made of it; its jobs stay."""
    house, who = house_of(request), await principal_or_keyless(request)
    name = request.path_params["name"]

    def remove(work: UnitOfWork) -> None:
        delete_recording(work, who, _named(work, who, name).item.number)

    await house.database.write(remove)
    return JSONResponse({})


def _named(work: UnitOfWork, who: Principal, name: str) -> Recording:
    """The recording of this id; both halves of the id must be its own."""
    missing = ItemNotFound(f"There is no recording {name!r}.")
    second, number = second_and_number(name) or (0, 0)
    try:
        seen = get_recording(work, who, ItemNumber(number))
    except ItemNotFound:
        raise missing from None
    if second_of(seen.item.id) != second:
        raise missing
    return seen


RECORDINGS = "/api/ai/recordings"
RECORDING_ROUTES: list[BaseRoute] = [
    route(RECORDINGS, "GET", list_all),
    route(RECORDINGS + "/{name}/media", "GET", read_media),
    route(RECORDINGS + "/{name}", "GET", read_one),
    route(RECORDINGS + "/{name}", "DELETE", delete),
]
