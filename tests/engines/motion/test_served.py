"""Motion capture through a real server with the real model: a kill in the middle, a cancel."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobmill_client import Job, Jobmill
from tests.engines.installed import ModelsMissing, installed
from tests.engines.motion.figure import Camera, walk
from tests.engines.motion.rendering import frames, write_film
from tests.serving import ServerProcess

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
OUTPUTS = ["fbx", "bvh", "motion_data"]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds: a walk of one second, there and back again."""
    truth = walk(1.0, 30.0, heading=0.6)
    pictures = list(frames(truth, Camera(), 480, 360, 400.0))
    path = tmp_path_factory.mktemp("media") / "walk.mp4"
    return write_film(path, iter([*pictures, *pictures[::-1]] * 6), 30)


class Place:
    """A data folder whose server can be killed and started again."""

    def __init__(self, data: Path, film: Path) -> None:
        try:
            models = str(installed("blazepose"))
        except ModelsMissing as missing:
            pytest.skip(str(missing))
        self._settings = {"JOBMILL_MODELS": models, "JOBMILL_MEDIA_ROOTS": str(film.parent)}
        self._data = data
        self.film = film
        self.start()

    def start(self) -> None:
        self.server = ServerProcess(self._data, **self._settings)
        self.client = Jobmill(self.server.url, self.server.key)

    def kill(self) -> None:
        self.client.close()
        self.server.stop(signal.SIGKILL)

    def capture(self) -> Job:
        tasks = [{"name": "motion", "engine": "motion", "params": {"outputs": OUTPUTS}}]
        return self.client.jobs.create(input=self.film, tasks=tasks)

    def until(self, job: Job, reached: Callable[[float], bool]) -> None:
        """Wait until so many seconds of the film are done."""
        for _ in self.client.jobs.watch(job):
            parts = self.client.jobs.get(job).progress.features
            if any(reached(part.done) for part in parts):
                return
        raise AssertionError("the job ended before it could be disturbed")


@pytest.fixture
def place(tmp_path: Path, film: Path) -> Iterator[Place]:
    place = Place(tmp_path / "data", film)
    yield place
    place.client.close()
    place.server.stop()


def test_a_killed_server_captures_again_without_a_gap(place: Place) -> None:
    job = place.capture()
    place.until(job, lambda done: 1 < done < 10)
    place.kill()
    place.start()
    done = place.client.jobs.wait(job, timeout=600)
    assert done.state == "completed", done.reason
    (found,) = place.client.jobs.results(done)
    assert found.document["motion"]["frames"] == 360
    assert found.document["motion"]["gaps"] == []


def test_a_cancel_ends_it_soon(place: Place) -> None:
    job = place.capture()
    place.until(job, lambda done: 0 < done < 8)
    place.client.jobs.cancel(job)
    assert place.client.jobs.wait(job, timeout=60).state == "cancelled"
