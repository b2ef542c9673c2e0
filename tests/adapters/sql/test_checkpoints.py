"""What was committed reaches the database's file, though no commit carries it there."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobmill.adapters.sql.checkpoints import EVERY, Checkpointer
from jobmill.adapters.sql.connection import Connection

PATIENCE = 60.0


class Done:
    """Hears of checkpoints."""

    def __init__(self) -> None:
        self.pages: list[int] = []
        self._heard = threading.Event()

    def __call__(self, pages: int) -> None:
        self.pages.append(pages)
        self._heard.set()

    def wait(self) -> None:
        assert self._heard.wait(PATIENCE)
        self._heard.clear()


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    made = Connection(tmp_path / "some.db")
    made.run("CREATE TABLE row (number INTEGER PRIMARY KEY)")
    yield made
    made.close()


def in_the_file_alone(path: Path) -> int:
    """Rows that one would find who has lost the log."""
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    with sqlite3.connect(copy) as alone:
        count: int = alone.execute("SELECT count(*) FROM row").fetchone()[0]
    alone.close()
    return count


def test_commits_reach_the_file_while_others_go_on(connection: Connection, tmp_path: Path) -> None:
    done = Done()
    checkpointer = Checkpointer(tmp_path / "some.db", done)
    try:
        for _ in range(EVERY):
            connection.run("INSERT INTO row DEFAULT VALUES")
            checkpointer.note_commit()
        done.wait()
        assert done.pages[0] > 0
        assert in_the_file_alone(tmp_path / "some.db") == EVERY
        # Somebody writes all the while: nobody waits for anybody.
        connection.run("BEGIN IMMEDIATE")
        connection.run("INSERT INTO row DEFAULT VALUES")
        for _ in range(EVERY):
            checkpointer.note_commit()
        done.wait()
        connection.run("COMMIT")
    finally:
        checkpointer.close()
    assert connection.value("SELECT count(*) FROM row") == EVERY + 1
