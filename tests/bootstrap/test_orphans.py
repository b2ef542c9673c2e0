"""Bytes without a row: a crash between keeping them and writing who uses them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobmill.adapters.blobs import LocalBlobStore
from jobmill.adapters.sql import SqliteDatabase
from jobmill.bootstrap.orphans import AT_ONCE, drop_orphans
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import AssetSource, AssetState, Blob
from tests.adapters.stores.seeds import owner
from tests.core.graphs import NOW

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobStore:
    return LocalBlobStore(tmp_path / "blobs")


@pytest.fixture
async def database(
    tmp_path: Path, blobs: LocalBlobStore, anyio_backend: str
) -> AsyncIterator[SqliteDatabase]:
    loop = asyncio.get_running_loop()

    def drop(dropped: list[tuple[OrganizationNumber, Blob]]) -> None:
        deletion = blobs.delete_all([(owner, blob.sha256) for owner, blob in dropped])
        asyncio.run_coroutine_threadsafe(deletion, loop).result(10)

    database = SqliteDatabase.open(tmp_path / "jobmill.db", drop)
    yield database
    await asyncio.to_thread(database.close)


async def put(blobs: LocalBlobStore, organization: OrganizationNumber, data: bytes) -> Blob:
    async def chunks() -> AsyncIterator[bytes]:
        yield data

    stored = await blobs.put(organization, chunks(), 1000)
    return Blob(stored.sha256, stored.size)


def kept(tmp_path: Path) -> set[str]:
    return {place.name for place in (tmp_path / "blobs").glob("*/*/*")}


async def test_only_what_is_old_and_unused_goes(
    database: SqliteDatabase, blobs: LocalBlobStore, tmp_path: Path
) -> None:
    organization, _ = await database.write(owner)
    used, orphan = await put(blobs, organization, b"used"), await put(blobs, organization, b"not")
    foreign = await put(blobs, OrganizationNumber(organization + 1), b"used")
    await database.write(
        lambda work: work.assets.add(
            organization, "n", "x/y", AssetSource.UPLOAD, AssetState.READY, NOW, blob=used
        )
    )
    assert await drop_orphans(database, blobs, 3600) == 0, "they are young"
    assert await drop_orphans(database, blobs, -1) == 2
    await database.write(owner)  # bytes go before the next unit
    assert kept(tmp_path) == {used.sha256}
    assert orphan.sha256 != used.sha256 == foreign.sha256


async def test_many_orphans_go_in_several_steps(
    database: SqliteDatabase, blobs: LocalBlobStore, tmp_path: Path
) -> None:
    organization, _ = await database.write(owner)
    for place in range(AT_ONCE + 5):
        name = f"{place:064x}"
        folder = tmp_path / "blobs" / str(organization) / name[:2]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    assert await drop_orphans(database, blobs, -1) == AT_ONCE + 5
    await database.write(owner)
    assert kept(tmp_path) == set()
