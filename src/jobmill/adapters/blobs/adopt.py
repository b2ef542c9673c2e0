"""Takes finished files into the blob store, by a rename where that is safe and a copy elsewhere.

The file was made by an engine, so nothing about it is trusted: it may be a link, a device, have a
second name, or still be written to. Blocking: call from a thread.
"""

import fcntl
import hashlib
import os
import secrets
import stat
from io import FileIO
from pathlib import Path

from jobmill.adapters.blobs.holds import Holds
from jobmill.adapters.blobs.incoming import (
    BLOB_MODE,
    IncomingFile,
    move_durably,
    place_of,
)
from jobmill.core.errors import Conflict, InputMissing, PathNotAllowed
from jobmill.core.items import StoredBytes

COPY_PIECE = 1024 * 1024


def adopt(path: Path, incoming: Path, folder: Path, holds: Holds) -> StoredBytes:
    """Take the file in below the organization's `folder`; afterwards `path` may be gone.

    Raises InputMissing, PathNotAllowed for what is not a plain file, and Conflict for one that is
    still being written.
    """
    with _opened(path) as file:
        facts = os.fstat(file.fileno())
        # Another name of the same file would let somebody change the blob later.
        if facts.st_nlink == 1 and facts.st_dev == incoming.stat().st_dev:
            return _move(path, file, facts, incoming, folder, holds)
        copy = _copied(file, incoming)
        try:
            return copy.keep_in(folder, holds)
        finally:
            copy.discard()


def _opened(path: Path) -> FileIO:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise InputMissing(f"There is no file {path.name!r} to keep.") from None
    except OSError:
        raise _not_plain(path) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _not_plain(path)
    return FileIO(handle, "rb")


def _move(
    path: Path,
    file: FileIO,
    before: os.stat_result,
    incoming: Path,
    folder: Path,
    holds: Holds,
) -> StoredBytes:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _still_written(path) from None
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    os.fchmod(file.fileno(), BLOB_MODE)
    os.fsync(file.fileno())
    held = incoming / secrets.token_hex(16)
    path.rename(held)
    after = held.lstat()
    if _content_of(after) != _content_of(before):
        held.unlink()
        raise _still_written(path)
    with holds.taking(sha256):
        move_durably(held, place_of(folder, sha256))
    return StoredBytes(sha256, before.st_size)


def copied(path: Path, incoming: Path) -> IncomingFile:
    """A copy of the file on its way, for stores that keep nothing here. Raises as `adopt`."""
    with _opened(path) as file:
        return _copied(file, incoming)


def _copied(file: FileIO, incoming: Path) -> IncomingFile:
    copy = IncomingFile(incoming)
    try:
        copy.write(b"")
        while piece := file.read(COPY_PIECE):
            copy.write(piece)
    except BaseException:
        copy.discard()
        raise
    return copy


def _content_of(facts: os.stat_result) -> tuple[int, int, int, int]:
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_nlink


def _not_plain(path: Path) -> PathNotAllowed:
    return PathNotAllowed(f"{path.name!r} is not a plain file. Write the bytes themselves.")


def _still_written(path: Path) -> Conflict:
    return Conflict(f"{path.name!r} is still being written. Close it before handing it over.")
