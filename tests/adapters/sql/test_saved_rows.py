"""Saving rows by their changed columns: nothing needless is written, and nothing is left out."""

import sqlite3
from pathlib import Path

import pytest

from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.saved_rows import SavedRows

READ = {"number": 1, "state": "queued", "name": "a"}


@pytest.fixture
def db(tmp_path: Path) -> Connection:
    connection = Connection(tmp_path / "rows.db")
    connection.raw.execute("CREATE TABLE job (number INTEGER PRIMARY KEY, state TEXT, name TEXT)")
    connection.raw.execute("INSERT INTO job VALUES (1, 'queued', 'a')")
    return connection


@pytest.fixture
def written(db: Connection) -> list[str]:
    """The columns that are written from here on."""
    columns: list[str] = []

    def note(action: int, table: str | None, column: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_UPDATE and column:
            columns.append(column)
        return sqlite3.SQLITE_OK

    db.raw.set_authorizer(note)
    return columns


def test_only_what_changed_is_written(db: Connection, written: list[str]) -> None:
    rows = SavedRows(db, "job")
    rows.read(READ)
    rows.save({**READ, "state": "running"})
    assert written == ["state"]
    assert tuple(db.all("SELECT * FROM job")[0]) == (1, "running", "a")


def test_what_is_as_it_was_costs_no_statement(db: Connection, written: list[str]) -> None:
    rows = SavedRows(db, "job")
    rows.read(READ)
    rows.save(dict(READ))
    assert written == []


def test_a_second_save_is_held_against_the_first(db: Connection) -> None:
    rows = SavedRows(db, "job")
    rows.read(READ)
    rows.save({**READ, "state": "running"})
    rows.save(dict(READ))
    assert tuple(db.all("SELECT * FROM job")[0]) == (1, "queued", "a")


def test_a_row_that_nobody_read_is_saved_whole(db: Connection, written: list[str]) -> None:
    SavedRows(db, "job").save({**READ, "state": "running"})
    assert sorted(written) == ["name", "state"]


def test_after_an_undone_unit_nothing_is_taken_for_known(db: Connection) -> None:
    rows = SavedRows(db, "job")
    rows.read(READ)
    db.raw.execute("SAVEPOINT unit")
    rows.save({**READ, "state": "running"})
    db.raw.execute("ROLLBACK TO unit")
    rows.forget()
    rows.save({**READ, "state": "running"})
    assert tuple(db.all("SELECT * FROM job")[0]) == (1, "running", "a")
