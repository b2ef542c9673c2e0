"""The whole addresses of links, as a caller reaches the server."""

from urllib.parse import quote

from starlette.requests import HTTPConnection

from jobmill.core.items import Link, sign_link
from jobmill.http.house import House

LINKS = "/links/"


def link_address(
    request: HTTPConnection, house: House, prefix: str, link: Link, name: str = ""
) -> str:
    """The whole address of a link, as this caller reaches the server.

    A `name` at the end of the path says nothing to us; players look there for its suffix.
    """
    base = house.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    path = f"{prefix}{LINKS}{link.asset}{'/' if name else ''}{quote(name, safe='')}"
    return f"{base}{path}?{sign_link(link, house.link_secret)}"
