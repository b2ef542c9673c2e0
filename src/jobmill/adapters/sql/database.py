"""Units of work on SQLite: all writes on one thread, reads on a few others."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from jobmill.adapters.sql.bell import CommitBell
from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.migrate import migrate
from jobmill.adapters.sql.work import SqlUnitOfWork
from jobmill.adapters.sql.writer import Dropped, Writer
from jobmill.core.errors import Unavailable
from jobmill.core.jobs.ports import UnitOfWork

T = TypeVar("T")
READERS = 4


class SqliteDatabase:
    """The `Database` port on one file. `open` migrates it; `close` stops the threads."""

    def __init__(self, path: Path, on_drop: Callable[[Dropped], None]) -> None:
        self._path = path
        self.bell = CommitBell(path)
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sql-read")
        self._writer = Writer(path, self.bell.ring, on_drop)

    def time_commits(self, tell: Callable[[float], None]) -> None:
        """Have `tell` called, on any thread, with the seconds of each commit from now on."""
        self._writer.on_timed = tell

    @classmethod
    def open(
        cls,
        path: Path,
        on_drop: Callable[[Dropped], None] = lambda dropped: None,
    ) -> "SqliteDatabase":
        """Create or upgrade the file, and start. `on_drop` deletes bytes; see `Writer`."""
        migrate(path)
        return cls(path, on_drop)

    async def write(self, work: Callable[[UnitOfWork], T], *, brief: bool = False) -> T:
        """Run `work` in a transaction; returns after its commit.

        On the writer's thread, or here at once if it is `brief` and nobody else writes. A caller
        that goes away does not undo what was accepted. `work` may be run twice (the first time
        undone), so it must change nothing but through its unit of work.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        if brief and self._writer.try_now(work, partial(_resolve, done)):
            return done.result()

        def answer(value: Any, failed: BaseException | None) -> None:
            loop.call_soon_threadsafe(_resolve, done, value, failed)

        self._writer.put(work, answer)
        return await done

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` on one consistent view of the database."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def close(self) -> None:
        """Finish what was queued, then stop."""
        self._writer.close()
        self._readers.shutdown()
        for connection in self._connections:
            connection.close()
        self.bell.close()

    def _read(self, work: Callable[[UnitOfWork], T]) -> T:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = Connection(self._path, read_only=True)
            self._connections.append(connection)
        try:
            connection.raw.execute("BEGIN")
            try:
                return work(SqlUnitOfWork(connection))
            finally:
                connection.raw.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise Unavailable(f"The database could not be read: {error}.") from error


def _resolve(done: "asyncio.Future[Any]", value: Any, failed: BaseException | None) -> None:
    if done.done():
        return
    if failed is not None:
        done.set_exception(failed)
    else:
        done.set_result(value)
