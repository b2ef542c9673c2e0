"""The bytes of a named pipe, as they come, at the pace of whoever is sent them."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

PIECE = 64 * 1024


def take_pipe(path: Path) -> AsyncIterator[bytes]:
    """Open the pipe now, and read it to its end. Raises OSError when there is none (any more):
    of several who come, the first has it, for its path is gone then.

    A pipe is never waited for: whoever writes into it sees that it is opened, and begins.
    """
    taken = path.with_name(f"{path.name}-taken")
    path.rename(taken)
    try:
        handle = os.open(taken, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    finally:
        taken.unlink()
    if not stat.S_ISFIFO(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileNotFoundError(path)
    return _pieces(handle)


async def _pieces(handle: int) -> AsyncIterator[bytes]:
    try:
        while True:
            # Before anybody has opened the other end a read would find the end at once.
            await _readable(handle)
            try:
                piece = os.read(handle, PIECE)
            except BlockingIOError:
                continue
            if not piece:
                return
            yield piece
    finally:
        os.close(handle)


async def _readable(handle: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(handle, lambda: None if ready.done() else ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(handle)
