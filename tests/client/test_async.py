"""The asynchronous client against a real server: the same answers, and nothing left behind."""

import asyncio
import hashlib
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from jobmill_client import (
    AsyncJobmill,
    Event,
    Jobmill,
    NotFound,
    Patience,
    Unavailable,
    Update,
    WaitTimeout,
)
from tests.client.cutting import CuttingProxy
from tests.client.test_stream import CHAIN, HASTE, ROUTES, port_of
from tests.serving import Drill, ServerProcess

Use = Callable[[AsyncJobmill], Awaitable[None]]


@pytest.fixture
def using(server: ServerProcess) -> Callable[[Use], None]:
    """Runs a coroutine with a client, on an event loop of its own."""

    def run(use: Use) -> None:
        async def main() -> None:
            async with AsyncJobmill(server.url, server.key) as client:
                await asyncio.wait_for(use(client), 60)

        asyncio.run(main())

    return run


def test_a_file_is_uploaded_run_and_its_result_read(
    using: Callable[[Use], None], client: Jobmill, tmp_path: Path
) -> None:
    async def use(mill: AsyncJobmill) -> None:
        assert await mill.ready()
        job = await mill.jobs.create(input={"json": {"n": 1}}, tasks=CHAIN, routes=ROUTES)
        ended = await mill.jobs.wait(job, 30)
        assert ended.state == "completed"
        assert await mill.jobs.tasks(job) == client.jobs.tasks(job.id)
        assert await mill.jobs.results(job) == client.jobs.results(job.id)
        assert await mill.engines.list() == client.engines.list()
        assert await mill.features.list() == client.features.list()
        assert [each.name for each in await mill.workers.list()]

    using(use)


def test_bytes_go_up_and_come_down(using: Callable[[Use], None], tmp_path: Path) -> None:
    given = os.urandom(3_000_000)
    (tmp_path / "given.bin").write_bytes(given)
    told: list[int] = []

    async def use(mill: AsyncJobmill) -> None:
        asset = await mill.assets.upload(tmp_path / "given.bin", report=told.append)
        assert asset.sha256 == hashlib.sha256(given).hexdigest()
        assert b"".join([chunk async for chunk in mill.assets.chunks(asset)]) == given
        written = await mill.assets.download(asset.id, tmp_path / "back.bin")
        assert written.read_bytes() == given
        await mill.assets.delete(asset)
        with pytest.raises(NotFound):
            await mill.assets.download(asset, tmp_path / "gone.bin")

    using(use)
    assert told == sorted(told)
    assert told[-1] == len(given)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["back.bin", "given.bin"]


def test_a_list_goes_over_all_pages(using: Callable[[Use], None]) -> None:
    async def use(mill: AsyncJobmill) -> None:
        made = [await mill.jobs.create(input={"json": n}, tasks=CHAIN[:1]) for n in range(5)]
        listed = [job.id async for job in mill.jobs.list(page_size=2, limit=5)]
        assert listed == [job.id for job in reversed(made)]

    using(use)


def test_a_stream_that_is_cut_while_the_job_runs_goes_on_where_it_was(
    client: Jobmill, server: ServerProcess, drill: Drill
) -> None:
    routes = [{"from": "held", "to": "t0"}, *ROUTES]
    job = client.jobs.create(input={"json": 1}, tasks=[*drill.tasks, *CHAIN], routes=routes)
    told: list[Event | Update] = []
    cut: list[int] = []

    async def main(proxy: CuttingProxy) -> None:
        async with AsyncJobmill(proxy.url, server.key, patience=HASTE) as mill:
            async for frame in mill.jobs.watch(job):
                told.append(frame)
                if isinstance(frame, Update) and frame.progress.percent and not cut:
                    cut.append(proxy.connections)
                    proxy.cut()
                    drill.release()

    with CuttingProxy(port_of(server)) as proxy:
        asyncio.run(asyncio.wait_for(main(proxy), 60))
        assert proxy.connections > 1
    events = [frame for frame in told if isinstance(frame, Event)]
    assert events == list(client.jobs.history(job))


def test_waiting_ends_when_its_time_is_over_and_the_job_goes_on(
    using: Callable[[Use], None], drill: Drill
) -> None:
    async def use(mill: AsyncJobmill) -> None:
        job = await mill.jobs.create(input={"json": 1}, tasks=drill.tasks)
        with pytest.raises(WaitTimeout):
            await mill.jobs.wait(job, 0.3)
        drill.release()
        assert (await mill.jobs.wait(job, 30)).state == "completed"

    using(use)


