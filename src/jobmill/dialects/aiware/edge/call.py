"""What handlers of Edge share: routes that answer errors, who calls, and the words of a query."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import wraps

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from jobmill.core.accounts import Principal, bearer_principal
from jobmill.core.errors import InternalError, InvalidInput, JobmillError, NotAuthenticated
from jobmill.dialects.aiware.edge.errors import error_answer
from jobmill.dialects.aiware.edge.schema import (
    AIWARE_VERSION,
    API_KEY,
    CORRELATION,
    DIRECTIONS,
    MOUNT,
    ORDERS,
    USUAL_LIMIT,
    VERSION,
)
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.http.auth import bearer_key
from jobmill.http.house import house_of
from jobmill.http.request_id import request_id_of

Handler = Callable[[Request], Awaitable[Response]]
MOST = 1000
LOG = structlog.get_logger("jobmill.edge")
_PLAIN = re.compile(r"[\x21-\x7e]{1,200}")


def route(path: str, method: str, handler: Handler) -> Route:
    """A route below the mount whose errors are answered in Edge's shape."""
    return Route(MOUNT + path, answering(handler), methods=[method])


def answering(handler: Handler) -> Handler:
    """Let a handler raise: every error becomes an answer, and every answer has Edge's headers."""

    @wraps(handler)
    async def answered(request: Request) -> Response:
        try:
            response = await handler(request)
        except JobmillError as error:
            response = error_answer(error)
        except (HTTPException, ClientDisconnect):
            raise
        except Exception:
            LOG.exception("edge.failed", path=request.url.path)
            response = error_answer(InternalError())
        response.headers[CORRELATION] = correlation_of(request)
        response.headers[AIWARE_VERSION] = VERSION
        return response

    return answered


def correlation_of(request: Request) -> str:
    """The id that the caller sent, if it is plain and short, or the request's own."""
    given = request.headers.get(CORRELATION, "")
    return given if _PLAIN.fullmatch(given) else request_id_of(request)


async def caller(request: Request) -> Principal:
    """Who sends the token, as `Authorization: Bearer` or as `api_key`. Raises NotAuthenticated."""
    token = token_of(request)
    house = house_of(request)
    now = house.clock.now()
    return await house.database.read(lambda work: bearer_principal(work, token, now))


def token_of(request: Request) -> str:
    """The token that was sent. Raises NotAuthenticated."""
    token = bearer_key(request) or request.headers.get(API_KEY, "").strip()
    if not token:
        raise NotAuthenticated(
            f"Send a token: 'Authorization: Bearer TOKEN' or '{API_KEY}: TOKEN'. "
            f"POST {MOUNT}/admin/users/login gives one."
        )
    return token


async def call_of(request: Request) -> Call:
    """The call as the dialect's GraphQL face knows it, so that both share what they do."""
    who, house = await caller(request), house_of(request)
    loop = asyncio.get_running_loop()
    return Call(request, house, house.clock.now(), who, None, token_of(request), loop)


def number_in(request: Request, name: str, usual: int, most: int) -> int:
    """A whole number of the query."""
    given = request.query_params.get(name)
    if given is None or given == "":
        return usual
    if not given.isdecimal() or len(given) > 18 or int(given) > most:
        raise InvalidInput(f"{name}: give a whole number from 0 to {most}.", field=name)
    return int(given)


def page_in(request: Request, usual: int = USUAL_LIMIT) -> tuple[int, int]:
    """Offset and limit of a list."""
    return number_in(request, "offset", 0, 2**31), number_in(request, "limit", usual, MOST)


def word_in(request: Request, name: str, words: tuple[str, ...], usual: str) -> str:
    """One of some words, in any case of letters."""
    given = request.query_params.get(name) or usual
    found = next((word for word in words if word.lower() == given.lower()), None)
    if found is None:
        raise InvalidInput(f"{name}: write one of {', '.join(words)}.", field=name)
    return found


def order_in(request: Request) -> tuple[bool, bool]:
    """Whether a list goes by change instead of creation, and whether the newest come first."""
    field = word_in(request, "orderBy", ORDERS, ORDERS[0])
    direction = word_in(request, "direction", DIRECTIONS, "DESC")
    return field == "modifiedDateTime", direction == "DESC"
