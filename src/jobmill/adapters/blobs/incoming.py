"""Files on their way into the blob store: locked while their writer lives, swept when it died.

A lock, and not an age, tells the two apart, so that several processes may share one folder and a
slow upload is never taken for a dead one. Blocking: call from a thread.
"""

import fcntl
import hashlib
import os
import secrets
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from jobmill.core.items import StoredBytes

# Blobs never change, so nobody may open one for writing, not even their owner.
BLOB_MODE = 0o400


class IncomingFile:
    """One temporary file with a running SHA-256. Every method may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._size = 0
        self._closed = False
        # A cancelled caller discards while its last write may still run in a thread.
        self._lock = threading.Lock()

    def write(self, data: bytes | bytearray) -> None:
        """Append bytes. Raises OSError, and ValueError after `discard`."""
        with self._lock:
            self._opened().write(data)
            self._digest.update(data)
            self._size += len(data)

    def keep_in(self, folder: Path) -> StoredBytes:
        """Make the bytes durable, then visible as `folder/ab/abcd…` in one step."""
        with self._lock:
            file = self._opened()
            file.flush()
            os.fchmod(file.fileno(), BLOB_MODE)
            os.fsync(file.fileno())
            stored = StoredBytes(self._digest.hexdigest(), self._size)
            assert self._path is not None  # opened above
            move_durably(self._path, place_of(folder, stored.sha256))
            self._path = None
            return stored

    def discard(self) -> None:
        """Let go of the file, and remove it unless it was kept."""
        with self._lock:
            self._closed = True
            if self._path is not None:
                self._path.unlink(missing_ok=True)
            if self._file is not None:
                with suppress(OSError):  # a full disk says so a second time while flushing
                    self._file.close()

    def _opened(self) -> BinaryIO:
        if self._closed:
            raise ValueError("The file was discarded.")
        if self._file is None:
            self._path, self._file = _create_locked(self._folder)
        return self._file


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