def test_many_calls_run_side_by_side(using: Callable[[Use], None]) -> None:
    async def use(mill: AsyncJobmill) -> None:
        made = [mill.jobs.create(input={"json": n}, tasks=CHAIN[:1]) for n in range(20)]
        jobs = await asyncio.gather(*made)
        ended = await asyncio.gather(*(mill.jobs.wait(job, 30) for job in jobs))
        assert {job.state for job in ended} == {"completed"}

    using(use)


class HoldingServer:
    """Begins an answer, says no more, and notices when the other side goes."""

    HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
    EVENT = b'data: {"number": 1, "type": "job.created"}\n\n'

    def __init__(self, media_type: bytes, begun: bytes) -> None:
        self._answer = self.HEAD % media_type + b"%x\r\n%s\r\n" % (len(begun), begun)
        self.asked = asyncio.Event()
        self.left = asyncio.Event()
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["HoldingServer"]:
        server = await asyncio.start_server(self._hold, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield self

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self._answer)
        await writer.drain()
        self.asked.set()
        assert await reader.read() == b""
        self.left.set()
        writer.close()


def test_a_cancelled_call_closes_its_connection() -> None:
    async def main() -> None:
        holding = HoldingServer(b"application/json", b"{")
        async with holding.serving() as server, AsyncJobmill(server.url, "key") as mill:
            asking = asyncio.create_task(mill.jobs.get(1))
            await asyncio.wait_for(server.asked.wait(), 10)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.wait_for(server.left.wait(), 10)

    asyncio.run(main())


def test_a_cancelled_stream_closes_its_connection() -> None:
    async def main() -> None:
        holding = HoldingServer(b"text/event-stream", HoldingServer.EVENT)
        async with holding.serving() as server, AsyncJobmill(server.url, "key") as mill:
            told: list[Event] = []

            async def listen() -> None:
                async for event in mill.jobs.events(1):
                    told.append(event)

            listening = asyncio.create_task(listen())
            while not told:
                await asyncio.sleep(0)
            listening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await listening
            await asyncio.wait_for(server.left.wait(), 10)

    asyncio.run(main())


def test_a_stream_that_is_left_early_closes_its_connection() -> None:
    async def main() -> None:
        holding = HoldingServer(b"text/event-stream", HoldingServer.EVENT)
        async with holding.serving() as server, AsyncJobmill(server.url, "key") as mill:
            async with aclosing(mill.jobs.events(1)) as events:
                assert (await anext(events)).type == "job.created"
            await asyncio.wait_for(server.left.wait(), 10)

    asyncio.run(main())


def test_a_download_that_is_cancelled_leaves_nothing_half_made(tmp_path: Path) -> None:
    async def main() -> None:
        holding = HoldingServer(b"application/octet-stream", b"abc")
        async with holding.serving() as server, AsyncJobmill(server.url, "key") as mill:
            asking = asyncio.create_task(mill.assets.download("a", tmp_path / "file"))
            await asyncio.wait_for(server.asked.wait(), 10)
            assert [each.name for each in tmp_path.iterdir()] == ["file.part"]
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.wait_for(server.left.wait(), 10)

    asyncio.run(main())
    assert list(tmp_path.iterdir()) == []


def test_no_thread_is_left(using: Callable[[Use], None], tmp_path: Path) -> None:
    before = set(threading.enumerate())

    async def use(mill: AsyncJobmill) -> None:
        asset = await mill.assets.upload(b"abc", name="letters.txt")
        await mill.assets.download(asset, tmp_path)

    using(use)
    assert set(threading.enumerate()) == before


def test_a_busy_server_is_asked_again_with_the_same_patience() -> None:
    answers = iter([503, 429, 503])

    def refuse(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(next(answers), json={"detail": "Full."})

    async def main() -> None:
        transport = httpx2.MockTransport(refuse)
        patience = Patience(attempts=3, first_pause=0.0)
        async with AsyncJobmill(
            "http://server", "key", patience=patience, transport=transport
        ) as mill:
            with pytest.raises(Unavailable, match="Full"):
                await mill.jobs.get("a")

    asyncio.run(main())
    assert next(answers, None) is None
