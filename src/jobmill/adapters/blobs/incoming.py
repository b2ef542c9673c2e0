"""Files on their way into the blob store: locked while their writer lives, swept when it died.

A lock, and not an age, tells the two apart, so that several processes may share one folder and a
slow upload is never taken for a dead one. Blocking: call from a thread.
"""

import asyncio
import errno
import fcntl
import hashlib
import os
import secrets
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from jobmill.adapters.blobs.holds import Holds
from jobmill.core.errors import Unavailable
from jobmill.core.items import StoredBytes

# Blobs never change, so nobody may open one for writing, not even their owner.
BLOB_MODE = 0o400


class IncomingFile:
    """One temporary file with a running SHA-256. Every method may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: tuple[Path, BinaryIO] | None = None
        self._digest = hashlib.sha256()
        self._size = 0
        self._closed = False
        # A cancelled caller discards while its last write may still run in a thread.
        self._lock = threading.Lock()

    def write(self, data: bytes) -> None:
        """Append bytes, for readers of `path` too. Raises OSError, ValueError after `discard`."""
        with self._lock:
            _, file = self._opened()
            file.write(data)
            file.flush()
            self._digest.update(data)
            self._size += len(data)

    def keep_in(self, folder: Path, holds: Holds) -> StoredBytes:
        """Make the bytes durable, then visible as `folder/ab/abcd…` in one step."""
        stored = self.finish()
        with holds.taking(stored.sha256):
            self.move_to(place_of(folder, stored.sha256))
        return stored

    def finish(self) -> StoredBytes:
        """Make the bytes durable; what they are."""
        with self._lock:
            _, file = self._opened()
            file.flush()
            os.fchmod(file.fileno(), BLOB_MODE)
            os.fsync(file.fileno())
            return StoredBytes(self._digest.hexdigest(), self._size)

    def move_to(self, place: Path) -> None:
        """Give the finished file its last name."""
        with self._lock:
            path, _ = self._opened()
            move_durably(path, place)

    @property
    def path(self) -> Path:
        """Where the file is while it is on its way."""
        with self._lock:
            return self._opened()[0]

    def discard(self) -> None:
        """Let go of the file; unless it was kept, nothing stays of it."""
        with self._lock:
            self._closed = True
            if self._held is None:
                return
            path, file = self._held
            path.unlink(missing_ok=True)
            with suppress(OSError):  # a full disk says so a second time while flushing
                file.close()

    def _opened(self) -> tuple[Path, BinaryIO]:
        if self._closed:
            raise ValueError("The file was discarded.")
        if self._held is None:
            self._held = _create_locked(self._folder)
        return self._held


async def discarded(file: IncomingFile) -> None:
    """Discard in a thread. Once called it happens, even if whoever waits for it is cancelled."""
    await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, file.discard))


@contextmanager
def full_disk_told() -> Iterator[None]:
    """A full disk as an error that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Unavailable("The disk that keeps the files is full. Free some room there.") from error


def place_of(folder: Path, sha256: str) -> Path:
    """Where a blob lies inside its organization's folder."""
    return folder / sha256[:2] / sha256


def move_durably(source: Path, place: Path) -> None:
    """Rename on one file system so that the new name survives a power cut."""
    for missing in reversed([f for f in (place.parent, *place.parent.parents) if not f.exists()]):
        missing.mkdir(exist_ok=True)
        _sync_folder(missing.parent)
    source.replace(place)
    _sync_folder(place.parent)


def sweep(folder: Path) -> int:
    """Remove what dead writers left in a folder of incoming files; returns how many it was."""
    return sum(_remove_if_abandoned(path) for path in folder.iterdir())


def _remove_if_abandoned(path: Path) -> bool:
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # not ours
            return False
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:  # kept or discarded since the folder was listed
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False
    finally:
        os.close(handle)
    return True


def _create_locked(folder: Path) -> tuple[Path, BinaryIO]:
    while True:
        path = folder / secrets.token_hex(16)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return path, os.fdopen(handle, "wb")
        os.close(handle)  # a sweep came between creating and locking


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
