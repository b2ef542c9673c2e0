"""Units of work: each by itself, together in one commit, and none lost when the disk is full."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from jobmill.adapters.sql import SqliteDatabase
from jobmill.adapters.sql.connection import Connection
from jobmill.core.errors import NameTaken, Unavailable
from jobmill.core.ids import OrganizationNumber, new_id
from jobmill.core.items import AssetSource, AssetState, Blob
from jobmill.core.jobs.ports import UnitOfWork
from tests.adapters.stores.seeds import add_job, owner
from tests.core.graphs import NOW

pytestmark = pytest.mark.anyio


def add_organization(work: UnitOfWork, name: str) -> None:
    work.accounts.add_organization(new_id(), name)


def names(file: Path) -> list[str]:
    connection = Connection(file, read_only=True)
    found = [row["name"] for row in connection.all("SELECT name FROM organization ORDER BY name")]
    connection.close()
    return found


class Gate:
    """A unit that holds the writer until it is opened, so that what follows shares a commit."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._open = threading.Event()
        self._task = asyncio.ensure_future(database.write(lambda work: self._open.wait(10)))

    async def open(self) -> None:
        await asyncio.sleep(0)
        self._open.set()
        assert await self._task


async def test_what_a_unit_wrote_is_there_when_it_returns(
    database: SqliteDatabase, file: Path
) -> None:
    answer = await database.write(lambda work: add_organization(work, "x"))
    assert answer is None
    assert names(file) == ["x"]
    found = await database.read(lambda work: work.accounts.organization_named("x"))
    assert found


async def test_a_unit_that_raises_is_undone_alone(database: SqliteDatabase, file: Path) -> None:
    def failing(work: UnitOfWork) -> None:
        add_organization(work, "half-made")
        raise NameTaken("no")

    def ill_made(work: UnitOfWork) -> None:
        add_organization(work, "before")  # the name is taken by the first of this batch
        raise AssertionError("not reached")

    gate = Gate(database)
    units = [
        database.write(lambda work: add_organization(work, "before")),
        database.write(failing),
        database.write(ill_made),
        database.write(lambda work: add_organization(work, "after")),
    ]
    together = asyncio.gather(*units, return_exceptions=True)
    await gate.open()
    before, failed, refused, after = await together
    assert (before, after) == (None, None)
    assert isinstance(failed, NameTaken)
    assert isinstance(refused, sqlite3.IntegrityError)
    assert names(file) == ["after", "before"]


async def test_a_unit_that_the_database_refuses_does_not_take_others_with_it(
    database: SqliteDatabase, file: Path
) -> None:
    def broken(work: UnitOfWork) -> None:
        add_organization(work, "half-made")
        work.jobs._db.run("UPDATE no_such_table SET x = 1")  # type: ignore[attr-defined]

    gate = Gate(database)
    together = asyncio.gather(
        database.write(lambda work: add_organization(work, "before")),
        database.write(broken),
        database.write(lambda work: add_organization(work, "after")),
        return_exceptions=True,
    )
    await gate.open()
    before, refused, after = await together
    assert (before, after) == (None, None)
    assert isinstance(refused, Unavailable)
    assert "no_such_table" in refused.message
    assert names(file) == ["after", "before"]


