"""Units of work on SQLite: all writes on one thread, with group commit; reads on a few others.

Everything queued while the last commit ran shares the next one. A unit that raises is rolled back
alone, by its savepoint.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from jobmill.adapters.sql.bell import CommitBell
from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.migrate import migrate
from jobmill.adapters.sql.work import SqlUnitOfWork
from jobmill.core.errors import Unavailable
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import Blob
from jobmill.core.jobs.ports import UnitOfWork

T = TypeVar("T")
Work = Callable[[UnitOfWork], Any]
Answer = Callable[[Any, BaseException | None], None]
BATCH = 64
READERS = 4


class SqliteDatabase:
    """The `Database` port on one file. `open` migrates it; `close` stops the threads."""

    def __init__(self, path: Path, on_drop: Callable[[OrganizationNumber, Blob], None]) -> None:
        self._path = path
        self._on_drop = on_drop
        self.bell = CommitBell(path)
        self._queue: queue.SimpleQueue[tuple[Work, Answer] | None] = queue.SimpleQueue()
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sql-read")
        self._writer = threading.Thread(target=self._write_loop, name="sql-write", daemon=True)

    @classmethod
    def open(
        cls,
        path: Path,
        on_drop: Callable[[OrganizationNumber, Blob], None] = lambda organization, blob: None,
    ) -> "SqliteDatabase":
        """Create or upgrade the file, and start."""
        migrate(path)
        database = cls(path, on_drop)
        database._writer.start()
        return database

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in a transaction on the writer thread; returns after its commit.

        A caller that goes away does not undo what was accepted.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def answer(value: Any, failed: BaseException | None) -> None:
            loop.call_soon_threadsafe(_resolve, done, value, failed)

        self._queue.put((work, answer))
        return await done

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` on one consistent view of the database."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def close(self) -> None:
        """Finish what was queued, then stop."""
        self._queue.put(None)
        self._writer.join()
        self._readers.shutdown()
        for connection in self._connections:
            connection.close()
        self.bell.close()

    def _read(self, work: Callable[[UnitOfWork], T]) -> T:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = Connection(self._path, read_only=True)
            self._connections.append(connection)
        connection.raw.execute("BEGIN")
        try:
            return work(SqlUnitOfWork(connection))
        finally:
            connection.raw.execute("COMMIT")

    def _write_loop(self) -> None:
        connection = Connection(self._path)
        stop = False
        while not stop:
            first = self._queue.get()
            batch = [] if first is None else [first]
            stop = first is None
            while not stop and len(batch) < BATCH:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    stop = True
                else:
                    batch.append(more)
            if batch:
                self._commit(connection, batch)
        with suppress(sqlite3.Error):
            connection.raw.execute("PRAGMA optimize")
        connection.close()

    def _commit(self, connection: Connection, batch: list[tuple[Work, Answer]]) -> None:
        work = SqlUnitOfWork(connection)
        answers: list[tuple[Answer, Any, BaseException | None]]
        before = connection.raw.total_changes
        try:
            connection.raw.execute("BEGIN IMMEDIATE")
            if len(batch) == 1:  # its own savepoint is the transaction
                unit, tell = batch[0]
                answers = [(tell, unit(work), None)]
            else:
                answers = [(tell, *_attempt(connection, work, unit)) for unit, tell in batch]
            connection.raw.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                connection.raw.execute("ROLLBACK")
            refusal = Unavailable(f"The database could not be written: {error}.")
            refusal.__cause__ = error
            answers = [(tell, None, refusal) for _, tell in batch]
        except BaseException as error:
            connection.raw.execute("ROLLBACK")
            answers = [(tell, None, error) for _, tell in batch]
        else:
            for organization, blob in work.dropped:
                self._on_drop(organization, blob)
            if connection.raw.total_changes != before:
                self.bell.ring()
        for tell, answer, failed in answers:
            tell(answer, failed)


def _attempt(
    connection: Connection, work: SqlUnitOfWork, unit: Work
) -> tuple[Any, BaseException | None]:
    dropped = len(work.dropped)
    connection.raw.execute("SAVEPOINT unit")
    try:
        answer = unit(work)
    except sqlite3.OperationalError:
        raise  # disk full, locked, corrupt: the whole batch is in doubt
    except BaseException as error:
        connection.raw.execute("ROLLBACK TO unit")
        connection.raw.execute("RELEASE unit")
        del work.dropped[dropped:]
        return None, error
    connection.raw.execute("RELEASE unit")
    return answer, None


def _resolve(done: "asyncio.Future[Any]", value: Any, failed: BaseException | None) -> None:
    if done.done():
        return
    if failed is not None:
        done.set_exception(failed)
    else:
        done.set_result(value)
