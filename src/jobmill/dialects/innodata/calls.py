"""What handlers of this dialect share: who calls and with which kind of key, bodies, addresses."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from jobmill.core.accounts import Principal, authenticate, bearer_principal
from jobmill.core.errors import InvalidInput, NotAllowed, NotAuthenticated
from jobmill.dialects.innodata.mapping.keys import is_ours, is_test_key
from jobmill.dialects.innodata.mapping.reading import Fields, fields_of
from jobmill.dialects.innodata.schema import MOUNT, OLDER_MOUNT
from jobmill.http.auth import origin_allowed
from jobmill.http.house import house_of
from jobmill.http.limits import parse_json, read_body

MOST = 1000
USUAL = 100


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls; with a test key what is made is for a test."""

    who: Principal
    test: bool


async def caller_of(request: Request) -> Caller:
    """The holder of the key that stands as the user name. Raises NotAuthenticated.

    A browser sends a remembered user name and password with calls of anybody's pages, so that calls
    of pages count from listed origins alone.
    """
    house = house_of(request)
    origin = request.headers.get("origin")
    if not origin_allowed(origin, house):
        raise NotAllowed(f"The origin {origin!r} is not in JOBMILL_CORS_ORIGINS.")
    if origin is None and request.headers.get("sec-fetch-site") == "cross-site":
        raise NotAllowed("Calls from pages of another site need an origin in JOBMILL_CORS_ORIGINS.")
    return await holder_of(request, _key_of(request))


async def holder_of(request: Request, key: str) -> Caller:
    """Who holds a key of the vendor's form, or of the platform. Raises NotAuthenticated."""
    house = house_of(request)
    now = house.clock.now()
    if is_ours(key):
        who = await house.database.read(lambda work: authenticate(work.accounts, key, now))
    else:
        who = await house.database.read(lambda work: bearer_principal(work, key, now))
    return Caller(who, is_test_key(key))


def _key_of(request: Request) -> str:
    """The documentation names the header `Authentication` once; its examples do not."""
    headers = request.headers
    given = headers.get("authorization") or headers.get("authentication") or ""
    scheme, _, word = given.strip().partition(" ")
    if scheme.lower() == "bearer" and word.strip():
        return word.strip()
    if scheme.lower() != "basic":
        raise NotAuthenticated(
            "Send your API key as the user name of HTTP Basic authentication, with any password: "
            "curl -u 'user-live-…:'."
        )
    try:
        pair = base64.b64decode(word.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise NotAuthenticated("The Authorization header is not base64 of 'KEY:'.") from None
    key = pair.partition(":")[0]
    if not key:
        raise NotAuthenticated("The user name is empty; it is your API key.")
    return key


async def read_fields(request: Request) -> Fields:
    """The body: a JSON object, whatever its type says, its names in any case."""
    return fields_of(parse_json(await read_body(request)), "body")


async def read_optional(request: Request) -> Any:
    """The body as JSON; None without one."""
    body = await read_body(request)
    return parse_json(body) if body.strip() else None


def base_of(request: Request) -> str:
    """The address under which this caller reaches the dialect, such as http://host:9000/v1.1."""
    house = house_of(request)
    base = house.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    path = request.url.path
    older = path == OLDER_MOUNT or path.startswith(OLDER_MOUNT + "/")
    return base + (OLDER_MOUNT if older else MOUNT)


def page_of(request: Request) -> tuple[int, int]:
    """`?limit=` and `?offset=` of a list."""
    return _whole(request, "limit", USUAL, 1, MOST), _whole(request, "offset", 0, 0, 2**53)


def _whole(request: Request, name: str, usual: int, least: int, most: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return usual
    if given.isdecimal() and len(given) < 17 and least <= int(given) <= most:
        return int(given)
    raise InvalidInput(f"{name}: give a whole number from {least} to {most}.", field=name)
