"""POST /v3/graphql, and the answers for everything else below its mount."""

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from jobmill.core.accounts import Principal, bearer_principal
from jobmill.core.errors import JobmillError, NotAuthenticated, NotFound
from jobmill.dialects.aiware.errors import error_answer, error_body
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.http.auth import bearer_key
from jobmill.http.graphql.loading import LoadedOnce
from jobmill.http.graphql.reading import Asked, comes_as_form, read_form, read_query
from jobmill.http.house import House, house_of
from jobmill.http.receiving import drop_unnamed

if TYPE_CHECKING:
    from jobmill.http.graphql.service import GraphQLService

GRAPHQL = "/v3/graphql"
MOUNT = "/v3"
JSON = "application/json; charset=utf-8"


async def graphql(request: Request) -> Response:
    """One GraphQL request."""
    call = await _call(request)
    try:
        if not comes_as_form(request):
            return await _answered(call, await read_query(request))
        return await _answered_form(call)
    except JobmillError as refusal:
        return error_answer(refusal, call.now)


async def _answered_form(call: Call) -> Response:
    """A form's file is stored before its query is known; unless that names it, it goes again."""
    who, house = call.who, call.house
    async with house.blobs.holding():
        asked = await read_form(call.request, house, who)
        call.upload = asked.upload
        try:
            return await _answered(call, asked)
        finally:
            if asked.upload is not None and not asked.upload.used:
                await drop_unnamed(house, who.organization, asked.upload.stored)


async def _answered(call: Call, asked: Asked) -> Response:
    status, body, wait = await (await _SERVICE.get()).answer(call, asked)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Response(body, status, headers, media_type=JSON)


async def _call(request: Request) -> Call:
    """The call with who makes it; a bad token is told to the fields that need one."""
    house, token = house_of(request), bearer_key(request)
    now = house.clock.now()
    caller, refusal = None, None
    if token is not None:
        try:
            caller = await _caller(house, token)
        except NotAuthenticated as unknown_token:
            refusal = unknown_token
    return Call(request, house, now, caller, refusal, token, asyncio.get_running_loop())


async def _caller(house: House, token: str) -> Principal:
    now = house.clock.now()
    return await house.database.read(lambda work: bearer_principal(work, token, now))


async def refuse_method(request: Request) -> Response:
    """Everything but POST."""
    error = error_body(NotFound(f"{request.method} is not served here."))
    error["message"] = f"{request.method} is not served at {GRAPHQL}: send the query by POST."
    error["name"] = "invalid_input"
    return JSONResponse({"errors": [error]}, 405, {"Allow": "POST"})


async def unknown(request: Request) -> Response:
    """Every other path below the mount."""
    error = error_body(NotFound(f"There is no {request.url.path}."))
    error["message"] = f"There is no {request.method} {request.url.path}; the API is at {GRAPHQL}."
    return JSONResponse({"errors": [error]}, 404)


def _make() -> "GraphQLService":
    from jobmill.dialects.aiware.graphql.service import make_service

    return make_service()


_SERVICE = LoadedOnce(_make)

ROUTES: list[BaseRoute] = [
    Route(GRAPHQL, graphql, methods=["POST"]),
    Route(GRAPHQL + "/", graphql, methods=["POST"]),
    Route(GRAPHQL, refuse_method, methods=["GET", "PUT", "PATCH", "DELETE"]),
]
