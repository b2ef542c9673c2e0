"""Tells waiters that something was committed: at once in this process, by a poll for others'.

`PRAGMA data_version` changes when another connection has committed; one look costs microseconds.
"""

import asyncio
import threading
from contextlib import suppress
from pathlib import Path

from jobmill.adapters.sql.connection import Connection

POLL_SECONDS = 0.2


class CommitBell:
    """The `Bell` port over one database file. From its making on, no commit is missed."""

    def __init__(self, path: Path) -> None:
        self._connection: Connection | None = Connection(path, read_only=True)
        self._version = self._data_version()
        self._lock = threading.Lock()
        self._count = 0
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def count(self) -> int:
        """How often it has rung."""
        return self._count

    def ring(self) -> None:
        """Something was committed. From any thread."""
        with self._lock:
            self._count += 1
            waiters, self._waiters = self._waiters, set()
        for loop, event in waiters:
            with suppress(RuntimeError):  # the waiter's loop has closed: nobody waits any more
                loop.call_soon_threadsafe(event.set)

    async def wait(self, seen: int, seconds: float) -> int:
        """Until it has rung more often than `seen`, or for so long at most; the new count."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        entry = (loop, asyncio.Event())
        while self._count == seen and (left := until - loop.time()) > 0:
            with self._lock:
                if self._count != seen:
                    break
                self._waiters.add(entry)
            try:
                # Not `wait_for`: in Python 3.11 it swallows a cancel that comes with the ring.
                async with asyncio.timeout(min(POLL_SECONDS, left)):
                    await entry[1].wait()
            except TimeoutError:
                self._look()
        with self._lock:
            self._waiters.discard(entry)
        return self._count

    def close(self) -> None:
        """Release the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _look(self) -> None:
        version = self._data_version()
        if version != self._version:
            self._version = version
            self.ring()

    def _data_version(self) -> int:
        if self._connection is None:
            return self._version
        version: int = self._connection.value("PRAGMA data_version")
        return version
