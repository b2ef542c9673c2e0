"""Texts and frames through a real server: what one engine finds goes on to the next."""

import json
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from jobmill_client import Jobmill
from tests.engines.conftest import Install
from tests.engines.installed import ModelsMissing, installed
from tests.engines.ocr.made import FontMissing, picture
from tests.serving import ServerProcess

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]
WORDS = ["The", "book", "is", "wonderful.", "My", "brother", "has", "a", "horrible", "house."]


@pytest.fixture(autouse=True)
def models(real_models: Install) -> None:
    """The libraries that draw pictures are those of `ocr`."""
    real_models("rapidocr")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobmill]:
    try:
        models = installed("text", "entities-en", "rapidocr")
    except ModelsMissing as missing:
        pytest.skip(str(missing))
    roots = str(tmp_path_factory.getbasetemp())
    data = tmp_path_factory.mktemp("data")
    server = ServerProcess(data, JOBMILL_MODELS=str(models), JOBMILL_MEDIA_ROOTS=roots)
    with Jobmill(server.url, server.key) as client:
        yield client
    server.stop()


def documents(client: Jobmill, path: Path, **graph: Any) -> dict[str, dict[str, Any]]:
    """What each task of the job found."""
    done = client.jobs.wait(client.jobs.create(input=path, **graph), timeout=400)
    assert done.state == "completed", done.reason
    return {each.task: dict(each.document) for each in client.jobs.results(done)}


def test_a_transcript_is_translated_and_then_looked_into(client: Jobmill, tmp_path: Path) -> None:
    if shutil.which("apertium") is None:
        pytest.skip("Apertium is not here: apt-get install apertium apertium-eng-spa")
    words = [
        {"start_ms": 500 * n, "end_ms": 500 * n + 400, "text": word} for n, word in enumerate(WORDS)
    ]
    file = tmp_path / "transcript.json"
    file.write_text(json.dumps({"language": "en", "words": words}))
    tasks = [
        {"name": "mood", "engine": "sentiment"},
        {"name": "spanish", "engine": "translate", "params": {"target": "es"}},
        {"name": "language", "engine": "text-language"},
        {"name": "about", "engine": "keywords", "params": {"entities": False}},
    ]
    routes = [{"from": "spanish", "to": "language"}, {"from": "spanish.text", "to": "about"}]
    found = documents(client, file, tasks=tasks, routes=routes)
    glad, sad = (each["sentiment"]["compound"] for each in found["mood"]["objects"])
    assert glad > 0 > sad
    assert [each["start_ms"] for each in found["spanish"]["objects"]] == [0, 2000]


def test_the_text_in_a_video_s_frames_has_their_times(client: Jobmill, tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    try:
        film(file, ["", "Harbour report", "Harbour report", ""])
    except FontMissing as missing:
        pytest.skip(str(missing))
    tasks = [
        {"name": "frames", "engine": "chunker", "params": {"template": "frame"}},
        {"name": "read", "engine": "ocr"},
        {"name": "all", "engine": "output-writer"},
    ]
    routes = [{"from": "frames", "to": "read"}, {"from": "read", "to": "all"}]
    (seen, *more) = documents(client, file, tasks=tasks, routes=routes)["all"]["objects"]
    assert seen["text"] == "Harbour report"
    assert seen["start_ms"] == 1000
    assert all(each["text"] == "Harbour report" for each in more)


def film(path: Path, seconds: list[str]) -> None:
    """A video that shows each text for a second."""
    with av.open(str(path), "w") as container:
        stream = cast(VideoStream, container.add_stream("libx264", rate=Fraction(10)))
        stream.width, stream.height, stream.pix_fmt = 1000, 700, "yuv420p"
        for text in seconds:
            shown = np.asarray(picture([(text, (100, 80))] if text else []))
            for _ in range(10):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(stream.encode(None))
