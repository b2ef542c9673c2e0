"""One server for all tests of a folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Gate, MakeGate, Running, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a worker."""
    data = tmp_path_factory.mktemp("server")
    (data / "media").mkdir()
    with running(data, max_upload=1_000_000, slots=4) as up:
        yield up


@pytest.fixture(scope="session")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server without a worker: its jobs stay queued."""
    with running(tmp_path_factory.mktemp("idle"), worker=False) as up:
        yield up


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[MakeGate]:
    """Makes gates for tasks to wait at."""
    made: list[Gate] = []

    def make() -> Gate:
        made.append(Gate(tmp_path))
        return made[-1]

    yield make
    for each in made:
        each.close()
