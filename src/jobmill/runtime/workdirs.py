"""The private folders in which attempts work. Knows nothing of attempts but their tokens.

Making and removing a folder costs more than all else around a small task, so that one which is left
empty after a success serves the next attempt of the same engine: as private as its warm process.
"""

import os
import shutil
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

JSON_INPUT = "input.json"


class WorkFolders:
    """Folders under one root, which belongs to one worker."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._spare: dict[str, list[Path]] = defaultdict(list)

    def take(self, engine: str, token: str) -> Path:
        """An empty folder of mode 0700. Raises OSError when there is no place for it."""
        if self._spare[engine]:
            return self._spare[engine].pop()
        folder = self._root / token
        folder.mkdir(parents=True, mode=0o700)
        return folder

    def give_back(self, engine: str, folder: Path, *, sound: bool) -> None:
        """The attempt is over; `sound`: its engine did what it should and may use it again."""
        place = str(folder)
        with suppress(OSError):
            with suppress(FileNotFoundError):
                os.unlink(f"{place}/{JSON_INPUT}")  # noqa: PTH108  done for every attempt
            if sound and not os.listdir(place):  # noqa: PTH208  nothing but the names
                self._spare[engine].append(folder)
                return
        shutil.rmtree(folder, ignore_errors=True)

    def clear(self) -> None:
        """Remove what is kept."""
        for folder in (folder for spare in self._spare.values() for folder in spare):
            shutil.rmtree(folder, ignore_errors=True)
        self._spare.clear()
