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
_PLAIN = stat.S_IFREG | 0o600
_JSON_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def put_json(folder: Path, text: bytes) -> Path:
    """Write a JSON input into a folder that was taken. Raises OSError."""
    # Plain calls: every small job comes by here, and a file object costs as much as the rest.
    place = folder / _JSON_INPUT
    left = memoryview(text)
    fd = os.open(place, _JSON_FLAGS, 0o600)
    try:
        while left:
            left = left[os.write(fd, left) :]
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
    names = os.listdir(folder)  # noqa: PTH208  nothing but the names
    if names == [_JSON_INPUT]:
        place = f"{folder}/{_JSON_INPUT}"
        found = os.lstat(place)
        if (found.st_mode, found.st_nlink) != (_PLAIN, 1):
            return False
        os.truncate(place, 1)  # to none at all costs as much as a new file on some file systems
        return True
    return not names
