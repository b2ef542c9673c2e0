"""A package index of our own: a folder that pip is pointed at, with wheels made on the spot."""

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from jobmill.adapters.models import ModelEntry, ModelFolder
from jobmill.adapters.models.catalogue import Extra, Package


@dataclass(frozen=True)
class Index:
    """The folder. `wheel` adds a package with these members."""

    folder: Path

    def wheel(
        self,
        name: str,
        members: Mapping[str, bytes],
        version: str = "1.0",
        tag: str = "py3-none-any",
    ) -> Package:
        stem = f"{name.replace('-', '_')}-{version}"
        path = self.folder / f"{stem}-{tag}.whl"
        told = {
            "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            "WHEEL": f"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: {tag}\n",
            "RECORD": "",
        }
        with zipfile.ZipFile(path, "w") as archive:
            for member, data in members.items():
                archive.writestr(member, data)
            for member, text in told.items():
                archive.writestr(f"{stem}.dist-info/{member}", text)
        return Package(name, version, path.name, hashlib.sha256(path.read_bytes()).hexdigest())

    def clear(self) -> None:
        """Nothing can be had any more."""
        for wheel in self.folder.iterdir():
            wheel.unlink()


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return Index(folder)


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    return ModelFolder(tmp_path / "models")


@pytest.fixture
def entry(index: Index, tmp_path: Path) -> ModelEntry:
    """A model in two parts, with one library that it needs."""
    first = index.wheel(
        "weights-one", {"one/a.bin": b"first ", "one/words.txt": b"a b", "one/x": b""}
    )
    second = index.wheel("weights-two", {"two/b.bin": b"second", "two/tree/leaf": b"green"})
    library = index.wheel("jobmill-test-library", {"jobmill_test_library.py": b"there = True\n"})
    requirements = tmp_path / "lib.txt"
    requirements.write_text(f"{library.name}==1.0 --hash=sha256:{library.sha256}\n")
    files = {
        "model.bin": ("one/a.bin", "two/b.bin"),
        "words.txt": ("one/words.txt",),
        "trees/": ("two/tree/",),
    }
    extra = Extra("lib", ("jobmill_test_library",), 1, requirements)
    return ModelEntry("parrot", "talking", ("talk",), "MIT", 1, extra, (first, second), files)


@pytest.fixture
def plain(index: Index) -> ModelEntry:
    """A model in one package that needs no libraries: one call of pip."""
    package = index.wheel("plain-weights", {"plain/a.bin": b"weights"})
    files = {"model.bin": ("plain/a.bin",)}
    return ModelEntry("crow", "cawing", ("talk",), "MIT", 1, None, (package,), files)
