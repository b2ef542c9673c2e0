"""The folder of models: what is in it, and whose. Downloads nothing.

A model is a folder of its name. One that `install` made carries a mark; any other is the user's own
and is used as it is. Libraries lie beside them in `.libraries/EXTRA/PYTHON`.
"""

import fcntl
import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from jobmill.adapters.models.catalogue import Extra, ModelEntry
from jobmill.adapters.models.pip import sha256_of

MARK = ".jobmill-model.json"


class ModelState(StrEnum):
    """How a model stands in the folder."""

    ABSENT = "absent"
    INSTALLED = "installed"
    INCOMPLETE = "incomplete"  # its libraries are missing, or it is of another version
    OWN = "own"


class FolderBusy(Exception):
    """Another `jobmill models` works on the same folder."""


class ModelFolder:
    """One folder of models, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.downloads = self.path / ".downloads"

    def place(self, name: str) -> Path:
        """Where the model of that name lies, or would."""
        return self.path / name

    def staging(self, name: str) -> Path:
        """Where it is put together."""
        return self.path / f".incomplete-{name}"

    def state(self, entry: ModelEntry) -> ModelState:
        """Whether an engine can use the model: its files, and its libraries."""
        state = self.files_state(entry)
        if state is not ModelState.ABSENT and not self.has_libraries(entry.extra):
            return ModelState.INCOMPLETE if entry.packages else ModelState.ABSENT
        return state

    def files_state(self, entry: ModelEntry) -> ModelState:
        """How the model stands but for its libraries; without files of its own it is installed."""
        if not entry.packages:
            return ModelState.INSTALLED
        if not self.place(entry.name).is_dir():
            return ModelState.ABSENT
        mark = self.mark(entry.name)
        if mark is None:
            return ModelState.OWN
        same = mark.get("packages") == [package.sha256 for package in entry.packages]
        return ModelState.INSTALLED if same else ModelState.INCOMPLETE

    def own(self) -> list[str]:
        """The names of the user's own folders."""
        if not self.path.is_dir():
            return []
        folders = [each for each in self.path.iterdir() if not each.name.startswith(".")]
        return sorted(each.name for each in folders if each.is_dir() and not self.mark(each.name))

    def mark(self, name: str) -> Mapping[str, Any] | None:
        """What `install` wrote down about a model; None for the user's own, or none at all."""
        try:
            found = json.loads((self.place(name) / MARK).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def libraries(self, extra: Extra) -> Path:
        """Where an extra lies for this Python."""
        return self.path / ".libraries" / extra.name / str(sys.implementation.cache_tag)

    def has_libraries(self, extra: Extra | None) -> bool:
        """Whether the extra is in the folder as locked, or importable anyway."""
        if extra is None or all(map(importlib.util.find_spec, extra.modules)):
            return True
        mark = self.libraries(extra) / MARK
        try:
            known = json.loads(mark.read_text(encoding="utf-8"))["requirements"]
        except (OSError, ValueError, KeyError):
            return False
        return bool(known == sha256_of(extra.requirements))

    def remove(self, path: Path) -> None:
        """Take something away at once, and then its bytes."""
        waste = self.staging(f"removed-{path.name}")
        shutil.rmtree(waste, ignore_errors=True)
        path.rename(waste)
        shutil.rmtree(waste)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder, made if need be, for one change. Raises FolderBusy, OSError."""
        self.path.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise FolderBusy(
                f"Another command installs or removes models in {self.path}; wait for its end."
            ) from None
        finally:
            os.close(handle)
