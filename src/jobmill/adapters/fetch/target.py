"""Reads an address into the one form that is checked and connected to. Resolves nothing.

A parser that reads an address in another way than the client which connects is the classic hole,
so the parts found here are all that the client is given.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from jobmill.adapters.fetch.guard import literal_address
from jobmill.core.errors import AddressNotAllowed, InvalidInput

MAX_CHARACTERS = 8192
DEFAULT_PORTS = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]|[\ud800-\udfff]")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")
_PATH_SAFE = "/%:@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes.

    `host` is ASCII and lower-case, without a trailing dot; an IP address stands in its canonical
    form, without brackets. `resource` is the path with the query, percent-encoded.
    """

    scheme: str
    host: str
    port: int
    resource: str

    @property
    def authority(self) -> str:
        """Host and, unless it is the scheme's own, port: what the `Host` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def path(self) -> str:
        """The path without the query, percent-encoded."""
        return self.resource.partition("?")[0]

    def join(self, location: str) -> "Target":
        """The target of a redirect that this target answered with."""
        return parse_target(urljoin(f"{self.scheme}://{self.authority}{self.resource}", location))


def parse_target(url: str) -> Target:
    """Read an address. Raises InvalidInput when it is malformed, AddressNotAllowed for what is
    never fetched: a scheme other than http and https, or a user name or password."""
    if len(url) > MAX_CHARACTERS or _FORBIDDEN.search(url):
        raise _malformed("control characters, backslashes or too many characters")
    try:
        parts = urlsplit(url.strip(" "))
        port = parts.port
    except ValueError as error:
        raise _malformed(str(error)) from None
    scheme = _checked_scheme(parts)
    if port == 0:
        raise _malformed("port 0")
    return Target(
        scheme=scheme,
        host=_canonical_host(parts.hostname or ""),
        port=port or DEFAULT_PORTS[scheme],
        resource=_resource(parts),
    )


def _checked_scheme(parts: SplitResult) -> str:
    if parts.scheme not in DEFAULT_PORTS:
        raise AddressNotAllowed("Only http:// and https:// addresses can be fetched.")
    if "@" in parts.netloc:
        raise AddressNotAllowed(
            "An address with a user name or password is not fetched. Leave the part before @ out; "
            "give access by a presigned address instead."
        )
    return parts.scheme


def _canonical_host(host: str) -> str:
    host = host.removesuffix(".")
    if not host.isascii():
        host = _ascii_name(host)
    literal = literal_address(host)
    if literal is not None:
        if "%" in host:
            raise _malformed("an IPv6 zone")
        return str(literal)
    if not _NAME.fullmatch(host):
        raise _malformed(f"host {host!r}" if host else "no host")
    return host


def _ascii_name(host: str) -> str:
    """An internationalised name as the resolver wants it (IDNA 2008)."""
    import httpx2  # loaded late: most addresses do not need it, and it costs a server's start

    try:
        return httpx2.URL(f"http://{host}/").raw_host.decode("ascii")
    except httpx2.InvalidURL:
        raise _malformed(f"host {host!r}") from None


def _resource(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=_PATH_SAFE)
    return f"{path}?{quote(parts.query, safe=_PATH_SAFE + '?')}" if parts.query else path


def _malformed(why: str) -> InvalidInput:
    return InvalidInput(f"This is not a valid http or https address ({why}). Correct the address.")
