"""A caller of /edge/v1 at the folder's server, and a text to translate."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialects.aiware.conftest import serving
from tests.dialects.aiware.edge.speaking import Edge
from tests.dialects.aiware.speaking import Speaker
from tests.running import Gate, Running


@pytest.fixture(scope="package")
def edge(server: Running, api: Speaker) -> Iterator[Edge]:
    """A caller with a session token."""
    with Edge(server.url, api.token) as edge:
        yield edge


@pytest.fixture(scope="package")
def spanish(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a text."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "spanish.txt").write_text("El puerto duerme.\n", encoding="utf-8")
    with serving(folder) as url:
        yield f"{url}/spanish.txt"


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """Where a task of engine `gate` waits."""
    gate = Gate(tmp_path)
    yield gate
    gate.close()
