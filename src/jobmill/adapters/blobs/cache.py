"""Files of blobs that lie elsewhere, for engines that read files: a folder of bounded size.

The one that was not used for longest goes first; one that is in use stays, in whatever process.
Blocking: call from a thread.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jobmill.adapters.blobs.incoming import IncomingFile, place_of


class BlobCache:
    """`root/<organization>/<ab>/<sha256>`; `limit` is in bytes, of all files together."""

    def __init__(self, root: Path, limit: int) -> None:
        self._root = root
        self._limit = limit

    @contextmanager
    def used(self, folder: str, sha256: str) -> Iterator[Path | None]:
        """The file, which stays until the block ends; None when it is not there."""
        place = self._place(folder, sha256)
        try:
            handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            yield None
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            # It may have gone between the two; the next look fetches it again.
            gone = os.fstat(handle).st_nlink == 0
            if not gone:
                os.utime(handle)
            yield None if gone else place
        finally:
            os.close(handle)

    def keep(self, folder: str, sha256: str, file: IncomingFile, size: int) -> None:
        """Take a finished file in, and make room for it."""
        self._make_room(size)
        file.move_to(self._place(folder, sha256))

    def forget(self, folder: str, sha256: str) -> None:
        """Remove the file, if there is one; who reads it reads on."""
        self._place(folder, sha256).unlink(missing_ok=True)

    def _make_room(self, size: int) -> None:
        found = []
        for place in self._root.glob("[0-9]*/[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):
                facts = place.stat()
                found.append((facts.st_mtime_ns, facts.st_size, place))
        excess = sum(each[1] for each in found) + size - self._limit
        for _, freed, place in sorted(found):
            if excess <= 0:
                return
            if _remove_unused(place):
                excess -= freed

    def _place(self, folder: str, sha256: str) -> Path:
        return place_of(self._root / folder, sha256)


def _remove_unused(place: Path) -> bool:
    try:
        handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        place.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
