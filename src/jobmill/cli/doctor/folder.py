"""Looks at the data folder: room, rights, locks that nobody holds. Changes nothing in it."""

import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jobmill.cli.doctor.finding import Finding, found
from jobmill.config import Settings

if TYPE_CHECKING:
    from jobmill.adapters.locks import DataFolder

LEAST_FREE = 2 * 2**30
LOCKS = Path("/proc/locks")


def look_at_folder(settings: Settings) -> Iterator[Finding]:
    """The data folder: there, ours, with room."""
    from jobmill.adapters.locks import DataFolder
    from jobmill.adapters.locks.data_folder import NETWORK_FILESYSTEMS, filesystem_of

    folder = DataFolder(settings.data)
    standing = next(place for place in (folder.path, *folder.path.parents) if place.exists())
    there = folder.path.is_dir()
    yield found(
        "data folder",
        os.access(standing, os.W_OK),
        str(folder.path) if there else f"{folder.path} (made by the first `jobmill serve`)",
        f"Let this user write to {standing}, or choose another with --data.",
    )
    kind = filesystem_of(standing)
    yield found(
        "file system",
        kind not in NETWORK_FILESYSTEMS,
        kind or "unknown",
        "SQLite loses data on network file systems: choose a local folder.",
    )
    free = shutil.disk_usage(standing).free
    yield found(
        "disk",
        free >= LEAST_FREE,
        f"{free / 2**30:.1f} GiB free",
        "Make room: uploads and results need some.",
        otherwise="warn",
    )
    if there:
        yield from _permissions(folder)
        yield from _locks(folder)


def _permissions(folder: "DataFolder") -> Iterator[Finding]:
    """Ours to write, and nobody else's to read."""
    places = (folder.path, folder.database, folder.blobs, folder.work, folder.engines)
    shut = [str(place) for place in places if place.exists() and not os.access(place, os.W_OK)]
    yield found(
        "writable",
        not shut,
        f"not by this user: {', '.join(shut)}" if shut else "all of it",
        f"Give it to the user that runs the server: chown -R USER {folder.path}",
    )
    mode = stat.S_IMODE(folder.path.stat().st_mode)
    yield found(
        "privacy",
        not mode & 0o077,
        f"{folder.path} ({mode:o})",
        f"Other users of this machine can read jobs and files: chmod 700 {folder.path}",
        otherwise="warn",
    )
    if folder.admin_key.exists():
        yield _key(folder.admin_key)


def _key(file: Path) -> Finding:
    mode = stat.S_IMODE(file.stat().st_mode)
    return found(
        "admin key",
        not mode & 0o077,
        f"{file} ({mode:o})",
        f"Others can read it: chmod 600 {file}",
    )


def _locks(folder: "DataFolder") -> Iterator[Finding]:
    """What processes that are gone have left. The next start clears it up; until then it misleads.

    The kernel's list is read: taking a lock to see whether it is free could stop a server's start.
    """
    held = _held_inodes()
    if held is None:
        return
    address = folder.path / "server.json"
    if address.exists() and not _is_held(folder.path / "server.lock", held):
        with suppress(OSError, ValueError):
            url = json.loads(address.read_text("utf-8")).get("url")
            fix = f"Start the server again, or remove {address}: clients look for it at {url}."
            yield Finding("stale lock", "warn", f"{address} names a server that is gone", fix)
    left = [
        engines.stem
        for engines in sorted((folder.path / "workers").glob("*.engines"))
        if any(engines.iterdir()) and not _is_held(engines.with_suffix(".lock"), held)
    ]
    yield found(
        "locks",
        not left,
        f"engines of dead workers are recorded: {', '.join(left)}" if left else "none is stale",
        "The next start of a server or worker ends those engines and gives their tasks on.",
        otherwise="warn",
    )


def _held_inodes() -> frozenset[int] | None:
    """The inodes of files that some process has locked; None where the kernel does not tell."""
    try:
        lines = LOCKS.read_text("utf-8").splitlines()
    except OSError:
        return None
    places = [word for line in lines for word in line.split() if word.count(":") == 2]
    return frozenset(int(place.rpartition(":")[2]) for place in places)


def _is_held(lock: Path, held: frozenset[int]) -> bool:
    return lock.exists() and lock.stat().st_ino in held
