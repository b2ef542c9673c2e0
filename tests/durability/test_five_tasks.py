"""The job of five tasks, killed in the middle: words, times, order and files are as in peace."""

import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.durability.five_tasks import (
    AFTER,
    WHILE_BYTES_COME,
    FiveTasks,
    Source,
    create_job,
    drilled,
    serving,
)
from tests.durability.fleet import Book
from tests.engines.installed import ModelsMissing, installed
from tests.engines.transcribe.made import write_wav
from tests.engines.transcribe.speech import ENGLISH, EspeakMissing, speak, word_error_rate

RATE, SECONDS, GAP = 16000, 24, 0.73
MANIFEST = """
[engine]
id = "transcribe"
name = "Clicks"
category = "transcription"
version = "1"
license = "Apache-2.0"
command = ["{python}", "__main__.py"]
media_in = ["audio/*"]
media_out = ["application/json"]
modes = ["whole", "chunk"]
"""
EAR = """
import array, time, wave
from jobmill_engine import Engine, serve

class Ear(Engine):
    # A word for each click in the sound, where it is.
    def run(self, task):
        with wave.open(str(task.input().path)) as file:
            rate, sound = file.getframerate(), array.array("h", file.readframes(file.getnframes()))
        time.sleep(0.05)
        words, last = [], -rate
        for at, sample in enumerate(sound):
            if sample > 16000:
                if at - last > rate // 10:
                    start = at * 1000 / rate
                    words.append({"start_ms": start, "end_ms": start + 20, "text": "click",
                                  "confidence": 0.9})
                last = at
        return {"language": "en", "words": words}

serve(Ear)
"""


def clicks() -> list[float]:
    """When each click begins, in ms."""
    return [float(at * 1000) for at in np.arange(0.4, SECONDS - 0.2, GAP).round(4)]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    path = tmp_path_factory.mktemp("media") / "clicks.wav"
    sound = np.zeros(SECONDS * RATE, np.int16)
    for start in clicks():
        first = round(start * RATE / 1000)
        sound[first : first + 160] = 20000
    write_wav(path, sound, RATE)
    with serving(path) as source:
        yield source


@pytest.mark.parametrize(
    ("split", "moments"),
    [
        (False, ("the first bytes are kept", "half is heard")),
        (True, ("the rendition has begun", "the first words are there")),
    ],
    ids=["the server", "a worker"],
)
def test_clicks_are_the_same_though_it_is_killed_in_the_middle(
    tmp_path: Path, source: Source, split: bool, moments: tuple[str, ...]
) -> None:
    ear = tmp_path / "data" / "engines" / "transcribe"
    ear.mkdir(parents=True)
    (ear / "engine.toml").write_text(MANIFEST)
    (ear / "__main__.py").write_text(EAR)
    document = create_job(source.url, chunk_seconds=1, overlapping=True)
    five = FiveTasks(tmp_path / "data", split=split)
    try:
        calm = drilled(five, source, document)
        starts = [word["start_ms"] for word in calm.document["words"]]
        assert starts == pytest.approx(clicks(), abs=0.1)
        for moment in moments:
            assert drilled(five, source, document, moment) == calm, moment
        five.end(signal.SIGTERM)
        Book(five.data).check_whole()
    finally:
        five.end()


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    try:
        spoken = speak(tmp_path_factory.mktemp("media") / "speech.wav", ENGLISH)
    except EspeakMissing as missing:
        pytest.skip(str(missing))
    with serving(spoken.path) as source:
        yield source


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("split", [False, True], ids=["the server", "a worker"])
def test_a_transcript_is_the_same_though_it_is_killed_in_the_middle(
    tmp_path: Path, speech: Source, split: bool
) -> None:
    """With the engines that are bundled; as it is printed, and with stages that overlap."""
    try:
        models = installed("whisper-tiny-en")
    except ModelsMissing as missing:
        pytest.skip(str(missing))
    payload = 'model: "whisper-tiny-en", language: "en"'
    five = FiveTasks(tmp_path / "data", split=split, JOBMILL_MODELS=str(models))
    try:
        printed, overlapping = (
            create_job(speech.url, chunk_seconds=6, overlapping=overlapping, payload=payload)
            for overlapping in (False, True)
        )
        calm = drilled(five, speech, printed)
        assert word_error_rate(ENGLISH, calm.document["text"]) <= 0.12
        starts = [word["start_ms"] for word in calm.document["words"]]
        assert starts == sorted(starts)
        for moment in AFTER:
            assert drilled(five, speech, printed, moment) == calm, moment
        for moment in (None, *WHILE_BYTES_COME, *AFTER):
            assert drilled(five, speech, overlapping, moment) == calm, moment
        five.end(signal.SIGTERM)
        Book(five.data).check_whole()
    finally:
        five.end()
