"""Speech through a real server: a whole file, the chunked pipeline, and the server killed in it."""

import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from jobmill_client import Job, Jobmill
from tests.engines.transcribe.installed import ModelsMissing, installed_models
from tests.engines.transcribe.speech import (
    ENGLISH,
    EspeakMissing,
    Spoken,
    plain_words,
    speak,
    word_error_rate,
)
from tests.serving import ServerProcess

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]
PARAMS = {"model": "whisper-tiny-en"}
PIPELINE: dict[str, Any] = {
    "tasks": [
        {"name": "cut", "engine": "chunker", "params": {"chunk_seconds": 12}},
        {"name": "words", "engine": "transcribe", "params": PARAMS, "max_engines": 2},
        {"name": "all", "engine": "output-writer"},
    ],
    "routes": [{"from": "cut", "to": "words"}, {"from": "words", "to": "all"}],
}


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    try:
        return speak(tmp_path_factory.mktemp("media") / "en.wav", ENGLISH)
    except EspeakMissing as missing:
        pytest.skip(str(missing))


class Place:
    """A data folder whose server can be killed and started again."""

    def __init__(self, data: Path, roots: Path) -> None:
        try:
            models = str(installed_models())
        except ModelsMissing as missing:
            pytest.skip(str(missing))
        self._settings = {"JOBMILL_MODELS": models, "JOBMILL_MEDIA_ROOTS": str(roots)}
        self._data = data
        self.start()

    def start(self) -> None:
        self.server = ServerProcess(self._data, **self._settings)
        self.client = Jobmill(self.server.url, self.server.key)

    def kill(self) -> None:
        self.client.close()
        self.server.stop(signal.SIGKILL)


@pytest.fixture
def place(tmp_path: Path, english: Spoken) -> Iterator[Place]:
    place = Place(tmp_path / "data", english.path.parent)
    yield place
    place.client.close()
    place.server.stop()


def ended(client: Jobmill, job: Job) -> Job:
    """The job when it has ended."""
    return client.jobs.wait(job, timeout=400)


def document(client: Jobmill, job: Job, task: str) -> dict[str, Any]:
    """What a task of a completed job found."""
    done = ended(client, job)
    assert done.state == "completed", done.reason
    (found,) = [each for each in client.jobs.results(done) if each.task == task]
    return dict(found.document)


def test_a_whole_file_becomes_words(place: Place, english: Spoken) -> None:
    tasks = [{"name": "words", "engine": "transcribe", "params": PARAMS}]
    job = place.client.jobs.create(input=english.path, tasks=tasks)
    found = document(place.client, job, "words")
    assert word_error_rate(english.text, found["text"]) <= 0.12
    assert len(found["words"]) > 0.9 * len(plain_words(english.text))
    tasks = [{"name": "words", "engine": "transcribe", "params": {"model": "absent"}}]
    failed = ended(place.client, place.client.jobs.create(input=english.path, tasks=tasks))
    assert failed.reason is not None
    assert failed.reason.code == "model_missing"


def test_the_pipeline_gives_the_same_words_though_the_server_is_killed_in_it(
    place: Place, english: Spoken
) -> None:
    calm = document(place.client, place.client.jobs.create(input=english.path, **PIPELINE), "all")
    assert word_error_rate(english.text, calm["text"]) <= 0.12
    assert in_order(calm["words"])
    job = place.client.jobs.create(input=english.path, **PIPELINE)
    until_some_words(place.client, job)
    place.kill()
    place.start()
    assert document(place.client, job, "all") == calm


def in_order(words: Sequence[dict[str, Any]]) -> bool:
    starts = [word["start_ms"] for word in words]
    return starts == sorted(starts)


def until_some_words(client: Jobmill, job: Job) -> None:
    """Wait until a chunk has been heard, and others have not."""
    for _ in client.jobs.watch(job):
        parts = [each for each in client.jobs.get(job).progress.features if each.task == "words"]
        if parts and 0 < parts[0].done < (parts[0].total or 0):
            return
    raise AssertionError("the job ended before it could be disturbed")
