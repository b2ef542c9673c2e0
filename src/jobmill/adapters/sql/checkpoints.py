"""Carries what was committed from the write-ahead log into the database's file, beside the writing.

SQLite would do it in the middle of a commit, and sync both files there: whoever writes, often the
event loop itself, would wait for the disk.
"""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from jobmill.adapters.sql.connection import Connection

EVERY = 32
"""Commits between two: about a thousand pages of the log when jobs are small."""
LOG = structlog.get_logger("jobmill.database")


class Checkpointer:
    """A thread with a connection of its own, which keeps nobody from writing or reading.

    `on_done` is called, on that thread, with the pages of the log that are in the file by then.
    """

    def __init__(self, path: Path, on_done: Callable[[int], None] | None = None) -> None:
        self._path = path
        self._on_done = on_done
        self._commits = 0
        self._due = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="sql-checkpoint", daemon=True)
        self._thread.start()

    def note_commit(self) -> None:
        """One more; quick, and for one thread at a time."""
        self._commits += 1
        if self._commits >= EVERY:
            self._commits = 0
            self._due.set()

    def close(self) -> None:
        """Stop; the last connection to close leaves no log behind."""
        self._closed = True
        self._due.set()
        self._thread.join()

    def _run(self) -> None:
        connection: Connection | None = None
        while self._due.wait() and not self._closed:
            self._due.clear()
            try:
                connection = connection or Connection(self._path)
                moved = connection.raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[2]
            except sqlite3.Error as error:  # a full disk: the log stays, and grows
                LOG.warning("database.not_checkpointed", error=str(error))
                continue
            if self._on_done is not None:
                self._on_done(moved)
        if connection is not None:
            connection.close()
