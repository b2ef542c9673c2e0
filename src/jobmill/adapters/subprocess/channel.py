"""Non-blocking reading and writing on an engine's pipes, driven by the event loop.

Knows bytes and lines, nothing of messages.
"""

import asyncio
import os
from collections.abc import Callable

READ_AT_ONCE = 1 << 16


class LineReader:
    """Calls `on_line` for each whole line; `on_overlong` once when a line exceeds `longest`."""

    def __init__(
        self, on_line: Callable[[bytes], None], on_overlong: Callable[[], None], longest: int
    ) -> None:
        self._on_line = on_line
        self._on_overlong = on_overlong
        self._longest = longest
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> None:
        *lines, rest = data.split(b"\n")
        if lines:
            self._on_line(b"".join([*self._parts, lines[0]]))
            for line in lines[1:]:
                self._on_line(line)
            self._parts, self._size = [], 0
        if rest:
            self._parts.append(rest)
            self._size += len(rest)
            if self._size > self._longest:
                self._parts, self._size = [], 0
                self._on_overlong()


class ReadPipe:
    """The reading end of a pipe: hands on what comes, until its end or `close`.

    With `pace` set (seconds) it pauses after each read, so that a flood is drained but cannot
    keep the event loop busy.
    """

    def __init__(self, fd: int, on_data: Callable[[bytes], None], on_end: Callable[[], None]):
        self._loop = asyncio.get_running_loop()
        self._fd = fd
        self._on_data = on_data
        self._on_end = on_end
        self._pause: asyncio.TimerHandle | None = None
        self.pace = 0.0
        os.set_blocking(fd, False)
        self._loop.add_reader(fd, self._readable)

    def drain(self, most: int = 1 << 20) -> None:
        """Read what is there now, up to `most` bytes."""
        while most > 0 and self._fd >= 0 and (count := self._read_once()):
            most -= count

    def close(self) -> None:
        """Stop reading; harmless when already closed."""
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1
        if self._pause is not None:
            self._pause.cancel()

    def _readable(self) -> None:
        self._read_once()
        if self.pace and self._fd >= 0:
            self._loop.remove_reader(self._fd)
            self._pause = self._loop.call_later(self.pace, self._resume)

    def _resume(self) -> None:
        if self._fd >= 0:
            self._loop.add_reader(self._fd, self._readable)

    def _read_once(self) -> int:
        try:
            data = os.read(self._fd, READ_AT_ONCE)
        except BlockingIOError:
            return 0
        if data:
            self._on_data(data)
        else:
            self.close()
            self._on_end()
        return len(data)


class WritePipe:
    """The writing end of a pipe: keeps what the other side does not take at once."""

    def __init__(self, fd: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._fd = fd
        self._waiting = bytearray()
        os.set_blocking(fd, False)

    def write(self, data: bytes) -> None:
        """Write now or as soon as there is room; lost when the other side has gone."""
        if self._fd < 0:
            return
        self._waiting += data
        if len(self._waiting) == len(data):
            self._push()

    def close(self) -> None:
        if self._fd >= 0:
            self._loop.remove_writer(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _push(self) -> None:
        try:
            written = os.write(self._fd, self._waiting)
        except BlockingIOError:
            written = 0
        except BrokenPipeError:
            self.close()  # its end is reported by the status pipe
            return
        del self._waiting[:written]
        if self._waiting:
            self._loop.add_writer(self._fd, self._push)
        else:
            self._loop.remove_writer(self._fd)
