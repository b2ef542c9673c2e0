"""The private folders in which attempts work. Knows nothing of attempts but their tokens.

Making and removing folders and files costs more than all else around a small task, so that a folder
which is left empty after a success serves the next attempt of the same engine, and the file in it
that held a JSON input holds the next one: as private as the engine's warm process.
"""

import os
import shutil
import stat
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

_JSON_INPUT = "input.json"
_PLAIN, _PRIVATE = stat.S_IFREG | 0o600, stat.S_IFDIR | 0o700
_OURS = os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""Opened so, what an engine put in the place of the file leads nowhere else and holds nobody up."""


def put_json(folder: Path, text: bytes) -> Path:
    """Write a JSON input into a folder that was taken. Raises OSError."""
    # Plain calls: every small job comes by here, and a file object costs as much as the rest.
    place = folder / _JSON_INPUT
    left = memoryview(text)
    fd = os.open(place, _OURS | os.O_CREAT, 0o600)
    try:
        while left:
            left = left[os.write(fd, left) :]
        if os.fstat(fd).st_size > len(text):  # written to since it was given back
            os.ftruncate(fd, len(text))
    finally:
        os.close(fd)
    return place


def drop_json(folder: Path) -> None:
    """This attempt has no JSON input: nothing of an earlier one's stays."""
    (folder / _JSON_INPUT).unlink(missing_ok=True)


class WorkFolders:
    """Folders under one root, which belongs to one worker."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._spare: dict[str, list[Path]] = defaultdict(list)

    def take(self, engine: str, token: str) -> Path:
        """A folder of mode 0700, empty but for a blank JSON input. Raises OSError without room."""
        if self._spare[engine]:
            return self._spare[engine].pop()
        folder = self._root / token
        folder.mkdir(parents=True, mode=0o700)
        return folder

    def give_back(self, engine: str, folder: Path, *, sound: bool) -> None:
        """The attempt is over; `sound`: its engine did what it should and may use it again."""
        with suppress(OSError):
            if sound and _blank(str(folder)):
                self._spare[engine].append(folder)
                return
        shutil.rmtree(folder, ignore_errors=True)

    def clear(self) -> None:
        """Remove what is kept."""
        for folder in (folder for spare in self._spare.values() for folder in spare):
            shutil.rmtree(folder, ignore_errors=True)
        self._spare.clear()


def _blank(folder: str) -> bool:
    """Nothing is left but perhaps the JSON input, and of that one byte."""
    if os.lstat(folder).st_mode != _PRIVATE:
        return False
    names = os.listdir(folder)  # noqa: PTH208  nothing but the names
    return not names or (names == [_JSON_INPUT] and _emptied(f"{folder}/{_JSON_INPUT}"))


def _emptied(place: str) -> bool:
    """Cut a JSON input to its first byte, if it still is the file that was made."""
    # Not by its path: an engine may put a link there meanwhile, or hold a lease on the file, for
    # which the kernel would let us wait.
    fd = os.open(place, _OURS)
    try:
        found = os.fstat(fd)
        if (found.st_mode, found.st_nlink) != (_PLAIN, 1):
            return False
        os.ftruncate(fd, 1)  # to none at all costs as much as a new file on some file systems
    finally:
        os.close(fd)
    return True
