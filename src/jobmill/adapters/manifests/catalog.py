"""The engine catalog over folders: each holds engines in folders of their own, or is one itself.

Folders are looked through again when one has gained or lost an entry, or half a second has passed,
and a manifest is read again only when it changed: an engine can be used as soon as its folder
stands, without a restart.
"""

import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jobmill_engine.manifest import FILE_NAME, Manifest, ManifestInvalid, load_manifest

Stamp = tuple[int, int]
FRESH_SECONDS = 0.5


class FolderCatalog:
    """The `EngineCatalog` port. Of two engines with one id, the first found counts."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._places = tuple(str(folder) for folder in self._folders)
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[Stamp, Manifest | str]] = {}
        self._found: Mapping[str, Manifest] = {}
        self._fresh_until = 0.0
        self._seen: Sequence[int] = ()

    def manifests(self) -> Mapping[str, Manifest]:
        """All valid manifests by engine id."""
        seen = [_changed(place) for place in self._places]
        with self._lock:
            if time.monotonic() < self._fresh_until and seen == self._seen:
                return self._found
        found: dict[str, Manifest] = {}
        for _, entry in self._entries():
            if isinstance(entry, Manifest):
                found.setdefault(entry.id, entry)
        with self._lock:
            self._found, self._seen = found, seen
            self._fresh_until = time.monotonic() + FRESH_SECONDS
        return found

    def problems(self) -> Mapping[str, str]:
        """Manifest files that were passed over, and why."""
        problems: dict[str, str] = {}
        seen: dict[str, Path] = {}
        for file, entry in self._entries():
            if isinstance(entry, str):
                problems[str(file)] = entry
            elif entry.id in seen:
                problems[str(file)] = f"The id {entry.id!r} is taken by {seen[entry.id]}."
            else:
                seen[entry.id] = file
        return problems

    def _entries(self) -> list[tuple[Path, Manifest | str]]:
        with self._lock:
            return [(file, self._load(file)) for file in self._files()]

    def _files(self) -> list[Path]:
        files: list[Path] = []
        for folder in self._folders:
            own = folder / FILE_NAME
            files += [own] if own.is_file() else sorted(folder.glob(f"*/{FILE_NAME}"))
        return files

    def _load(self, file: Path) -> Manifest | str:
        try:
            stat = file.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            known = self._read.get(file)
            if known is None or known[0] != stamp:
                known = self._read[file] = (stamp, load_manifest(file))
            return known[1]
        except ManifestInvalid as invalid:
            return str(invalid)
        except OSError as error:
            return f"{file}: {error.strerror}"


def _changed(folder: str) -> int:
    """When an entry came or went last; 0 for a folder that is not there."""
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116  done several times for every job
    except OSError:
        return 0
