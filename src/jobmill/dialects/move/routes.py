"""POST /ugc/graphql, downloads by share codes, and the answers for everything else below /ugc."""

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from jobmill.core.accounts import Principal, bearer_principal
from jobmill.core.errors import AssetNotFound, JobmillError, NotAuthenticated, NotFound
from jobmill.core.items import Asset, link_of_code
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.move.call import Call, key_of
from jobmill.dialects.move.errors import error_answer, error_body
from jobmill.dialects.move.mapping.comments import without_slashes
from jobmill.http.graphql.loading import LoadedOnce
from jobmill.http.graphql.reading import QUERY_CAP, asked_from
from jobmill.http.house import House, house_of
from jobmill.http.limits import parse_json, read_body
from jobmill.http.ranges import download_response
from jobmill.http.serving import asset_download

if TYPE_CHECKING:
    from jobmill.http.graphql.service import GraphQLService

MOUNT = "/ugc"
GRAPHQL = "/ugc/graphql"
DOWNLOAD = "/ugc/file/download"
JSON = "application/json; charset=utf-8"


async def graphql(request: Request) -> Response:
    """One GraphQL request: JSON, whatever its type says."""
    try:
        asked = asked_from(parse_json(await read_body(request, QUERY_CAP)))
        asked.query = without_slashes(asked.query)
        call = await _call(request)
        status, body, wait = await (await _SERVICE.get()).answer(call, asked)
    except JobmillError as refusal:
        return error_answer(refusal)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Response(body, status, headers, media_type=JSON)


async def _call(request: Request) -> Call:
    """The call with who makes it; a bad key is told to the fields that need one."""
    house, key = house_of(request), key_of(request)
    caller, refusal = None, None
    if key is not None:
        try:
            caller = await _caller(house, key)
        except NotAuthenticated as unknown_key:
            refusal = unknown_key
    loop = asyncio.get_running_loop()
    return Call(request, house, house.clock.now(), caller, refusal, key, loop)


async def _caller(house: House, key: str) -> Principal:
    now = house.clock.now()
    return await house.database.read(lambda work: bearer_principal(work, key, now))


async def download(request: Request) -> Response:
    """The file of a share code. Whoever has the code has the file."""
    house = house_of(request)
    try:
        link = link_of_code(
            request.query_params.get("code", ""), house.link_secret, house.clock.now()
        )

        def find(work: UnitOfWork) -> Asset:
            found = work.assets.version(link.organization, link.asset, link.version)
            if found is None:
                raise AssetNotFound("The file of this code has been deleted.")
            return found

        asset = await house.database.read(find)
        return await download_response(request, await asset_download(house, asset))
    except JobmillError as refusal:
        return error_answer(refusal)


async def refuse_method(request: Request) -> Response:
    """Everything but POST."""
    error = error_body(NotFound(f"{request.method} is not served at {GRAPHQL}: use POST."))
    error["message"] = f"{request.method} is not served at {GRAPHQL}: send the query by POST."
    return JSONResponse({"data": None, "errors": [error]}, 405, {"Allow": "POST"})


async def unknown(request: Request) -> Response:
    """Every other path below the mount."""
    error = error_body(NotFound(f"There is no {request.method} {request.url.path}."))
    error["message"] = f"There is no {request.method} {request.url.path}; the API is at {GRAPHQL}."
    return JSONResponse({"data": None, "errors": [error]}, 404)


def _make() -> "GraphQLService":
    from jobmill.dialects.move.service import make_service

    return make_service()


_SERVICE = LoadedOnce(_make)

ROUTES: list[BaseRoute] = [
    Route(GRAPHQL, graphql, methods=["POST"]),
    Route(GRAPHQL + "/", graphql, methods=["POST"]),
    Route(GRAPHQL, refuse_method, methods=["GET", "PUT", "PATCH", "DELETE"]),
    Route(DOWNLOAD, download, methods=["GET"]),
]
