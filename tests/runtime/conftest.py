"""One world for each test, on a copy of a file that is migrated once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobmill.adapters.sql import SqliteDatabase
from jobmill.adapters.sql.migrate import migrate
from tests.runtime.stages import staged
from tests.runtime.world import World


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runtime") / "migrated.db"
    migrate(path)
    return path


@pytest.fixture
async def world(migrated: Path, tmp_path: Path, anyio_backend: str) -> AsyncIterator[World]:
    file = tmp_path / "jobmill.db"
    shutil.copy(migrated, file)
    database = SqliteDatabase.open(file)
    world = await World.make(database, tmp_path)
    yield world
    await world.end()
    await asyncio.to_thread(database.close)


@pytest.fixture
async def stages(world: World, tmp_path: Path) -> AsyncIterator[World]:
    """A world whose worker has engines that write and read parts."""
    async with staged(world, tmp_path) as made:
        yield made
