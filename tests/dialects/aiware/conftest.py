"""One real server for the folder, with a user who can sign in, small engines that stand in for the
large ones, and a place on loopback from which media are fetched."""

import contextlib
import ipaddress
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jobmill.samples import AudioTrack, Sound, make_sample
from tests.dialects.aiware.speaking import EMAIL, PASSWORD, Speaker
from tests.running import Gate, MakeGate, Running, running

ENGINES = Path(__file__).parent / "engines"
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
SECONDS = 65


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("aiware") / "data"
    shutil.copytree(ENGINES, data / "engines")
    with running(data, fetch_allow=LOOPBACK) as server:
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
def gates(tmp_path: Path) -> Iterator[MakeGate]:
    """Makes pipes at which tasks of the engine `gate` wait."""
    made: list[Gate] = []

    def make() -> Gate:
        made.append(Gate(tmp_path))
        return made[-1]

    yield make
    for gate in made:
        gate.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address at which a folder's files can be fetched."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="package")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a minute of sound."""
    folder = tmp_path_factory.mktemp("media")
    track = AudioTrack((Sound("dual_mono", SECONDS),), codec="pcm_s16le", rate=16000)
    make_sample(folder / "speech.wav", (track,))
    with serving(folder) as url:
        yield f"{url}/speech.wav"
