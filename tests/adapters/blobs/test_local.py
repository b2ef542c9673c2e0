"""Blobs on a local disk: the suite of all stores, and what a disk adds."""

import asyncio
import errno
import fcntl
import hashlib
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobmill.adapters.blobs import LocalBlobStore
from jobmill.adapters.blobs.holds import Holds
from jobmill.adapters.blobs.incoming import IncomingFile, sweep
from jobmill.core.errors import Conflict, Unavailable
from jobmill.core.items import BlobStore
from tests.adapters.blobs.conformance import LIMIT, LONG, OURS, BlobStoreConformance, sent

WRITER = """
import asyncio, sys
from pathlib import Path
from jobmill.adapters.blobs import LocalBlobStore

async def chunks():
    yield bytes(1_000_000)
    print("written", flush=True)
    await asyncio.Event().wait()

asyncio.run(LocalBlobStore(Path(sys.argv[1])).put(1, chunks(), 10_000_000))
"""


def files_of(root: Path) -> set[str]:
    """All but the file in which holds are noted."""
    files = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    return files - {"holds"}


class TestLocalBlobStore(BlobStoreConformance):
    @pytest.fixture
    def store(self, tmp_path: Path) -> BlobStore:
        return LocalBlobStore(tmp_path / "blobs")


@pytest.mark.anyio
async def test_a_blob_lies_below_its_organization_and_nobody_may_write_it(tmp_path: Path) -> None:
    stored = await LocalBlobStore(tmp_path).put(OURS, sent(b"abc"), LIMIT)
    place = tmp_path / "1" / stored.sha256[:2] / stored.sha256
    assert place.read_bytes() == b"abc"
    assert stat.S_IMODE(place.stat().st_mode) == 0o400
    assert files_of(tmp_path) == {str(place.relative_to(tmp_path))}


@pytest.mark.anyio
async def test_a_put_that_fails_leaves_no_file(tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield LONG
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await LocalBlobStore(tmp_path).put(OURS, breaking(), LIMIT)
    assert files_of(tmp_path) == set()


@pytest.mark.anyio
async def test_a_put_that_is_cancelled_leaves_no_file(tmp_path: Path) -> None:
    reached = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield LONG
        reached.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(LocalBlobStore(tmp_path).put(OURS, stuck(), LIMIT))
    await reached.wait()
    assert len(files_of(tmp_path / "incoming")) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files_of(tmp_path) == set()


@pytest.mark.anyio
async def test_a_full_disk_is_told_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = LocalBlobStore(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="full"):
        await store.put(OURS, sent(LONG), LIMIT)
    assert files_of(tmp_path) == set()


def test_a_killed_writer_leaves_only_what_the_next_start_sweeps(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        left = files_of(tmp_path)
        assert len(left) == 1

        LocalBlobStore(tmp_path)
        assert files_of(tmp_path) == left, "a living writer's file was swept"

        writer.send_signal(signal.SIGKILL)
        writer.wait()
    LocalBlobStore(tmp_path)
    assert files_of(tmp_path) == set()


def test_a_sweep_keeps_what_a_writer_holds_and_what_is_not_a_file(tmp_path: Path) -> None:
    held = IncomingFile(tmp_path)
    held.write(b"abc")
    (tmp_path / "left").write_bytes(b"abc")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    assert sweep(tmp_path) == 1
    assert {path.name for path in tmp_path.iterdir()} >= {"folder", "link"}
    assert held.keep_in(tmp_path / "1", Holds(tmp_path / "holds")).size == 3
    held.discard()
    assert (tmp_path / "1" / "ba").is_dir()


def test_a_discarded_file_takes_no_more_bytes(tmp_path: Path) -> None:
    late = IncomingFile(tmp_path)
    late.discard()
    with pytest.raises(ValueError, match="discarded"):
        late.write(b"from a thread that a cancelled caller left behind")
    assert files_of(tmp_path) == set()


@pytest.mark.anyio
async def test_an_open_read_survives_deletion(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    stored = await store.put(OURS, sent(LONG), LIMIT)
    pieces = await store.read(OURS, stored.sha256)
    first = await anext(aiter(pieces))
    await store.delete(OURS, stored.sha256)
    assert first + b"".join([piece async for piece in pieces]) == LONG


@pytest.mark.anyio
async def test_a_file_on_the_same_disk_is_moved_and_not_copied(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path / "blobs")
    output = tmp_path / "output"
    output.write_bytes(LONG)
    inode = output.stat().st_ino
    stored = await store.put_file(OURS, output)
    async with store.local_path(OURS, stored.sha256) as path:
        assert path.stat().st_ino == inode
    assert not output.exists()


@pytest.mark.anyio
async def test_a_file_that_a_writer_still_locks_is_not_taken_in(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path / "blobs")
    output = tmp_path / "output"
    with output.open("wb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        with pytest.raises(Conflict, match="still being written"):
            await store.put_file(OURS, output)
    assert output.exists()


@pytest.mark.anyio
async def test_a_file_that_changes_while_it_is_hashed_is_not_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalBlobStore(tmp_path / "blobs")
    output = tmp_path / "output"
    output.write_bytes(b"first")
    digest = hashlib.file_digest

    def digest_then_append(file: object, name: str) -> object:
        done = digest(file, name)  # type: ignore[arg-type]
        with output.open("ab") as writer:
            writer.write(b"more")
        return done

    monkeypatch.setattr(hashlib, "file_digest", digest_then_append)
    with pytest.raises(Conflict, match="still being written"):
        await store.put_file(OURS, output)
    assert files_of(tmp_path / "blobs") == set()