async def test_the_writer_goes_on_after_the_disk_was_full(
    database: SqliteDatabase, file: Path
) -> None:
    await database.write(owner)
    pages = await database.write(lambda work: work.jobs._db.value("PRAGMA page_count"))  # type: ignore[attr-defined]
    await database.write(lambda work: work.jobs._db.value(f"PRAGMA max_page_count={pages + 2}"))  # type: ignore[attr-defined]
    big = {"text": "x" * 100_000}
    with pytest.raises(Unavailable, match="full"):
        await database.write(lambda work: add_job(work, params=big))
    small = await database.write(lambda work: add_job(work).job.number)
    gate = Gate(database)
    together = asyncio.gather(
        database.write(lambda work: add_job(work).job.number),
        database.write(lambda work: add_job(work, params=big)),
        return_exceptions=True,
    )
    await gate.open()
    fits, refused = await together
    assert isinstance(refused, Unavailable)
    await database.write(lambda work: work.jobs._db.value("PRAGMA max_page_count=1000000"))  # type: ignore[attr-defined]
    assert await database.write(lambda work: add_job(work, params=big))
    connection = Connection(file, read_only=True)
    kept = [row["number"] for row in connection.all("SELECT number FROM job ORDER BY number")]
    assert kept[:2] == [small, fits]
    assert len(kept) == 3
    assert connection.value("PRAGMA integrity_check") == "ok"
    connection.close()


async def test_a_caller_that_goes_away_does_not_undo_what_was_accepted(
    database: SqliteDatabase, file: Path
) -> None:
    gate = Gate(database)
    caller = asyncio.ensure_future(database.write(lambda work: add_organization(work, "x")))
    await asyncio.sleep(0)
    caller.cancel()
    await gate.open()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await database.write(lambda work: add_organization(work, "y"))
    assert names(file) == ["x", "y"]


async def test_a_reader_has_one_view_and_cannot_write(database: SqliteDatabase) -> None:
    loop = asyncio.get_running_loop()

    def twice(work: UnitOfWork) -> tuple[object, object]:
        first = work.accounts.organization_named("late")
        written = asyncio.run_coroutine_threadsafe(
            database.write(lambda other: add_organization(other, "late")), loop
        )
        written.result(10)
        return first, work.accounts.organization_named("late")

    assert await database.read(twice) == (None, None)
    assert await database.read(lambda work: work.accounts.organization_named("late"))
    with pytest.raises(Unavailable, match="readonly"):
        await database.read(lambda work: add_organization(work, "never"))
    assert await database.read(lambda work: work.accounts.organization_named("never")) is None


async def test_closing_finishes_what_was_queued_and_refuses_what_comes_later(file: Path) -> None:
    database = SqliteDatabase.open(file)
    gate = Gate(database)
    queued = [
        asyncio.ensure_future(database.write(lambda work, i=i: add_organization(work, f"{i:03}")))  # type: ignore[misc]
        for i in range(150)
    ]
    await asyncio.sleep(0)
    closing = asyncio.create_task(asyncio.to_thread(database.close))
    await gate.open()
    await closing
    await asyncio.gather(*queued)
    assert names(file) == [f"{i:03}" for i in range(150)]
    with pytest.raises(Unavailable, match="stops"):
        await database.write(lambda work: add_organization(work, "late"))


async def test_bytes_are_dropped_after_the_commit_unless_they_are_in_use_again(
    file: Path,
) -> None:
    dropped: list[str] = []
    blobs = [Blob(str(i) * 64, 1) for i in range(3)]

    def on_drop(unused: list[tuple[OrganizationNumber, Blob]]) -> None:
        dropped.extend(blob.sha256 for _, blob in unused)
        if unused[0][1] == blobs[1]:
            raise OSError("the disk has an opinion")

    database = SqliteDatabase.open(file, on_drop)
    organization, _ = await database.write(owner)

    def undone(work: UnitOfWork) -> None:
        work.drop_blob(organization, blobs[0])
        raise NameTaken("no")

    with pytest.raises(NameTaken):
        await database.write(undone)

    def used_again(work: UnitOfWork) -> None:
        work.drop_blob(organization, blobs[0])
        work.assets.add(
            organization, "n", "x/y", AssetSource.UPLOAD, AssetState.READY, NOW, blob=blobs[0]
        )

    await database.write(used_again)
    await database.write(lambda work: work.drop_blob(organization, blobs[1]))
    await database.write(lambda work: work.drop_blob(organization, blobs[2]))
    await asyncio.to_thread(database.close)
    assert dropped == [blobs[1].sha256, blobs[2].sha256]
