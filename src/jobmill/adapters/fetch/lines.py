"""Connections that the guard has allowed, kept open for a while between requests."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from jobmill.adapters.fetch.dialing import Resolve, checked_addresses
from jobmill.adapters.fetch.guard import Guard
from jobmill.adapters.fetch.target import Target

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[..., Awaitable[Streams]]
IDLE_SECONDS = 10.0
IDLE_PER_TARGET = 16
IDLE_IN_ALL = 128
Place = tuple[str, str, int]


@dataclass(slots=True, eq=False)
class Line:
    """One open connection. `used`: it has carried a request before."""

    place: Place
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: bool = False
    expiry: asyncio.TimerHandle | None = None

    def fit(self) -> bool:
        """Whether the other side has neither left nor said anything unasked."""
        return not (self.writer.is_closing() or self.reader.at_eof())

    def close(self) -> None:
        """Leave at once, without waiting for anybody."""
        if self.expiry is not None:
            self.expiry.cancel()
        transport = self.writer.transport
        if transport is not None:
            transport.abort()


class Lines:
    """Opens connections and keeps idle ones."""

    def __init__(self, guard: Guard, resolve: Resolve, connect: Connect) -> None:
        self._guard = guard
        self._resolve = resolve
        self._connect = connect
        self._idle: dict[Place, list[Line]] = {}
        self._count = 0
        self._tls: ssl.SSLContext | None = None

    def idle(self, target: Target) -> Line | None:
        """A line that was kept, if one is still fit."""
        waiting = self._idle.get(_place(target), [])
        while waiting:
            line = waiting.pop()
            self._count -= 1
            if line.expiry is not None:
                line.expiry.cancel()
            if line.fit():
                return line
            line.close()
        return None

    async def open(self, target: Target) -> Line:
        """A new line to the first checked address that answers. Raises AddressNotAllowed,
        FetchFailed, OSError."""
        addresses = await checked_addresses(self._guard, self._resolve, target.host, target.port)
        tls = await self._context() if target.scheme == "https" else None
        failure: OSError | None = None
        for address in addresses:
            try:
                reader, writer = await self._connect(
                    str(address),
                    target.port,
                    ssl=tls,
                    server_hostname=target.host if tls else None,
                )
            except OSError as error:
                failure = error
            else:
                return Line(_place(target), reader, writer)
        raise failure or OSError("no address")

    def keep(self, line: Line) -> None:
        """Keep a line for the next request to the same place."""
        waiting = self._idle.setdefault(line.place, [])
        if len(waiting) >= IDLE_PER_TARGET or self._count >= IDLE_IN_ALL or not line.fit():
            line.close()
            return
        line.used = True
        line.expiry = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._expire, line)
        waiting.append(line)
        self._count += 1

    def close(self) -> None:
        """Close what is idle."""
        for waiting in self._idle.values():
            for line in waiting:
                line.close()
        self._idle.clear()
        self._count = 0

    def _expire(self, line: Line) -> None:
        waiting = self._idle.get(line.place, [])
        if line in waiting:
            waiting.remove(line)
            self._count -= 1
        if not waiting:
            self._idle.pop(line.place, None)
        line.close()

    async def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            # Reading the trusted certificates would hold the event loop up.
            self._tls = await asyncio.to_thread(_trusting_context)
        return self._tls


def _trusting_context() -> ssl.SSLContext:
    import httpcore2

    context = httpcore2.default_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _place(target: Target) -> Place:
    return (target.scheme, target.host, target.port)
