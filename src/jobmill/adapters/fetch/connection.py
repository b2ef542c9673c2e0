"""Connections that go only where the guard lets them: resolve once, check all, dial the checked.

TLS and the `Host` header keep the name, because httpcore2 puts TLS on the stream it gets from
here. Imports httpcore2, so it is itself imported late.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address

import httpcore2

from jobmill.adapters.fetch.guard import Address, Guard, literal_address
from jobmill.core.errors import FetchFailed

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Dial = Callable[[str, int, float | None], Awaitable[httpcore2.AsyncNetworkStream]]

MAX_DIALS = 4


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, in the system's order of preference. Raises OSError."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(answer[4][0]) for answer in answers]


async def dial_tcp(
    address: str,
    port: int,
    timeout: float | None,  # noqa: ASYNC109 - the shape httpcore2 asks for
) -> httpcore2.AsyncNetworkStream:
    """Connect to an IP address."""
    return await httpcore2.AnyIOBackend().connect_tcp(address, port, timeout=timeout)


def guarded_pool(
    guard: Guard, resolve: Resolve, dial: Dial, tls: ssl.SSLContext
) -> httpcore2.AsyncConnectionPool:
    """A client for one fetch: no proxy, no cookies, no redirects, no retries, HTTP/1.1."""
    return httpcore2.AsyncConnectionPool(
        ssl_context=tls, network_backend=GuardedBackend(guard, resolve, dial), max_connections=2
    )


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens sockets for httpcore2, to checked addresses only; unix sockets stay refused."""

    def __init__(self, guard: Guard, resolve: Resolve, dial: Dial) -> None:
        self._guard = guard
        self._resolve = resolve
        self._dial = dial

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of the host that answers.

        Raises AddressNotAllowed when any of them is forbidden, before the first is dialled.
        """
        addresses = await self._addresses(host, port)
        self._guard.check(host, addresses, port)
        return await self._first_answer(addresses[:MAX_DIALS], port, timeout)

    async def _addresses(self, host: str, port: int) -> list[Address]:
        literal = literal_address(host)
        if literal is not None:
            return [literal]
        try:
            answers = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchFailed(f"The host name {host!r} cannot be resolved.") from error
        if not answers:
            raise FetchFailed(f"The host name {host!r} has no address.")
        return [ip_address(answer) for answer in dict.fromkeys(answers)]

    async def _first_answer(
        self, addresses: Sequence[Address], port: int, seconds: float | None
    ) -> httpcore2.AsyncNetworkStream:
        # A silent first address must leave time for the next one.
        each = None if seconds is None else seconds / len(addresses)
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._dial(str(address), port, each)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError("no address")
