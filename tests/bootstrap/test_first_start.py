"""The admin key: in its file and in the database, or in neither for long."""

import asyncio
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from jobmill.adapters.sql import SqliteDatabase
from jobmill.bootstrap.first_start import first_start
from jobmill.core.accounts import Right, authenticate
from jobmill.core.clock import FakeClock
from jobmill.core.errors import NotAuthenticated, Unavailable
from jobmill.core.jobs.ports import UnitOfWork

pytestmark = pytest.mark.anyio
CLOCK = FakeClock()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(tmp_path: Path, anyio_backend: str) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase.open(tmp_path / "jobmill.db")
    yield database
    await asyncio.to_thread(database.close)


async def opens(database: SqliteDatabase, place: Path) -> bool:
    key = place.read_text().strip()
    who = await database.read(lambda work: authenticate(work.accounts, key, CLOCK.now()))
    return who.may(Right.ENGINES_WRITE)


async def keys(database: SqliteDatabase) -> int:
    found: int = await database.read(
        lambda work: work.jobs._db.value("SELECT count(*) FROM api_key")  # type: ignore[attr-defined]
    )
    return found


async def test_the_first_start_writes_a_key_for_its_owner_alone(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    place = tmp_path / "admin-key"
    organization = await first_start(database, place, CLOCK)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert await opens(database, place)
    before = place.read_text()
    assert await first_start(database, place, CLOCK) == organization
    assert place.read_text() == before
    assert await keys(database) == 1
    assert {p.name for p in tmp_path.iterdir()} - {"admin-key"} == {
        "jobmill.db",
        "jobmill.db-shm",
        "jobmill.db-wal",
    }


async def test_a_start_that_died_before_the_file_is_made_up_for(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    place = tmp_path / "admin-key"
    await first_start(database, place, CLOCK)
    place.unlink()
    await first_start(database, place, CLOCK)
    assert await opens(database, place)


async def test_a_key_that_the_database_never_saw_is_replaced(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    place = tmp_path / "admin-key"
    place.write_text("jm_000000000000_from-another-life\n")
    await first_start(database, place, CLOCK)
    assert await opens(database, place)


async def test_a_key_that_could_not_be_kept_is_not_written(tmp_path: Path) -> None:
    class Full:
        async def write(self, work: object) -> object:
            raise Unavailable

        async def read(self, work: object) -> object:
            raise Unavailable

    with pytest.raises(Unavailable):
        await first_start(Full(), tmp_path / "admin-key", CLOCK)  # type: ignore[arg-type]
    assert not (tmp_path / "admin-key").exists()


async def test_who_can_write_the_folder_gets_back_in(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    place = tmp_path / "admin-key"
    organization = await first_start(database, place, CLOCK)

    def lock_out(work: UnitOfWork) -> None:
        admin = work.accounts.user_named(organization, "admin")
        assert admin is not None
        work.accounts.save_user(replace(admin, admin=False, disabled=True))

    await database.write(lock_out)
    await first_start(database, place, CLOCK)
    with pytest.raises(NotAuthenticated):
        await opens(database, place)
    place.unlink()
    assert await first_start(database, place, CLOCK) == organization
    assert await opens(database, place)
