"""Folders of models for engines: an empty one, and the real ones."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engines.installed import ModelsMissing, installed

Install = Callable[..., Path]


@pytest.fixture
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without models or libraries, named by JOBMILL_MODELS."""
    home = tmp_path / "models"
    home.mkdir()
    monkeypatch.setenv("JOBMILL_MODELS", str(home))
    return home


@pytest.fixture
def real_models(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Call it with names of models: they are installed, and JOBMILL_MODELS names their folder."""

    def install(*names: str) -> Path:
        try:
            folder = installed(*names)
        except ModelsMissing as missing:
            pytest.skip(str(missing))
        monkeypatch.setenv("JOBMILL_MODELS", str(folder))
        return folder

    return install
