"""Tells waiters that something was committed: at once in this process, by a poll for others'.

`PRAGMA data_version` changes when another connection has committed; one look costs microseconds.
"""

import asyncio
import threading
from contextlib import suppress
from pathlib import Path
from weakref import WeakKeyDictionary

from jobmill.adapters.sql.connection import Connection

POLL_SECONDS = 0.2


class CommitBell:
    """The `Bell` port over one database file. From its making on, no commit is missed."""

    def __init__(self, path: Path) -> None:
        self._connection: Connection | None = Connection(path, read_only=True)
        self._reading = threading.Lock()
        self._version = self._data_version()
        self._lock = threading.Lock()
        self._count = 0
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._looks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.TimerHandle] = (
            WeakKeyDictionary()
        )

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
        entry = (loop, asyncio.Event())
        with self._lock:
            if self._count != seen or seconds <= 0:
                return self._count
            self._waiters.add(entry)
        self._keep_looking(loop)
        try:
            # Not `wait_for`: in Python 3.11 it swallows a cancel that comes with the ring.
            async with asyncio.timeout(seconds):
                await entry[1].wait()
        except TimeoutError:
            self._look()
        finally:
            with self._lock:
                self._waiters.discard(entry)
        return self._count

    def _keep_looking(self, loop: asyncio.AbstractEventLoop) -> None:
        """One look at the file serves all who wait in a loop."""
        if loop not in self._looks:
            self._looks[loop] = loop.call_later(POLL_SECONDS, self._look_again, loop)

    def _look_again(self, loop: asyncio.AbstractEventLoop) -> None:
        del self._looks[loop]
        self._look()
        with self._lock:
            waited_for = any(waiter is loop for waiter, _ in self._waiters)
        if waited_for:
            self._keep_looking(loop)

    def close(self) -> None:
        """Release the file. From any thread."""
        with self._reading:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _look(self) -> None:
        version = self._data_version()
        if version != self._version:
            self._version = version
            self.ring()

    def _data_version(self) -> int:
        with self._reading:
            if self._connection is None:
                return self._version
            version: int = self._connection.value("PRAGMA data_version")
            return version
