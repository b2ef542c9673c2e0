"""A pipe that is fed while an engine reads it, with readers that behave in every way."""

import asyncio
import hashlib
import os
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jobmill.adapters.subprocess import SubprocessRunner
from jobmill.core.engines import Done, EngineInput, Failed, Outcome
from jobmill.runtime.pipes import Piece, PipeFeed, feeding
from tests.adapters.subprocess.engines import Listener, call, processes_of, running

PATIENCE = 30.0
STREAM = 'modes = ["stream"]'


async def pieces(*given: Piece) -> AsyncIterator[Piece]:
    for piece in given:
        yield piece


async def endless(asked: list[int]) -> AsyncIterator[Piece]:
    while True:
        asked.append(1)
        yield bytes(1 << 16)


def threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name == "jobmill-pipe"]


def fed(path: Path, source: AsyncIterator[Piece], reader: Callable[[], bytes]) -> bytes:
    """What a reader on a thread has of a pipe, when the feed is done."""

    async def go() -> bytes:
        async with asyncio.timeout(PATIENCE), feeding(path, source) as feed:
            read = await asyncio.to_thread(reader)
            await feed.done
            return read

    read = asyncio.run(go())
    assert threads() == []
    assert not path.exists()
    return read


def test_a_reader_gets_files_and_bytes_in_order_and_then_the_end(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(os.urandom(5 << 20))
    empty = tmp_path / "empty"
    empty.touch()
    pipe = tmp_path / "pipe"
    read = fed(pipe, pieces(b"first ", large, empty, b"", b" last"), pipe.read_bytes)
    assert read == b"first " + large.read_bytes() + b" last"


def test_bytes_written_before_a_late_reader_are_not_lost(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"

    async def go() -> bytes:
        async with asyncio.timeout(PATIENCE), feeding(pipe, pieces(b"small")) as feed:
            await asyncio.sleep(0)
            assert not feed.opened.done()
            reading = asyncio.ensure_future(asyncio.to_thread(pipe.read_bytes))
            await feed.done
            return await reading

    assert asyncio.run(go()) == b"small"


def test_the_end_reaches_the_reader_exactly_when_the_source_has_ended(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"

    async def go() -> None:
        end = asyncio.Event()

        async def source() -> AsyncIterator[Piece]:
            yield b"now"
            await end.wait()

        async with asyncio.timeout(PATIENCE), feeding(pipe, source()) as feed:
            fd = await asyncio.to_thread(os.open, pipe, os.O_RDONLY)
            try:
                assert await asyncio.to_thread(os.read, fd, 100) == b"now"
                os.set_blocking(fd, False)
                with pytest.raises(BlockingIOError):
                    os.read(fd, 100)
                end.set()
                await feed.done
                assert os.read(fd, 100) == b""
            finally:
                os.close(fd)

    asyncio.run(go())


def test_the_pipe_can_be_opened_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"

    def read_twice() -> bytes:
        with pipe.open("rb") as first:
            head = first.read(1)
            with pytest.raises(FileNotFoundError):
                pipe.open("rb")
            return head + first.read()

    assert fed(pipe, pieces(b"abc"), read_twice) == b"abc"


def test_a_reader_that_leaves_early_lets_the_source_come_to_its_end(tmp_path: Path) -> None:
    pipe, asked = tmp_path / "pipe", []

    async def source() -> AsyncIterator[Piece]:
        for number in range(100):
            asked.append(number)
            yield bytes(1 << 16)

    async def go() -> None:
        async with asyncio.timeout(PATIENCE), feeding(pipe, source()) as feed:
            await asyncio.to_thread(read_some)
            await feed.done
            assert feed.left

    def read_some() -> None:
        with pipe.open("rb") as file:
            file.read(10)

    asyncio.run(go())
    assert len(asked) == 100


def test_a_source_that_fails_is_told_and_the_reader_sees_no_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"

    async def source() -> AsyncIterator[Piece]:
        yield b"half"
        raise ZeroDivisionError

    async def go(given: AsyncIterator[Piece], error: type[Exception]) -> None:
        async with asyncio.timeout(PATIENCE), feeding(pipe, given) as feed:
            fd = await asyncio.to_thread(os.open, pipe, os.O_RDONLY)
            with pytest.raises(error):
                await feed.done
            os.set_blocking(fd, False)
            assert os.read(fd, 100) == b"half"
            with pytest.raises(BlockingIOError):
                os.read(fd, 100)
            os.close(fd)

    asyncio.run(go(source(), ZeroDivisionError))
    asyncio.run(go(pieces(b"half", tmp_path / "absent"), FileNotFoundError))
    assert threads() == []


@pytest.mark.parametrize("reads", ["never opens", "opens and stops reading", "moves the pipe"])
def test_a_feed_can_be_stopped_whatever_the_reader_does(tmp_path: Path, reads: str) -> None:
    pipe, asked = tmp_path / "pipe", list[int]()

    async def go() -> None:
        async with asyncio.timeout(PATIENCE), feeding(pipe, endless(asked)) as feed:
            fd = -1
            if reads == "moves the pipe":
                pipe.rename(tmp_path / "elsewhere")
                pipe.mkdir()
            if reads == "opens and stops reading":
                fd = await asyncio.to_thread(os.open, pipe, os.O_RDONLY)
                await filled(feed)
        assert feed.done.cancelled()
        if fd >= 0:
            os.close(fd)

    async def filled(feed: PipeFeed) -> None:
        before = -1
        while len(asked) != before:
            before = len(asked)
            await asyncio.sleep(0.05)

    asyncio.run(go())
    assert threads() == []
    # A pipe holds at most a mebibyte, here 16 pieces, and one waits.
    assert len(asked) <= 18


def test_cancelling_the_block_stops_the_feed_and_closes_the_source(tmp_path: Path) -> None:
    closed = []

    async def source() -> AsyncIterator[Piece]:
        try:
            yield b"x"
            await asyncio.Event().wait()
        finally:
            closed.append(True)

    async def work(reached: asyncio.Event) -> None:
        async with feeding(tmp_path / "pipe", source()) as feed:
            opening = asyncio.to_thread(os.open, feed.path, os.O_RDONLY)
            fd = await opening
            await asyncio.to_thread(os.read, fd, 1)
            os.close(fd)
            reached.set()
            await asyncio.Event().wait()

    async def go() -> None:
        reached = asyncio.Event()
        task = asyncio.ensure_future(work(reached))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(go())
    assert closed == [True]
    assert threads() == []


def engine_reads(
    tmp_path: Path, body: str, source: AsyncIterator[Piece], *, cancel_when: str = ""
) -> tuple[Outcome | None, PipeFeed, Listener]:
    """Run an engine with this body on a live input; with `cancel_when`, cancel at that log line."""
    manifest = running(tmp_path / "engine", body, engine=STREAM)
    reached, listener = asyncio.Event(), Listener()

    class Hearing(Listener):
        def log(self, level: str, text: str) -> None:
            super().log(level, text)
            if text == cancel_when:
                reached.set()

    async def go() -> tuple[Outcome | None, PipeFeed]:
        runner = SubprocessRunner(tmp_path / "records")
        made = call(manifest, tmp_path)
        pipe = made.workdir / "input-0"
        file = EngineInput("in", pipe, "application/octet-stream", "stream", live=True)
        made = replace(made, mode="stream", inputs=(file,))
        async with asyncio.timeout(PATIENCE):
            async with feeding(pipe, source) as feed:
                attempt = asyncio.ensure_future(runner.run(made, Hearing()))
                if cancel_when:
                    await reached.wait()
                    attempt.cancel()
                outcome: Outcome | None = None
                try:
                    outcome = await attempt
                except asyncio.CancelledError:
                    assert processes_of(manifest) == []
            await runner.close()
        return outcome, feed

    outcome, feed = asyncio.run(go())
    assert threads() == []
    return outcome, feed, listener


def test_an_engine_reads_a_live_input_of_many_parts(tmp_path: Path) -> None:
    body = """
    import hashlib
    file = task.input()
    assert file.live and task.mode == "stream"
    digest = hashlib.sha256()
    with file.open() as data:
        while piece := data.read(100_000):
            digest.update(piece)
    return {"sha256": digest.hexdigest()}
    """
    parts = [os.urandom(70_000) for _ in range(200)]
    outcome, feed, _ = engine_reads(tmp_path, body, pieces(*parts))
    assert outcome == Done({"sha256": hashlib.sha256(b"".join(parts)).hexdigest()})
    assert feed.done.result() is None
    assert not feed.left


def test_an_engine_that_never_opens_its_pipe_ends_as_it_likes(tmp_path: Path) -> None:
    outcome, feed, _ = engine_reads(tmp_path, "", endless([]))
    assert isinstance(outcome, Done)
    assert feed.opened.cancelled()
    assert not list((tmp_path / "work").rglob("input-0"))


@pytest.mark.parametrize(
    "body",
    [
        "task.log('here'); time.sleep(600)",
        "file = task.input().open(); file.read(1); task.log('here'); time.sleep(600)",
        "task.log('here'); task.input().open().read()",
    ],
    ids=["never opens", "stops reading", "reads for ever"],
)
def test_a_cancel_ends_an_engine_and_its_feed(tmp_path: Path, body: str) -> None:
    outcome, _, _ = engine_reads(tmp_path, body, endless([]), cancel_when="here")
    assert outcome is None


def test_an_engine_killed_while_it_reads_ends_its_feed(tmp_path: Path) -> None:
    body = "task.input().open().read(100_000); os.kill(os.getpid(), 9)"
    outcome, feed, _ = engine_reads(tmp_path, body, endless([]))
    assert isinstance(outcome, Failed)
    assert outcome.code == "engine_died"
    assert not feed.done.done() or feed.done.cancelled()
