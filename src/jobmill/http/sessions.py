"""Sign-in for pages of our own: the session's cookie, and the rule when it counts.

The cookie counts below /api/v1 only, and for a call that changes something only when its Origin is
ours: a page of somebody else can make a browser send the cookie, but not that header (DESIGN §10).
"""

import asyncio
import ipaddress

from starlette.requests import Request
from starlette.responses import Response

from jobmill.core.accounts import Principal, Session, SessionKind, User, session_principal
from jobmill.core.accounts.passwords import password_fits
from jobmill.core.accounts.service.authenticate import SESSION_LIFE
from jobmill.core.accounts.service.sign_in import (
    begin_sign_in,
    finish_sign_in,
    forgive,
    needs_touch,
    prove_sign_in,
    touch_session,
)
from jobmill.core.errors import NotAllowed
from jobmill.http.auth import own_origin
from jobmill.http.house import House, house_of

COOKIE = "jobmill_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})
# Of an IPv6 network one customer has at least this much to himself.
NETWORK_BITS = 64


def session_token(request: Request) -> str | None:
    """The token in the session's cookie, if there is one."""
    return request.cookies.get(COOKIE) or None


async def session_caller(request: Request, token: str) -> Principal:
    """Who signed in. Raises NotAuthenticated, and NotAllowed for what another page sends."""
    check_origin(request)
    house = house_of(request)
    now = house.clock.now()
    who, session = await house.database.read(lambda work: session_principal(work, token, now))
    if needs_touch(session, now):
        await house.database.write(lambda work: touch_session(work, who, now))
    return who


def check_origin(request: Request) -> None:
    """Raise NotAllowed unless a page of ours makes this call."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin is None and request.method not in SAFE:
        raise NotAllowed("A call by cookie needs an Origin header; other programs send an API key.")
    if origin is not None and not own_origin(origin, house_of(request)):
        raise NotAllowed(f"The origin {origin!r} is not ours; set JOBMILL_PUBLIC_URL to it.")
    if site is not None and site not in OURS:
        raise NotAllowed("A call by cookie must come from a page of this server.")


def check_stranger(request: Request) -> None:
    """Raise NotAllowed for a sign-in that a page of somebody else sends."""
    if "origin" in request.headers or "sec-fetch-site" in request.headers:
        check_origin(request)


async def sign_in(
    request: Request, email: str, password: str, kind: SessionKind = SessionKind.BROWSER
) -> tuple[User, Session, str]:
    """Open a session by password. Raises LoginFailed, TooManyAttempts."""
    house, address = house_of(request), network_of(request)
    now = house.clock.now()
    attempt = await house.database.write(lambda work: begin_sign_in(work, email, address, now))
    fits = await look_at(house, password, attempt.password)
    return await house.database.write(
        lambda work: finish_sign_in(work, attempt, fits, house.clock.now(), kind)
    )


async def sign_in_user(request: Request, email: str, password: str) -> User:
    """The user whose password this is, without a session: for those who come for somebody else.

    Raises LoginFailed, TooManyAttempts.
    """
    house, address = house_of(request), network_of(request)
    now = house.clock.now()
    attempt = await house.database.write(lambda work: begin_sign_in(work, email, address, now))
    fits = await look_at(house, password, attempt.password)
    return await house.database.write(lambda work: prove_sign_in(work, attempt, fits))


async def look_at(house: House, password: str, stored: str | None) -> bool:
    """Whether the password fits, off the event loop; it takes as long where nothing is stored."""
    async with house.password_looks:
        return await asyncio.to_thread(password_fits, password, stored)


def network_of(request: Request) -> str:
    """The network address that attempts are counted for."""
    peer = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))


def give_cookie(response: Response, house: House, token: str) -> None:
    """Hand the session's token to the browser, out of reach of scripts."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        secure=house.settings.url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response, house: House) -> None:
    """Have the browser forget the token."""
    response.delete_cookie(
        COOKIE,
        path="/",
        secure=house.settings.url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )


async def prove_password(request: Request, user: User, password: str) -> bool:
    """Whether this is the user's password. A wrong one counts as an attempt to sign in."""
    house, address = house_of(request), network_of(request)
    now, subject = house.clock.now(), user.email or user.id
    attempt = await house.database.write(lambda work: begin_sign_in(work, subject, address, now))
    if not await look_at(house, password, user.password):
        return False
    await house.database.write(lambda work: forgive(work, attempt))
    return True
