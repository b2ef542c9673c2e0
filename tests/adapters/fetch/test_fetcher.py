"""Fetches into the store: each hop is checked, names are resolved once, failures leave nothing."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from jobmill.adapters.blobs import LocalBlobStore
from jobmill.adapters.fetch import GuardedFetcher
from jobmill.core.errors import AddressNotAllowed, FetchFailed, TooLarge
from jobmill.core.ids import OrganizationNumber

pytestmark = pytest.mark.anyio
OURS = OrganizationNumber(1)
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


class Web:
    """A server on loopback under every name, and what was asked of resolver and server."""

    def __init__(self, folder: Path, pages: Mapping[str, bytes]) -> None:
        self.pages = pages
        self.blobs = folder / "blobs"
        self.names: dict[str, list[Sequence[str]]] = {}
        self.resolved: list[str] = []
        self.requests: list[bytes] = []
        self.port = 0

    @property
    def fetcher(self) -> GuardedFetcher:
        return GuardedFetcher(
            LocalBlobStore(self.blobs),
            (ip_network("127.0.0.0/8"),),
            max_bytes=1000,
            total_seconds=30,
            idle_seconds=10,
            resolve=self._resolve,
        )

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        """What the name leads to this time; loopback where nothing else was said."""
        self.resolved.append(host)
        answers = self.names.get(host)
        return answers.pop(0) if answers else ["127.0.0.1"]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(asked)
        writer.write(self.pages[asked.split(b" ")[1].decode()].replace(b"PORT", b"%d" % self.port))
        await writer.drain()
        writer.close()

    def kept(self) -> list[Path]:
        return [path for path in self.blobs.rglob("*") if len(path.name) == 64]


@asynccontextmanager
async def web(folder: Path, **pages: bytes) -> AsyncIterator[Web]:
    made = Web(folder, {f"/{name}": page for name, page in pages.items()})
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


def moved(there: bytes) -> bytes:
    return b"HTTP/1.1 302 F\r\nConnection: close\r\nLocation: " + there + b"\r\n\r\n"


async def test_a_file_is_fetched_behind_redirects_and_named(tmp_path: Path) -> None:
    film = OK + b"Content-Type: video/mp4\r\n\r\nbytes"
    async with web(
        tmp_path, a=moved(b"http://b.example:PORT/film.mp4"), **{"film.mp4": film}
    ) as up:
        fetched = await up.fetcher.fetch(OURS, f"http://a.example:{up.port}/a")
        assert (fetched.stored.size, fetched.media_type, fetched.name) == (
            5,
            "video/mp4",
            "film.mp4",
        )
        assert up.resolved == ["a.example", "b.example"], "each name once"
        assert not any(b"uthorization" in each or b"ookie" in each for each in up.requests)


@pytest.mark.parametrize(
    "there", [b"http://inside.example:PORT/", b"http://10.0.0.1/", b"http://[::ffff:10.0.0.1]/"]
)
async def test_a_redirect_into_a_network_is_not_followed(tmp_path: Path, there: bytes) -> None:
    async with web(tmp_path, a=moved(there)) as up:
        up.names["inside.example"] = [["127.0.0.1", "10.0.0.1"]]
        with pytest.raises(AddressNotAllowed):
            await up.fetcher.fetch(OURS, f"http://a.example:{up.port}/a")
        assert len(up.requests) == 1
        assert up.kept() == []


async def test_a_name_that_turns_to_the_inside_is_refused_at_its_next_use(tmp_path: Path) -> None:
    async with web(tmp_path, a=moved(b"http://a.example:PORT/b"), b=OK + b"\r\nsecret") as up:
        up.names["a.example"] = [["127.0.0.1"], ["10.0.0.1"]]
        with pytest.raises(AddressNotAllowed):
            await up.fetcher.fetch(OURS, f"http://a.example:{up.port}/a")
        assert len(up.requests) == 1


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (moved(b"/page"), FetchFailed),
        (moved(b"http://user:pw@b.example/"), AddressNotAllowed),
        (moved(b"ftp://b.example/"), AddressNotAllowed),
        (OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b", FetchFailed),
        (OK + b"Content-Length: 1001\r\n\r\n", TooLarge),
        (OK + b"\r\n" + b"x" * 1001, TooLarge),
        (OK + b"Content-Length: 9\r\n\r\nshort", FetchFailed),
        (b"HTTP/1.1 404 N\r\nConnection: close\r\n\r\n", FetchFailed),
        (b"no http at all\r\n\r\n", FetchFailed),
    ],
)
async def test_what_fails_leaves_nothing(
    tmp_path: Path, page: bytes, error: type[Exception]
) -> None:
    async with web(tmp_path, page=page) as up:
        with pytest.raises(error):
            await up.fetcher.fetch(OURS, f"http://a.example:{up.port}/page")
        assert up.kept() == []
        assert list((up.blobs / "incoming").iterdir()) == []
