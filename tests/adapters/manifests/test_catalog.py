"""Engines are seen as soon as their folders stand, and manifests are not read over and over."""

import os
from pathlib import Path

from jobmill.adapters.manifests import FolderCatalog

MANIFEST = """
[engine]
id = "{id}"
name = "One"
category = "utility"
version = "1.0.0"
license = "Apache-2.0"
description = "Does nothing."
command = ["true"]
"""


def add(folder: Path, name: str) -> None:
    ready = folder.parent / f"{name}.new"
    ready.mkdir()
    (ready / "engine.toml").write_text(MANIFEST.format(id=name), "utf-8")
    before = folder.stat().st_mtime_ns
    ready.rename(folder / name)
    # The clock of a file system may tick slower than this test runs.
    os.utime(folder, ns=(before + 1_000_000, before + 1_000_000))


def test_an_engine_is_there_as_soon_as_its_folder_is(tmp_path: Path) -> None:
    home = tmp_path / "engines"
    catalog = FolderCatalog([home])
    assert not catalog.manifests()
    home.mkdir()
    for count in range(1, 4):
        add(home, f"e{count}")
        assert len(catalog.manifests()) == count


def test_what_has_not_changed_is_not_looked_through_again(tmp_path: Path) -> None:
    home = tmp_path / "engines"
    home.mkdir()
    add(home, "one")
    catalog = FolderCatalog([home])
    assert catalog.manifests() is catalog.manifests()
