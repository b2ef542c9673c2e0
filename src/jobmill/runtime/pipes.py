"""Feeds a named pipe with bytes that come bit by bit, for an engine that reads them as one file.

Waits for the engine and for its reading on a thread of its own, and can be stopped at any moment.
"""

import asyncio
import fcntl
import os
import select
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from jobmill.core.jobs.grants import end_mark

READ_AT_ONCE = 1 << 18
PIPE_SIZE = 1 << 20

Piece = Path | bytes


@asynccontextmanager
async def feeding(path: Path, source: AsyncIterator[Piece]) -> AsyncIterator["PipeFeed"]:
    """Make a named pipe at `path` and carry what `source` yields into it while the block lasts.

    The source is asked for its first piece when the engine has opened the pipe, and for another
    when the one before is in the pipe; until then a file that it yielded must stay. The end of the
    source is the end of the engine's input. At the end of the block everything stops, whatever the
    engine does, and the pipe is gone. Raises OSError when no pipe can be made.
    """
    feed = PipeFeed(path)
    pump = asyncio.ensure_future(feed.pump(source))
    try:
        yield feed
    finally:
        await _to_the_end(feed.stop(pump))


class PipeFeed:
    """The pipe of one `feeding` block.

    `opened` resolves when the engine has opened the pipe; from then on its path is gone, so that it
    cannot be opened twice. `done` resolves when the source has ended and the engine was told so. It
    raises what the source raised: then the engine is not told, for it would take what it has read
    for the whole. `left`: the engine has closed the pipe early; the source is asked to its end.
    `ended`: it has come there, which is so before an engine can know it.
    """

    def __init__(self, path: Path) -> None:
        end_mark(path).unlink(missing_ok=True)
        os.mkfifo(path, 0o600)
        loop = asyncio.get_running_loop()
        self.path = path
        self.left = False
        self.ended = False
        self.opened: asyncio.Future[None] = loop.create_future()
        self.done: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._gone: asyncio.Future[None] = loop.create_future()
        self._orders: SimpleQueue[tuple[Piece, asyncio.Future[None]] | None] = SimpleQueue()
        self._stopped = Event()
        # Whatever becomes of the path, this is our pipe.
        self._pipe = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._thread = Thread(target=self._work, name="jobmill-pipe", daemon=True)
        self._thread.start()

    async def pump(self, source: AsyncIterator[Piece]) -> None:
        """Carry everything over; `done` says how it ended."""
        try:
            await self.opened
            async for piece in source:
                if self.left:
                    await asyncio.sleep(0)  # a source that never waits must not hold the loop up
                else:
                    await self._carried(piece)
        except Exception as error:
            self.done.set_exception(error)
            self.done.exception()  # nobody has to ask
        else:
            self.ended = True
            self._orders.put(None)
            await self._gone
            self.done.set_result(None)
        finally:
            if isinstance(source, AsyncGenerator):
                await source.aclose()

    async def stop(self, pump: "asyncio.Future[None]") -> None:
        """End the pump and the thread, wherever they wait."""
        self._stopped.set()
        os.eventfd_write(self._wake, 1)
        self._orders.put(None)
        # A thread that waits for a reader is let through by one.
        reader = os.open(self._own_path(), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        await asyncio.wait([self._gone])
        self._thread.join()  # it has said so with its last step
        pump.cancel()
        await asyncio.wait([pump])
        for fd in (reader, self._pipe, self._wake):
            os.close(fd)
        self._unlink()
        with suppress(OSError):
            end_mark(self.path).unlink()
        for future in (self.opened, self.done):
            future.cancel()

    async def _carried(self, piece: Piece) -> None:
        carried: asyncio.Future[None] = self._loop.create_future()
        self._orders.put((piece, carried))
        await carried

    def _unlink(self) -> None:
        with suppress(OSError):  # the folder is the engine's: anything may lie there by now
            self.path.unlink()

    def _own_path(self) -> str:
        return f"/proc/self/fd/{self._pipe}"

    def _work(self) -> None:
        """The thread."""
        try:
            pipe = os.open(self._own_path(), os.O_WRONLY | os.O_CLOEXEC)
            try:
                self._write_all(pipe)
            finally:
                os.close(pipe)
        finally:
            self._tell(self._gone)

    def _write_all(self, pipe: int) -> None:
        if self._stopped.is_set():
            return
        self._unlink()
        os.set_blocking(pipe, False)
        with suppress(OSError):  # only faster; the system may allow less
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        self._tell(self.opened)
        while (order := self._orders.get()) is not None:
            piece, carried = order
            try:
                self._write(pipe, piece)
            except OSError as error:
                self._tell(carried, error)
            else:
                self._tell(carried)
        if not self._stopped.is_set():
            with suppress(OSError):  # without the mark its readers take it for broken off
                end_mark(self.path).touch()

    def _write(self, pipe: int, piece: Piece) -> None:
        if isinstance(piece, bytes):
            self._push(pipe, piece)
            return
        with piece.open("rb", buffering=0) as file:
            while (data := file.read(READ_AT_ONCE)) and self._push(pipe, data):
                pass

    def _push(self, pipe: int, data: bytes) -> bool:
        """Write as the engine reads; False when it is not worth going on."""
        rest, poller = memoryview(data), select.poll()
        poller.register(pipe, select.POLLOUT)
        poller.register(self._wake, select.POLLIN)
        while rest:
            try:
                rest = rest[os.write(pipe, rest) :]
            except BlockingIOError:
                poller.poll()
                if self._stopped.is_set():
                    return False
            except BrokenPipeError:
                self.left = True
                return False
        return True

    def _tell(self, future: "asyncio.Future[None]", error: OSError | None = None) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(_settle, future, error)


def _settle(future: "asyncio.Future[None]", error: OSError | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Await short work even if this task is cancelled meanwhile, and then stay cancelled."""
    task, cancelled = asyncio.ensure_future(work), None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
