"""The one connection that writes: units of work in the order of their coming, with group commit.

Units wait for a thread of its own; everything queued while the last commit ran shares the next one.
A unit that raises is rolled back alone, by its savepoint; when the database itself refuses, each
unit is tried again by itself, so that none fails for another's sake. A brief unit that comes while
nobody writes may run at once, where it was made: the way to the thread and back costs more than it.
"""

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from jobmill.adapters.sql.checkpoints import Checkpointer
from jobmill.adapters.sql.connection import BUSY_MILLISECONDS, Connection
from jobmill.adapters.sql.work import SqlUnitOfWork
from jobmill.core.errors import Unavailable
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import Blob
from jobmill.core.jobs.ports import UnitOfWork

Work = Callable[[UnitOfWork], Any]
Answer = Callable[[Any, BaseException | None], None]
Dropped = list[tuple[OrganizationNumber, Blob]]
BATCH = 64
LOG = structlog.get_logger("jobmill.database")


@dataclass(frozen=True, slots=True)
class _Answered:
    tell: Answer
    value: Any = None
    failed: BaseException | None = None
    changed: bool = False


class Writer:
    """Owns the writing connection. `on_commit` is called after each commit that changed something.

    `on_drop` removes bytes that nothing uses any more; it is called while no one else can write,
    so that they cannot come back into use meanwhile.
    """

    def __init__(
        self,
        path: Path,
        on_commit: Callable[[], None],
        on_drop: Callable[[Dropped], None],
    ) -> None:
        self._on_commit = on_commit
        self.on_timed: Callable[[float], None] | None = None
        """Told the seconds that each commit takes; must be quick, and free of surprises."""
        self._on_drop = on_drop
        self._connection = Connection(path)
        self._checkpoints = Checkpointer(path)
        self._work = SqlUnitOfWork(self._connection)
        self._patience = BUSY_MILLISECONDS
        self._queue: queue.SimpleQueue[tuple[Work, Answer] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting = 0
        self._dropped: Dropped = []
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="sql-write", daemon=True)
        self._thread.start()

    def put(self, work: Work, answer: Answer) -> None:
        """Queue a unit; `answer` is called on the writer's thread. Raises Unavailable if closed."""
        with self._lock:
            if self._closed:
                raise Unavailable("The server stops; try again when it is back.")
            self._waiting += 1
            self._queue.put((work, answer))

    def try_now(self, work: Work, answer: Answer) -> bool:
        """Run a brief unit on the calling thread. False: not now (somebody writes); `put` it."""
        if not self._writing.acquire(blocking=False):
            return False
        try:
            if self._closed or self._waiting:
                return False
            done = self._commit([(work, answer)], refuse=False)
            if self._dropped:  # deleting files is the thread's business
                with suppress(Unavailable):
                    self.put(_nothing, _nobody)
            return done
        finally:
            self._writing.release()

    def close(self) -> None:
        """Finish what was queued, then stop."""
        with self._lock:
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._checkpoints.close()

    def _run(self) -> None:
        while batch := self._next_batch():
            with self._writing:
                self._commit(batch)
                self._drop_unused()
            with self._lock:
                self._waiting -= len(batch)
        with suppress(sqlite3.Error):
            self._connection.raw.execute("PRAGMA optimize")
        self._connection.close()

    def _next_batch(self) -> Sequence[tuple[Work, Answer]]:
        """What is queued, one unit at least; empty at the end."""
        first = self._queue.get()
        batch = []
        while first is not None:
            batch.append(first)
            if len(batch) == BATCH:
                break
            try:
                first = self._queue.get_nowait()
            except queue.Empty:
                break
        if first is None and batch:
            self._queue.put(None)  # for the next look
        return batch

    def _commit(self, batch: Sequence[tuple[Work, Answer]], *, refuse: bool = True) -> bool:
        """Commit a batch and answer. Without `refuse`, False instead of the database's refusal."""
        try:
            self._wait_at_most(BUSY_MILLISECONDS if refuse else 0)
            self._connection.raw.execute("BEGIN IMMEDIATE")
            work = self._work
            work.anew()
            answers = self._answers(work, batch)
            changed = any(each.changed for each in answers)
            # A commit of nothing but what was undone would ring the bells of other processes.
            began = time.perf_counter()
            self._connection.raw.execute("COMMIT" if changed else "ROLLBACK")
            if changed and self.on_timed is not None:
                self.on_timed(time.perf_counter() - began)
        except sqlite3.Error as error:
            self._undo()
            if len(batch) > 1:
                for one in batch:
                    self._commit([one])
                return False
            if refuse:
                self._tell([_Answered(batch[0][1], failed=_refusal(error))])
            return False
        # First the callers, then the bell: who looks again shall find them gone on.
        self._tell(answers)
        if changed:
            self._on_commit()
            self._checkpoints.note_commit()
        self._dropped += work.dropped
        return True

    def _answers(
        self, work: SqlUnitOfWork, batch: Sequence[tuple[Work, Answer]]
    ) -> Sequence[_Answered]:
        if len(batch) == 1:
            return [_alone(self._connection, work, *batch[0])]
        return [_attempt(self._connection, work, unit, tell) for unit, tell in batch]

    def _wait_at_most(self, milliseconds: int) -> None:
        """How long a statement waits for another process; a statement itself, so only if needed."""
        if milliseconds != self._patience:
            self._connection.raw.execute(f"PRAGMA busy_timeout={milliseconds}")
            self._patience = milliseconds

    def _undo(self) -> None:
        with suppress(sqlite3.Error):
            if self._connection.raw.in_transaction:
                self._connection.raw.execute("ROLLBACK")

    def _tell(self, answers: Sequence[_Answered]) -> None:
        for each in answers:
            with suppress(RuntimeError):  # the caller's loop has closed: nobody waits any more
                each.tell(each.value, each.failed)

    def _drop_unused(self) -> None:
        """Delete bytes that nothing uses, holding the lock without which none can be used."""
        dropped, self._dropped = self._dropped, []
        if not dropped:
            return
        try:
            self._wait_at_most(BUSY_MILLISECONDS)
            self._connection.raw.execute("BEGIN IMMEDIATE")
            unused = [
                each for each in dict.fromkeys(dropped) if not _in_use(self._connection, *each)
            ]
            if unused:
                self._on_drop(unused)
            self._connection.raw.execute("COMMIT")
        except Exception:
            LOG.exception("blobs.not_deleted", blobs=[blob.sha256 for _, blob in dropped])
            self._undo()


