"""Several processes on one file lose no write, and make a new file together."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from jobmill.adapters.sql import SqliteDatabase
from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.migrate import HEAD, version_of
from tests.adapters.sql.counting import NAME, count_up

UNITS = 200


def counting(file: Path, units: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.adapters.sql.counting", str(file), str(units)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def told_open(process: "subprocess.Popen[str]") -> bool:
    assert process.stdout
    return process.stdout.readline() == "open\n"


def counted(file: Path) -> int:
    connection = Connection(file, read_only=True)
    version: int = connection.value("SELECT version FROM pipeline WHERE name = :name", name=NAME)
    assert connection.value("PRAGMA integrity_check") == "ok"
    connection.close()
    return version - 1


@pytest.mark.anyio
async def test_processes_that_write_at_the_same_time_lose_nothing(file: Path) -> None:
    others = [counting(file, UNITS) for _ in range(2)]
    database = SqliteDatabase.open(file)
    for other in others:
        assert await asyncio.to_thread(told_open, other)
    ends = [asyncio.to_thread(other.communicate, "go\n", 60) for other in others]
    own = [database.write(count_up) for _ in range(UNITS)]
    await asyncio.gather(*ends, *own)
    await asyncio.to_thread(database.close)
    assert [other.returncode for other in others] == [0, 0]
    assert counted(file) == 3 * UNITS


def test_processes_that_open_a_new_file_at_the_same_time_make_one(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    processes = [counting(file, 1) for _ in range(3)]
    assert all(told_open(process) for process in processes)
    for process in processes:
        process.communicate("go\n", timeout=60)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert version_of(file) == HEAD
    assert counted(file) == 3
