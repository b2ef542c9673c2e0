"""Blobs in a bucket: the suite of all stores against a server, and what a bucket adds."""

import asyncio
import hashlib
import itertools
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobmill.adapters.blobs.s3 import S3BlobStore, open_bucket
from jobmill.core.errors import Unavailable
from jobmill.core.items import BlobStore
from tests.adapters.blobs.conformance import (
    LIMIT,
    LONG,
    OURS,
    THEIRS,
    BlobStoreConformance,
    received,
    sent,
)
from tests.adapters.blobs.s3_server import BUCKET, S3Server, s3_server

NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as up:
        yield up


@pytest.fixture
def prefix(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A place of its own in the bucket, and the variables that lead there."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/test/{next(NUMBERS)}"


def opened(prefix: str, folder: Path, server: S3Server, limit: int = 10**9) -> S3BlobStore:
    return S3BlobStore(open_bucket(prefix, server.environment), folder, limit)


class TestS3BlobStore(BlobStoreConformance):
    @pytest.fixture
    def store(self, prefix: str, server: S3Server, tmp_path: Path) -> BlobStore:
        return opened(prefix, tmp_path / "cache", server)


class TestS3BlobStoreWithoutItsCache(BlobStoreConformance):
    """Whatever is read comes from the bucket."""

    @pytest.fixture
    def store(self, prefix: str, server: S3Server, tmp_path: Path) -> BlobStore:
        return opened(prefix, tmp_path / "cache", server, limit=0)


@pytest.mark.anyio
async def test_another_machine_reads_what_was_put_here(
    prefix: str, server: S3Server, tmp_path: Path
) -> None:
    here, there = (opened(prefix, tmp_path / name, server) for name in ("here", "there"))
    stored = await here.put(OURS, sent(LONG), LIMIT)
    assert await received(there, OURS, stored.sha256) == LONG
    async with there.local_path(OURS, stored.sha256) as path:
        assert path.read_bytes() == LONG
        assert path.is_relative_to(tmp_path / "there")


@pytest.mark.anyio
async def test_many_readers_of_one_blob_fetch_it_once(
    prefix: str, server: S3Server, tmp_path: Path
) -> None:
    here, there = (opened(prefix, tmp_path / name, server) for name in ("here", "there"))
    stored = await here.put(OURS, sent(LONG), LIMIT)

    async def inode() -> int:
        async with there.local_path(OURS, stored.sha256) as path:
            return path.stat().st_ino

    assert len(set(await asyncio.gather(*(inode() for _ in range(8))))) == 1


@pytest.mark.anyio
async def test_the_cache_stays_within_its_bounds_and_keeps_what_is_used(
    prefix: str, server: S3Server, tmp_path: Path
) -> None:
    store = opened(prefix, tmp_path, server, limit=250_000)
    first = await store.put(OURS, sent(b"a" * 100_000), LIMIT)
    async with store.local_path(OURS, first.sha256) as used:
        for letter in (b"b", b"c", b"d"):
            await store.put(OURS, sent(letter * 100_000), LIMIT)
        assert used.read_bytes() == b"a" * 100_000
        files = [file for file in tmp_path.glob("1/*/*") if file.is_file()]
        assert sum(file.stat().st_size for file in files) <= 250_000
    gone = hashlib.sha256(b"b" * 100_000).hexdigest()
    async with store.local_path(OURS, gone) as fetched:
        assert fetched.read_bytes() == b"b" * 100_000


@pytest.mark.anyio
async def test_bytes_larger_than_a_part_arrive_whole(
    prefix: str, server: S3Server, tmp_path: Path
) -> None:
    store, data = opened(prefix, tmp_path, server, limit=0), bytes(range(256)) * 160_000
    stored = await store.put(OURS, sent(data), len(data))
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert (
        await received(store, OURS, stored.sha256, 16 * 2**20 - 2, 16 * 2**20 + 2)
        == (data[16 * 2**20 - 2 : 16 * 2**20 + 2])
    )


@pytest.mark.anyio
async def test_a_bucket_that_is_not_there_is_told(
    prefix: str, server: S3Server, tmp_path: Path
) -> None:
    nowhere = opened("s3://no-such-bucket/x", tmp_path, server)
    with pytest.raises(Unavailable, match="bucket"):
        await nowhere.put(OURS, sent(b"abc"), LIMIT)
    assert list(tmp_path.glob("incoming/*")) == []


@pytest.mark.anyio
async def test_what_is_old_can_be_listed(prefix: str, server: S3Server, tmp_path: Path) -> None:
    store = opened(prefix, tmp_path, server)
    ours = await store.put(OURS, sent(b"ours"), LIMIT)
    theirs = await store.put(THEIRS, sent(b"theirs"), LIMIT)
    found = await asyncio.to_thread(lambda: dict(store.older_than(-60)))
    assert found == {OURS: ours, THEIRS: theirs}
    assert await asyncio.to_thread(lambda: list(store.older_than(60))) == []


@pytest.mark.anyio
async def test_a_bucket_that_hangs_is_told_in_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "r"}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**keys, "AWS_ENDPOINT_URL": url}.items():
                patch.setenv(name, value)
            bucket = open_bucket("s3://deaf/x", {"AWS_ENDPOINT_URL": url})
            store = S3BlobStore(bucket, tmp_path / "cache", 10**9, patience=0.2)
            named = hashlib.sha256(LONG).hexdigest()
            for waiting in (
                store.put(OURS, sent(b"few"), LIMIT),
                store.read(OURS, named),
                store.delete(OURS, named),
                store.delete_all([(OURS, named)]),
            ):
                with pytest.raises(Unavailable, match="did not answer within"):
                    await waiting
    assert list((tmp_path / "cache" / "incoming").iterdir()) == []