def _nothing(work: UnitOfWork) -> None:
    """A unit that only wakes the thread."""


def _nobody(value: Any, failed: BaseException | None) -> None:
    """The answer that nobody waits for."""


def _alone(connection: Connection, work: SqlUnitOfWork, unit: Work, tell: Answer) -> _Answered:
    """A unit with the transaction to itself: it needs no savepoint to be undone alone."""
    before = connection.raw.total_changes
    try:
        answer = unit(work)
    except sqlite3.OperationalError:
        raise
    except BaseException as error:
        work.undo(0)
        return _Answered(tell, failed=error)
    return _Answered(tell, answer, changed=connection.raw.total_changes != before)


def _attempt(connection: Connection, work: SqlUnitOfWork, unit: Work, tell: Answer) -> _Answered:
    dropped, before = len(work.dropped), connection.raw.total_changes
    connection.raw.execute("SAVEPOINT unit")
    try:
        answer = unit(work)
    except sqlite3.OperationalError:
        raise  # disk full, locked, corrupt: the whole batch is in doubt
    except BaseException as error:
        connection.raw.execute("ROLLBACK TO unit")
        connection.raw.execute("RELEASE unit")
        work.undo(dropped)
        return _Answered(tell, failed=error)
    connection.raw.execute("RELEASE unit")
    return _Answered(tell, answer, changed=connection.raw.total_changes != before)


def _in_use(connection: Connection, organization: OrganizationNumber, blob: Blob) -> bool:
    found = connection.value(
        "SELECT 1 FROM blob WHERE organization = :organization AND sha256 = :sha256",
        organization=organization,
        sha256=blob.sha256,
    )
    return found is not None


def _refusal(error: sqlite3.Error) -> Unavailable:
    refusal = Unavailable(f"The database could not be written: {error}.")
    refusal.__cause__ = error
    return refusal
