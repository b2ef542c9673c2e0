"""Looks at the machine: Python, SQLite, decoders, the data folder, protections, engines."""

import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from jobmill.cli.doctor.finding import Finding, found
from jobmill.config import Settings

LEAST_FREE = 2 * 2**30
LEAST_SQLITE = (3, 35, 0)


def look_at_programs() -> Iterator[Finding]:
    """The programs and libraries that everything stands on."""
    import av

    yield found("python", True, f"{platform.python_version()} on {platform.platform()}")
    yield found(
        "sqlite",
        sqlite3.sqlite_version_info >= LEAST_SQLITE,
        sqlite3.sqlite_version,
        "Use a Python that is built with SQLite 3.35 or newer.",
    )
    versions = {
        name: ".".join(map(str, number)) for name, number in sorted(av.library_versions.items())
    }
    decoders = ", ".join(f"{name} {number}" for name, number in versions.items())
    yield found("decoders", True, f"PyAV {av.__version__} ({decoders})")
    missing = sorted({"h264", "hevc", "aac", "mp3", "flac"} - av.codecs_available)
    yield found(
        "codecs",
        not missing,
        f"missing: {', '.join(missing)}" if missing else "h264, hevc, aac, mp3, flac and more",
        "Install the PyAV wheel from the package registry.",
        otherwise="warn",
    )


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
    if folder.admin_key.exists():
        yield _key(folder.admin_key)
    for root in settings.roots:
        yield found(
            "media root",
            root.is_dir(),
            str(root),
            "Make the folder, or name another with --media-roots.",
            otherwise="warn",
        )


def _key(file: Path) -> Finding:
    mode = stat.S_IMODE(file.stat().st_mode)
    return found(
        "admin key",
        not mode & 0o077,
        f"{file} ({mode:o})",
        f"Others can read it: chmod 600 {file}",
    )


def look_at_protections() -> Iterator[Finding]:
    """What holds engines in, each really tried."""
    from jobmill.adapters.subprocess.protections import probe

    for each in probe():
        yield found(each.name, each.in_force, each.detail, each.fix, otherwise="warn")


def look_at_engines(settings: Settings) -> Iterator[Finding]:
    """Which engines are installed, and which manifests cannot be used."""
    from jobmill.bootstrap import engine_catalog

    catalog = engine_catalog(settings)
    names = [f"{each.id} {each.version}" for each in catalog.manifests().values()]
    yield found("engines", bool(names), ", ".join(names) or "none", "Install Jobmill again.")
    for file, problem in catalog.problems().items():
        yield Finding("manifest", "warn", problem, f"Correct or remove {file}.")
