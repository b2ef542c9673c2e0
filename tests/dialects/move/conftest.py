"""One real server for the folder, with the motion engine but for its network, and a film."""

import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialects.move.speaking import Speaker, install_light_engine
from tests.engines.motion.made import film
from tests.running import Running, running

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("move") / "data"
    install_light_engine(data)
    with running(data, fetch_allow=LOOPBACK) as server:
        yield server


@pytest.fixture(scope="package")
def api(server: Running) -> Iterator[Speaker]:
    """A caller with the admin's key."""
    with Speaker(server.url, server.key) as speaker:
        yield speaker


@pytest.fixture(scope="package")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of a second."""
    return film(tmp_path_factory.mktemp("films") / "walk.mp4", sound=True)
