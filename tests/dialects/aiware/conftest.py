"""One real server for the folder, with a user who can sign in and an engine that does as told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialects.aiware.speaking import EMAIL, PASSWORD, Speaker
from tests.running import Running, running


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("aiware")
    with running(data / "data", fetch_allow=("127.0.0.0/8",)) as server:
        user = {"name": "jdoe", "email": EMAIL, "password": PASSWORD, "admin": True}
        answer = server.client.post("/api/v1/users", json=user)
        assert answer.status_code == 201, answer.text
        yield server


@pytest.fixture(scope="package")
def api(server: Running) -> Iterator[Speaker]:
    """A caller with the session token of the user."""
    with Speaker(server.url) as speaker:
        speaker.login()
        yield speaker


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
