"""Who calls: a bearer key, or (in one dialect only) nobody, under the rules of DESIGN §10."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request

from jobmill.core.accounts import Principal, bearer_principal, gentoo_principal
from jobmill.core.errors import NotAllowed, NotAuthenticated
from jobmill.http.house import House, house_of

PROXY_HEADERS = ("forwarded", "via", "x-real-ip")
PROXY_PREFIX = "x-forwarded-"


async def principal_of(request: Request) -> Principal:
    """Who sends the bearer token: an API key, or a session's. Raises NotAuthenticated."""
    key = bearer_key(request)
    if key is None:
        raise NotAuthenticated("Send an API key: 'Authorization: Bearer KEY'.")
    house = house_of(request)
    now = house.clock.now()
    return await house.database.read(lambda work: bearer_principal(work, key, now))


def bearer_key(request: Request) -> str | None:
    """The key in the Authorization header, if there is one."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and key.strip() else None


async def principal_or_keyless(request: Request) -> Principal:
    """The holder of the key; without one the user `gentoo`, if the call comes from where it may."""
    if "authorization" in request.headers:
        return await principal_of(request)
    house = house_of(request)
    refusal = keyless_refusal(request, house)
    if refusal is not None:
        raise NotAllowed(refusal)
    return await house.database.read(lambda work: gentoo_principal(work.accounts))


def keyless_refusal(request: Request, house: House) -> str | None:
    """Why a call without a key is refused; None when it is allowed."""
    settings, headers = house.settings, request.headers
    proxy = proxy_header(request)
    if proxy is not None:
        return (
            f"Calls through a proxy ({proxy} header) need an API key: 'Authorization: Bearer KEY'. "
            "JOBMILL_GENTOO_ALLOW opens direct calls only."
        )
    peer = request.client.host if request.client else ""
    if not _peer_allowed(peer, settings.gentoo_allow):
        return f"Calls from {peer or 'an unknown peer'} need an API key, or JOBMILL_GENTOO_ALLOW."
    host, _ = _host_and_port(f"//{headers.get('host', '')}", 0)
    if host not in settings.hosts:
        return f"The host name {host!r} is not ours; set JOBMILL_PUBLIC_URL to it, or send a key."
    if not origin_allowed(headers.get("origin"), house):
        return f"The origin {headers['origin']!r} is not in JOBMILL_CORS_ORIGINS."
    if headers.get("sec-fetch-site") == "cross-site" and "origin" not in headers:
        return "Calls from pages of another site need an origin in JOBMILL_CORS_ORIGINS."
    return None


def origin_allowed(origin: str | None, house: House) -> bool:
    """Whether a page of this origin may call: none, our own, or a listed one."""
    if origin is None:
        return True
    return own_origin(origin, house) or origin in house.settings.cors_origins


def own_origin(origin: str, house: House) -> bool:
    """Whether this is the origin of our own pages."""
    settings = house.settings
    host, port = _host_and_port(origin, 443 if origin.startswith("https:") else 80)
    return origin == settings.url or (host in settings.hosts and port == settings.port)


def loopback_peer(request: Request) -> bool:
    """Whether the connection comes from this machine; a local proxy's do too."""
    return _peer_allowed(request.client.host if request.client else "", ())


def proxy_header(request: Request) -> str | None:
    """The header that tells of a proxy, if there is one.

    Behind a proxy of this machine everybody's address is loopback, so that no rule about it holds.
    """
    return next((name for name in request.headers if _tells_of_proxy(name)), None)


def from_this_machine(request: Request) -> bool:
    """Whether this machine calls, by a name of ours: a page may have made its own lead here."""
    host, _ = _host_and_port(f"//{request.headers.get('host', '')}", 0)
    direct = loopback_peer(request) and proxy_header(request) is None
    return direct and host in house_of(request).settings.hosts


def _tells_of_proxy(header: str) -> bool:
    return header in PROXY_HEADERS or header.startswith(PROXY_PREFIX)


def _host_and_port(address: str, default_port: int) -> tuple[str, int]:
    """Of a header that anybody can write: an empty host for one that is no address."""
    try:
        parts = urlsplit(address)
        return parts.hostname or "", parts.port or default_port
    except ValueError:
        return "", default_port


def _peer_allowed(peer: str, networks: tuple[object, ...]) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return address.is_loopback or any(address in network for network in networks)  # type: ignore[operator]
