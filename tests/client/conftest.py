"""One real server for all tests of the client."""

from collections.abc import Iterator

import pytest

from jobmill_client import Jobmill
from tests.serving import Drill, ServerProcess, install_drill


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    data = tmp_path_factory.mktemp("client") / "data"
    install_drill(data / "engines")
    with ServerProcess(data) as running:
        assert isinstance(running, ServerProcess)
        yield running


@pytest.fixture
def client(server: ServerProcess) -> Iterator[Jobmill]:
    with Jobmill(server.url, server.key) as made:
        yield made


@pytest.fixture
def drill(tmp_path: object) -> Drill:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    return Drill(tmp_path)
