"""A data folder and engines for real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.engines import Engines


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[Engines]:
    """The engines; whatever happens in the test, none of their processes is left behind."""
    engines = Engines.make(tmp_path / "engines")
    yield engines
    for process in engines.processes():
        process.kill()
