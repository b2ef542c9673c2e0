"""A real server with the real model on a data folder, which can be killed and started again."""

import io
import signal
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import pytest

from jobmill_client import Job, Jobmill
from jobmill_engines.motion.rotations import Array
from tests.engines.installed import ModelsMissing, installed
from tests.engines.motion.figure import Camera, walk
from tests.engines.motion.made import joints_of
from tests.engines.motion.rendering import frames, write_film
from tests.serving import ServerProcess

OUTPUTS = ["fbx", "glb", "bvh", "motion_data"]


def walking_film(path: Path, seconds: int = 12) -> Path:
    """A walk of one second, there and back again."""
    truth = walk(1.0, 30.0, heading=0.6)
    pictures = list(frames(truth, Camera(), 480, 360, 400.0))
    return write_film(path, iter([*pictures, *pictures[::-1]] * (seconds // 2)), 30)


class Place:
    """A data folder and its server; films lie in the folder `media`."""

    def __init__(self, data: Path, media: Path) -> None:
        try:
            models = str(installed("blazepose"))
        except ModelsMissing as missing:
            pytest.skip(str(missing))
        self._settings = {"JOBMILL_MODELS": models, "JOBMILL_MEDIA_ROOTS": str(media)}
        self.data = data
        self.start()

    def start(self) -> None:
        self.server = ServerProcess(self.data, **self._settings)
        self.client = Jobmill(self.server.url, self.server.key)

    def kill(self) -> None:
        """As a power cut would, but for what the kernel has still to write."""
        self.client.close()
        self.server.stop(signal.SIGKILL)

    def end(self) -> None:
        self.client.close()
        self.server.stop()

    def capture(self, film: Path, **params: Any) -> Job:
        """Submit a capture of a film; retried once."""
        wanted = {"outputs": OUTPUTS, **params}
        task = {"name": "motion", "engine": "motion", "params": wanted, "max_retries": 1}
        return self.client.jobs.create(input=film, tasks=[task])

    def until(self, job: Job, reached: Callable[[float], bool]) -> None:
        """Wait until so many seconds of the film are done."""
        for _ in self.client.jobs.watch(job):
            parts = self.client.jobs.get(job).progress.features
            if any(reached(part.done) for part in parts):
                return
        raise AssertionError("the job ended before it could be disturbed")

    def ended(self, job: Job) -> Job:
        return self.client.jobs.wait(job, timeout=900)

    def document(self, job: Job) -> Mapping[str, Any]:
        """What a job that completed found."""
        done = self.ended(job)
        assert done.state == "completed", done.reason
        (found,) = self.client.jobs.results(done)
        return found.document

    def files(self, job: Job) -> Mapping[str, str | None]:
        """The hash of each file by its port."""
        return {part.port: part.sha256 for part in self.client.jobs.parts(job, "motion")}

    def joints(self, job: Job) -> Array:
        """Where the joints are in each frame (T, 22, 3), as motion data have it."""
        (part,) = (p for p in self.client.jobs.parts(job, "motion") if p.port == "motion_data")
        key = {"Authorization": f"Bearer {self.server.key}"}
        answer = httpx2.get(urljoin(self.server.url, part.content), headers=key, timeout=60)
        with zipfile.ZipFile(io.BytesIO(answer.raise_for_status().content)) as archive:
            return joints_of(archive.read("joints.csv").decode())

    def logged(self, job: Job) -> str:
        """What the last attempt said."""
        last = self.client.jobs.attempts(job)[-1]
        return "\n".join(line.text for line in self.client.jobs.log(last))
