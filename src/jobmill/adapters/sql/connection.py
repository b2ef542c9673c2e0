"""One SQLite connection, opened so that concurrent writers lose nothing, and what rows need."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

BUSY_MILLISECONDS = 10_000
PRAGMAS = (
    f"busy_timeout={BUSY_MILLISECONDS}",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-16384",
    "temp_store=MEMORY",
    "mmap_size=268435456",
    # Commits themselves carry the log over (see `checkpoints`) only when it has grown to 32 MB.
    "wal_autocheckpoint=8000",
)
# A reader that walks a large file would otherwise hold as much of it as its map allows.
READER_PRAGMAS = ("query_only=ON", "mmap_size=0", "cache_size=-4096")
NEVER = 2**62
"""The due date of a task without one: it sorts behind every other."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_MICROSECOND = timedelta(microseconds=1)

Row = sqlite3.Row


class Connection:
    """A connection whose statements name their parameters (`:name`)."""

    def __init__(self, path: Path | str, *, read_only: bool = False) -> None:
        # isolation_level=None: Python's own implicit transactions lose updates silently.
        self.raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.raw.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            self.raw.execute(f"PRAGMA {pragma}")
        if read_only:
            for pragma in READER_PRAGMAS:
                self.raw.execute(f"PRAGMA {pragma}")

    def all(self, sql: str, **values: Any) -> list[Row]:
        """Every row."""
        return self.raw.execute(sql, values).fetchall()

    def each(self, sql: str, **values: Any) -> Iterator[Row]:
        """Every row, one at a time: for rows that may be large."""
        return iter(self.raw.execute(sql, values))

    def one(self, sql: str, **values: Any) -> Row | None:
        """The first row, if any."""
        row: Row | None = self.raw.execute(sql, values).fetchone()
        return row

    def value(self, sql: str, **values: Any) -> Any:
        """The first column of the first row; None without a row."""
        row = self.raw.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def run(self, sql: str, **values: Any) -> int:
        """Change rows; how many."""
        return self.raw.execute(sql, values).rowcount

    def insert(self, sql: str, **values: Any) -> int:
        """Insert a row; its number."""
        number = self.raw.execute(sql, values).lastrowid
        assert number is not None  # noqa: S101  an INSERT always sets it
        return number

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """One statement for many rows."""
        # Few rows at a time here, and executemany prepares the statement anew at every call.
        for row in rows:
            self.raw.execute(sql, row)

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()


def fields_of(row: Row) -> dict[str, Any]:
    """A wide row by its columns' names; `Row` itself looks through all of them for each."""
    return dict(zip(row.keys(), row, strict=True))


def micros(at: datetime | None) -> int | None:
    """A time as it is stored."""
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def moment(stored: int | None) -> datetime | None:
    """A stored time."""
    return None if stored is None else _EPOCH + timedelta(microseconds=stored)


def instant(stored: int) -> datetime:
    """A stored time of a column that is never empty."""
    return _EPOCH + timedelta(microseconds=stored)


def to_json(value: Any) -> str:
    """Compact JSON text."""
    if not value and isinstance(value, dict | list | tuple):  # as in most of the columns
        return "{}" if isinstance(value, dict) else "[]"
    return _ENCODER.encode(value)


def placeholders(name: str, values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """`:name0, :name1 …` with their values, for IN (…)."""
    named = {f"{name}{i}": value for i, value in enumerate(values)}
    return ", ".join(f":{key}" for key in named), named
