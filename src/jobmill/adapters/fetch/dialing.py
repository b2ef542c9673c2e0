"""Names to checked addresses: whoever connects must connect to one of these. No HTTP library."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

from jobmill.adapters.fetch.guard import Address, Guard, literal_address
from jobmill.core.errors import FetchFailed

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
MAX_DIALS = 4


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, in the system's order of preference. Raises OSError."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(answer[4][0]) for answer in answers]


async def checked_addresses(
    guard: Guard, resolve: Resolve, host: str, port: int
) -> Sequence[Address]:
    """Where to connect for this host, resolved once, in order of preference, a few at most.

    Raises AddressNotAllowed when any of its addresses is forbidden, FetchFailed when it has none.
    """
    addresses = await _addresses(resolve, host, port)
    guard.check(host, addresses, port)
    return addresses[:MAX_DIALS]


async def _addresses(resolve: Resolve, host: str, port: int) -> list[Address]:
    literal = literal_address(host)
    if literal is not None:
        return [literal]
    try:
        answers = await resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"The host name {host!r} cannot be resolved.") from error
    if not answers:
        raise FetchFailed(f"The host name {host!r} has no address.")
    return [ip_address(answer) for answer in dict.fromkeys(answers)]
