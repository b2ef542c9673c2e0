"""What handlers of this dialect share: who calls, bodies, and the words of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from jobmill.core.accounts import Principal, bearer_principal
from jobmill.core.errors import NotAuthenticated
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.errors import Handler, answering
from jobmill.dialects.superai.mapping.reading import check_strictly, flag_of, object_of, wrong
from jobmill.dialects.superai.mapping.times import read_moment
from jobmill.http.auth import bearer_key
from jobmill.http.house import House, house_of
from jobmill.http.limits import parse_json, read_body


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the house, who calls, and when."""

    request: Request
    house: House
    who: Principal
    now: datetime

    def path(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])


def route(path: str, method: str, handler: Handler) -> Route:
    """A route below the mount whose errors are answered in the vendor's shape."""
    return Route(vendor.MOUNT + path, answering(handler), methods=[method])


async def call_of(request: Request) -> Call:
    """The holder of the key in `API-KEY` (or of a bearer key). Raises NotAuthenticated."""
    house = house_of(request)
    key, now = request.headers.get("api-key") or bearer_key(request), house.clock.now()
    if key is None or not key.strip():
        raise NotAuthenticated("Send your API key in the header API-KEY.")
    given = key.strip()
    who = await house.database.read(lambda work: bearer_principal(work, given, now))
    return Call(request, house, who, now)


async def body_of(request: Request, *, empty: bool = False) -> Any:
    """The body as JSON, whatever its type says. Raises TooLarge, MalformedBody, InvalidInput."""
    body = await read_body(request, vendor.BODY_CAP)
    if empty and not body.strip():
        return {}
    check_strictly(body)
    return parse_json(body)


async def fields_of(request: Request, *, empty: bool = False) -> Mapping[str, Any]:
    """The body, which is an object."""
    return object_of(await body_of(request, empty=empty), "body")


def whole(request: Request, name: str, usual: int, least: int, most: int) -> int:
    """A whole number of the query. Raises InvalidInput."""
    given = request.query_params.get(name)
    if given is None or not given.strip():
        return usual
    word = given.strip()
    if word.isascii() and word.isdecimal() and len(word) < 17 and least <= int(word) <= most:
        return int(word)
    raise wrong(name, f"give a whole number from {least} to {most}, not {given!r}")


def page_of(request: Request, usual: int = vendor.PAGE_SIZE) -> tuple[int, int]:
    """`?page=` from 0 on, and `?size=`."""
    page = whole(request, "page", 0, 0, 2**31)
    return page, whole(request, "size", usual, 1, vendor.MOST_ON_A_PAGE)


def flag(request: Request, name: str) -> bool | None:
    """True or false in any case; None without one."""
    return flag_of(request.query_params.get(name), name)


def moment(request: Request, name: str) -> datetime | None:
    """A time of the query; None without one."""
    given = request.query_params.get(name)
    return None if not given else read_moment(given, name)


def words(request: Request, name: str) -> list[str]:
    """A parameter that may stand several times, or hold several words between commas."""
    given = request.query_params.getlist(name)
    found = (word.strip() for each in given for word in each.split(","))
    return [word for word in found if word]


def chosen(request: Request, name: str, usual: str, known: Sequence[str]) -> str:
    """One of the words that are known, in any case. Raises InvalidInput."""
    given = request.query_params.get(name) or usual
    for word in known:
        if word.lower() == given.strip().lower():
            return word
    raise wrong(name, f"write one of {', '.join(known)}, not {given!r}")
