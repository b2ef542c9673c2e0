"""Connections that go only where the guard lets them: resolve once, check all, dial the checked.

TLS and the `Host` header keep the name, because httpcore2 puts TLS on the stream it gets from
here. Imports httpcore2, so it is itself imported late.
"""

import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore2

from jobmill.adapters.fetch.dialing import Resolve, checked_addresses, resolve_host
from jobmill.adapters.fetch.guard import Address, Guard

Dial = Callable[[str, int, float | None], Awaitable[httpcore2.AsyncNetworkStream]]


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
        addresses = await checked_addresses(self._guard, self._resolve, host, port)
        return await self._first_answer(addresses, port, timeout)

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


__all__ = ["Dial", "GuardedBackend", "Resolve", "dial_tcp", "guarded_pool", "resolve_host"]
