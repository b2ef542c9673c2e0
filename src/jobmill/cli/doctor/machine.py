"""Looks at the machine: Python, SQLite, decoders, protections, engines."""

import platform
import sqlite3
from collections.abc import Iterator

from jobmill.cli.doctor.finding import Finding, found
from jobmill.config import Settings

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


def look_at_protections() -> Iterator[Finding]:
    """What holds engines in, each really tried."""
    from jobmill.adapters.subprocess.protections import probe

    for each in probe():
        yield found(each.name, each.in_force, each.detail, each.fix, otherwise="warn")


def look_at_models(settings: Settings) -> Iterator[Finding]:
    """Which engines have no model that they could work with."""
    from jobmill.adapters.models import ModelFolder, ModelState, load_catalogue, models_of

    folder, catalogue = ModelFolder(settings.models_folder), load_catalogue()
    usable = (ModelState.INSTALLED, ModelState.OWN)
    for engine in sorted({engine for entry in catalogue.values() for engine in entry.engines}):
        entries = models_of(engine, catalogue.values())
        there = [entry.name for entry in entries if folder.state(entry) in usable]
        names = " or ".join(entry.name for entry in entries)
        yield found(
            f"models of {engine}",
            bool(there),
            ", ".join(there) or f"none of {names}",
            f"Only if you want it: jobmill models install {entries[0].name} --to {folder.path}",
            otherwise="warn",
        )


def look_at_engines(settings: Settings) -> Iterator[Finding]:
    """Which engines are installed, and which manifests cannot be used."""
    from jobmill.bootstrap import engine_catalog

    catalog = engine_catalog(settings)
    names = [f"{each.id} {each.version}" for each in catalog.manifests().values()]
    yield found("engines", bool(names), ", ".join(names) or "none", "Install Jobmill again.")
    for file, problem in catalog.problems().items():
        yield Finding("manifest", "warn", problem, f"Correct or remove {file}.")
