"""Posting to receivers of all kinds: it is done in time, reads little, and goes nowhere else."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest

from jobmill.adapters.fetch import GuardedPoster
from jobmill.core.clock import FakeClock
from jobmill.core.webhooks import Posted, Rendered

pytestmark = pytest.mark.anyio
LOOPBACK = (ip_network("127.0.0.0/8"),)
BODY = Rendered({"Content-Type": "application/json", "webhook-id": "msg_1"}, b'{"n":1}')
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Listening:
    """A server on loopback that does as it likes, and counts."""

    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0


@asynccontextmanager
async def serving(serve: Serve | bytes) -> AsyncIterator[Listening]:
    listening, ended = Listening(), asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listening.connections += 1
        try:
            while not ended.is_set():
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                listening.requests.append(head + await reader.readexactly(length))
                if isinstance(serve, bytes):
                    writer.write(serve)
                    await writer.drain()
                else:
                    await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    listening.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield listening
    finally:
        ended.set()
        server.close()


@asynccontextmanager
async def posting(**bounds: Any) -> AsyncIterator[GuardedPoster]:
    poster = GuardedPoster(FakeClock(datetime(2026, 1, 1, tzinfo=UTC)), LOOPBACK, **bounds)
    try:
        yield poster
    finally:
        poster.close()


async def post(serve: Serve | bytes, **bounds: Any) -> Posted:
    async with serving(serve) as listening, posting(**bounds) as poster:
        return await poster.post(listening.url, BODY)


async def test_the_request_is_what_the_format_made_of_it() -> None:
    async with serving(OK) as listening, posting() as poster:
        posted = await poster.post(listening.url + "?a=b c", BODY)
    assert (posted.status, posted.answer, posted.error) == (200, "ok", None)
    head, _, body = listening.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=b%20c HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nwebhook-id: msg_1" in head
    assert body == BODY.body


async def test_a_connection_is_used_again_and_left_when_the_receiver_leaves() -> None:
    closing = asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await writer.drain()
        if closing.is_set():
            writer.close()

    async with serving(serve) as listening, posting() as poster:
        for _ in range(5):
            assert (await poster.post(listening.url, BODY)).status == 200
        assert listening.connections == 1
        closing.set()
        for _ in range(3):
            assert (await poster.post(listening.url, BODY)).status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with serving(OK) as elsewhere:
        answer = f"HTTP/1.1 {status} Go\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n"
        posted = await post(answer.encode())
        assert (posted.status, posted.accepted) == (status, False)
        assert elsewhere.connections == 0


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def slow_head(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Slow: 1\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("serve", [silence, slow_head])
async def test_a_receiver_that_never_comes_to_its_answer_is_left_in_time(serve: Serve) -> None:
    posted = await post(serve, total_seconds=0.3)
    assert posted.status is None
    assert posted.error == "did not answer within 0.3 s"
    assert 300 <= posted.ms < 2000


async def slow_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def endless_chunks(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
        await writer.drain()


async def huge_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


@pytest.mark.parametrize("serve", [slow_body, endless_chunks, huge_body])
async def test_whatever_body_follows_the_status_counts_and_little_is_kept(serve: Serve) -> None:
    posted = await post(serve, body_seconds=0.3)
    assert posted.accepted
    assert 0 < len(posted.answer) <= 1024
    assert posted.ms < 2000


async def endless_head(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def interims(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
        await writer.drain()


@pytest.mark.parametrize("serve", [endless_head, interims])
async def test_headers_without_end_are_refused(serve: Serve) -> None:
    posted = await post(serve)
    assert posted.status is None
    assert "more than 32768 bytes" in (posted.error or "")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x01\x02 garbage\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 -1 No\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    ],
)
async def test_what_is_no_http_is_told_as_that(garbage: bytes) -> None:
    posted = await post(garbage)
    assert posted.status is None
    assert posted.error == "did not speak HTTP/1.1"


async def test_an_interim_answer_is_passed_over() -> None:
    posted = await post(b"HTTP/1.1 100 Continue\r\n\r\n" + OK)
    assert (posted.status, posted.answer) == (200, "ok")


async def test_an_answer_behind_the_answer_changes_nothing() -> None:
    posted = await post(OK + b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    assert (posted.status, posted.answer) == (200, "ok")


async def test_broken_chunks_do_not_undo_the_status() -> None:
    posted = await post(b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    assert (posted.status, posted.accepted) == (503, False)


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def cut_head(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Half")
    await writer.drain()
    writer.close()


@pytest.mark.parametrize(
    ("serve", "error"),
    [(hang_up, "closed the connection without an answer"), (cut_head, "ended its answer early")],
)
async def test_a_connection_that_ends_early_is_told_as_that(serve: Serve, error: str) -> None:
    assert (await post(serve)).error == error


async def test_nobody_there_is_told_as_that() -> None:
    async with serving(OK) as listening:
        url = listening.url
    async with posting() as poster:
        assert (await poster.post(url, BODY)).error == "refused the connection"


@pytest.mark.parametrize(
    "url",
    ["http://10.1.2.3/", "http://[::1]/", "http://169.254.169.254/latest", "http://0.0.0.0/"],
)
async def test_a_forbidden_address_is_never_dialled(url: str) -> None:
    async def connect(*_: Any, **__: Any) -> Any:
        raise AssertionError("dialled")

    async with posting(connect=connect) as poster:
        posted = await poster.post(url, BODY)
    assert posted.status is None
    assert "not, or not only, an address of the public internet" in (posted.error or "")


async def test_a_name_is_resolved_once_and_all_of_its_addresses_must_be_allowed() -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.215.14", "10.0.0.1"]

    async def connect(*_: Any, **__: Any) -> Any:
        raise AssertionError("dialled")

    async with posting(resolve=resolve, connect=connect) as poster:
        posted = await poster.post("http://hooks.example/", BODY)
    assert "'hooks.example'" in (posted.error or "")
    assert asked == ["hooks.example"]


async def test_the_connection_goes_to_the_address_that_was_checked_under_its_name() -> None:
    dialled: list[tuple[Any, ...]] = []

    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.215.14"]

    async def connect(host: str, port: int, **tls: Any) -> Any:
        dialled.append((host, port, tls["server_hostname"], type(tls["ssl"])))
        raise ConnectionRefusedError

    async with posting(resolve=resolve, connect=connect) as poster:
        posted = await poster.post("https://hooks.example/", BODY)
    assert dialled == [("93.184.215.14", 443, "hooks.example", ssl.SSLContext)]
    assert posted.error == "refused the connection"


async def test_a_resolver_that_hangs_is_left_in_time() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    async with posting(resolve=resolve, total_seconds=0.2) as poster:
        posted = await poster.post("http://hooks.example/", BODY)
    assert posted.error == "did not answer within 0.2 s"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), ("Thu, 01 Jan 2026 00:01:00 GMT", 60.0), ("soon", None), ("-5", None)],
)
async def test_a_wish_for_a_pause_is_read(header: str, seconds: float | None) -> None:
    answer = f"HTTP/1.1 503 Busy\r\nRetry-After: {header}\r\nContent-Length: 0\r\n\r\n"
    assert (await post(answer.encode())).retry_after == seconds


async def test_bytes_that_are_no_text_are_kept_as_far_as_they_can_be() -> None:
    posted = await post(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xff\x00ab")
    assert posted.answer == "\ufffd\ufffdab"


async def test_a_header_with_a_line_break_is_never_sent() -> None:
    async with serving(OK) as listening, posting() as poster:
        posted = await poster.post(listening.url, Rendered({"a": "b\r\nc: d"}, b""))
    assert posted.error == "a header holds a line break"
    assert listening.requests == []
