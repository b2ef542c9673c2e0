"""A migrated file for each test, copied from one that is migrated once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobmill.adapters.sql import SqliteDatabase
from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.migrate import migrate
from jobmill.adapters.sql.work import SqlUnitOfWork
from jobmill.core.jobs.ports import UnitOfWork


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sql") / "migrated.db"
    migrate(path)
    return path


@pytest.fixture
def file(migrated: Path, tmp_path: Path) -> Path:
    path = tmp_path / "jobmill.db"
    shutil.copy(migrated, path)
    return path


@pytest.fixture
def work(file: Path) -> Iterator[UnitOfWork]:
    """A unit of work that is never committed."""
    connection = Connection(file)
    connection.raw.execute("BEGIN IMMEDIATE")
    yield SqlUnitOfWork(connection)
    connection.close()


@pytest.fixture
def database(file: Path) -> Iterator[SqliteDatabase]:
    database = SqliteDatabase.open(file)
    yield database
    database.close()
