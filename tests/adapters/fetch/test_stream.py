"""A fetch that is read while it goes on: the bytes come at once, are kept, and nothing waits."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from jobmill.adapters.blobs import LocalBlobStore
from jobmill.adapters.fetch import GuardedFetcher
from jobmill.core.errors import (
    AddressNotAllowed,
    FetchFailed,
    FetchNotFound,
    FetchTimedOut,
    InvalidInput,
    TooLarge,
)
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import Fetching

pytestmark = pytest.mark.anyio
OURS = OrganizationNumber(1)
LIMIT = 50_000_000
Serve = Callable[["Exchange"], Awaitable[None]]


@dataclass
class Exchange:
    """One request at a server of these tests, which does as it likes."""

    writer: asyncio.StreamWriter
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


class Site:
    """A server on loopback and a fetcher that may go there."""

    def __init__(self, folder: Path, url: str, **bounds: Any) -> None:
        self.url = url
        self.go_on = asyncio.Event()
        self.gone = asyncio.Event()
        self.root = folder / "blobs"
        self.blobs = LocalBlobStore(self.root)
        limits = {"max_bytes": LIMIT, "total_seconds": 30.0, "idle_seconds": 10.0} | bounds
        self.fetcher = GuardedFetcher(self.blobs, (ip_network("127.0.0.0/8"),), **limits)

    def incoming(self) -> list[Path]:
        return list((self.root / "incoming").iterdir())


@asynccontextmanager
async def serving(folder: Path, serve: Serve, **bounds: Any) -> AsyncIterator[Site]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await serve(Exchange(writer, site.go_on))
        except (asyncio.IncompleteReadError, ConnectionError):
            site.gone.set()
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    site = Site(folder, f"http://127.0.0.1:{port}/show/film.mp4?x=1", **bounds)
    try:
        async with asyncio.timeout(60):
            yield site
    finally:
        site.go_on.set()
        server.close()


def head(length: int | None = None, *more: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Connection: close", *more]
    lines += [] if length is None else [f"Content-Length: {length}"]
    return "\r\n".join([*lines, "", ""]).encode()


def saying(*data: bytes) -> Serve:
    async def serve(exchange: Exchange) -> None:
        for piece in data:
            await exchange.send(piece)

    return serve


async def read(fetching: Fetching, came: bytearray | None = None) -> bytes:
    """Everything; what came also before an error."""
    came = bytearray() if came is None else came
    async for piece in fetching.pieces():
        came += piece
    return bytes(came)


async def test_bytes_can_be_read_before_the_rest_is_sent(tmp_path: Path) -> None:
    async def serve(exchange: Exchange) -> None:
        await exchange.send(head(11, "Content-Type: video/mp4") + b"first")
        await exchange.go_on.wait()
        await exchange.send(b"second")

    async with serving(tmp_path, serve) as site, site.fetcher.stream(OURS, site.url) as fetching:
        assert (fetching.media_type, fetching.name) == ("video/mp4", "film.mp4")
        pieces = fetching.pieces()
        assert await anext(pieces) == b"first"
        site.go_on.set()
        assert await anext(pieces) == b"second"
        assert await anext(pieces, None) is None
        fetched = await fetching.fetched()
        assert fetched.stored.sha256 == hashlib.sha256(b"firstsecond").hexdigest()
        assert (fetched.media_type, fetched.name) == ("video/mp4", "film.mp4")
        kept = await site.blobs.read(OURS, fetched.stored.sha256)
        assert b"".join([piece async for piece in kept]) == b"firstsecond"
        assert site.incoming() == []


async def test_a_reader_that_waits_holds_nothing_up_and_loses_nothing(tmp_path: Path) -> None:
    body = bytes(range(256)) * 40_000
    async with (
        serving(tmp_path, saying(head(len(body)), body)) as site,
        site.fetcher.stream(OURS, site.url) as fetching,
    ):
        assert (await fetching.fetched()).stored.size == len(body)
        assert await read(fetching) == body


async def test_no_bytes_are_a_file_too(tmp_path: Path) -> None:
    async with (
        serving(tmp_path, saying(head(0))) as site,
        site.fetcher.stream(OURS, site.url) as fetching,
    ):
        assert await read(fetching) == b""
        assert (await fetching.fetched()).stored.size == 0


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (head(0, status="404 Not Found"), FetchNotFound, "404 Not Found"),
        (head(LIMIT + 1), TooLarge, "more than the 50000000 bytes"),
        (head(3, "Content-Encoding: gzip"), FetchFailed, "inflates nothing"),
        (head(0, "Location: http://10.0.0.1/", status="302 Found"), AddressNotAllowed, "redirects"),
        (b"nonsense\r\n\r\n", FetchFailed, "127.0.0.1"),
        (b"", FetchFailed, "127.0.0.1"),
    ],
)
async def test_what_the_head_tells_is_raised_on_entering(
    tmp_path: Path, answer: bytes, error: type[Exception], words: str
) -> None:
    async with serving(tmp_path, saying(answer)) as site:
        with pytest.raises(error, match=words):
            async with site.fetcher.stream(OURS, site.url):
                pytest.fail("there is nothing to read")
        assert site.incoming() == []


async def test_forbidden_addresses_are_refused_on_entering(tmp_path: Path) -> None:
    async with serving(tmp_path, saying(b"")) as site:
        for url, error in (
            ("http://10.1.2.3/", AddressNotAllowed),
            ("ftp://example.org/", InvalidInput),
        ):
            with pytest.raises(error):
                async with site.fetcher.stream(OURS, url):
                    pytest.fail("there is nothing to read")


async def fails_after(site: Site, data: bytes, error: type[Exception], words: str) -> None:
    """The reader has what came, then the error; nothing is kept."""
    async with site.fetcher.stream(OURS, site.url) as fetching:
        came = bytearray()
        with pytest.raises(error, match=words):
            await read(fetching, came)
        with pytest.raises(error, match=words):
            await fetching.fetched()
        assert bytes(came) == data
        assert site.incoming() == []


async def test_a_server_that_lies_about_its_length_fails_the_reader(tmp_path: Path) -> None:
    async with serving(tmp_path, saying(head(10), b"half")) as site:
        await fails_after(site, b"half", FetchFailed, "127.0.0.1")


async def test_a_server_that_falls_silent_fails_the_reader(tmp_path: Path) -> None:
    async def serve(exchange: Exchange) -> None:
        await exchange.send(head(10) + b"half")
        await exchange.go_on.wait()

    async with serving(tmp_path, serve, idle_seconds=0.2) as site:
        await fails_after(site, b"half", FetchTimedOut, "next to nothing")
    async with serving(tmp_path, serve, total_seconds=2) as site:
        await fails_after(site, b"half", FetchTimedOut, "longer than 2 s")


async def test_a_body_without_end_is_stopped_at_the_limit(tmp_path: Path) -> None:
    async def serve(exchange: Exchange) -> None:
        await exchange.send(head())
        while True:
            await exchange.send(bytes(1000))

    async with serving(tmp_path, serve, max_bytes=100_000) as site:
        with pytest.raises(TooLarge, match="more than the 100000 bytes"):
            async with site.fetcher.stream(OURS, site.url) as fetching:
                assert len(await read(fetching)) <= 100_000
        assert site.incoming() == []
        await site.gone.wait()


async def test_leaving_early_gives_the_fetch_up(tmp_path: Path) -> None:
    async def serve(exchange: Exchange) -> None:
        await exchange.send(head())
        while True:
            await exchange.send(bytes(1000))

    async with serving(tmp_path, serve) as site:
        async with site.fetcher.stream(OURS, site.url) as fetching:
            assert await anext(fetching.pieces())
        await site.gone.wait()
        assert site.incoming() == []


async def test_what_is_held_around_a_stream_cannot_be_deleted(tmp_path: Path) -> None:
    async with serving(tmp_path, saying(head(3), b"abc")) as site, site.blobs.holding():
        async with site.fetcher.stream(OURS, site.url) as fetching:
            stored = (await fetching.fetched()).stored
        await asyncio.create_task(site.blobs.delete(OURS, stored.sha256))
        pieces = await site.blobs.read(OURS, stored.sha256)
        assert [piece async for piece in pieces] == [b"abc"]
