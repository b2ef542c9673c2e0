"""Real models on speech of known words and times. Part of the full suite: models are large.

What was seen (espeak-ng 1.51): word error rate 5.5 % with whisper-tiny-en, 2.8 % with whisper-base;
half of the words begin within 120 ms and 60 ms of the truth. The limits leave room for another
voice of espeak's.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jobmill_engines.transcribe
from jobmill_engine import InputRejected, PlatformFailed, Task
from jobmill_engine.protocol import InputFile, Output, Run
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.chunker.engine import Chunker
from jobmill_engines.transcribe.engine import TranscribeEngine
from tests.engines.transcribe.installed import ModelsMissing, installed_models
from tests.engines.transcribe.made import RATE, write_wav
from tests.engines.transcribe.speech import (
    ENGLISH,
    SPANISH,
    EspeakMissing,
    Spoken,
    border_faults,
    matched_onsets,
    plain_words,
    speak,
    word_error_rate,
    word_errors,
)

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]
TINY, BASE = "whisper-tiny-en", "whisper-base"


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    return spoken_into(tmp_path_factory.mktemp("speech") / "en.wav", ENGLISH, "en-us", 150)


def spoken_into(path: Path, text: str, voice: str, pace: int) -> Spoken:
    try:
        return speak(path, text, voice, pace)
    except EspeakMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> Path:
    try:
        folder = installed_models()
    except ModelsMissing as missing:
        pytest.skip(str(missing))
    monkeypatch.setenv("JOBMILL_MODELS", str(folder))
    return folder


ENGINE = TranscribeEngine()


def run(
    path: Path,
    folder: Path,
    *,
    engine: TranscribeEngine = ENGINE,
    meta: Mapping[str, Any] | None = None,
    **parameters: Any,
) -> dict[str, Any]:
    """The document of a file; with `meta`, of a chunk."""
    number = None if meta is None else 0
    given = InputFile("in", str(path), "audio/wav", path.name, number, dict(meta or {}))
    mode = None if meta is None else "chunk"
    task = Task(Run("a", (), parameters, (given,), str(folder), mode), lambda _: None)
    return dict(engine.run(task if meta is None else task.of_chunk(task.chunks()[0])))


@pytest.mark.parametrize(
    ("model", "errors", "half_ms", "most_ms"), [(TINY, 0.12, 200, 400), (BASE, 0.07, 120, 350)]
)
def test_english_is_heard_right_and_in_time(
    english: Spoken, tmp_path: Path, model: str, errors: float, half_ms: float, most_ms: float
) -> None:
    document = run(english.path, tmp_path, model=model)
    assert word_error_rate(english.text, document["text"]) <= errors
    assert document["language"] == "en"
    off = [abs(heard - true) for true, heard in matched_onsets(english, document["words"])]
    assert len(off) > 0.8 * len(english.onsets)
    assert np.median(off) <= half_ms
    assert np.quantile(off, 0.9) <= most_ms
    words = document["words"]
    assert all(0 <= word["confidence"] <= 1 for word in words)
    assert all(word["start_ms"] <= word["end_ms"] for word in words)
    assert sorted(word["start_ms"] for word in words) == [word["start_ms"] for word in words]


def test_spanish_is_detected_and_heard(tmp_path: Path) -> None:
    spoken = spoken_into(tmp_path / "es.wav", SPANISH, "es", 120)
    document = run(spoken.path, tmp_path, model=BASE)
    assert document["language"] == "es"
    assert document["languages"][0]["confidence"] > 0.5
    assert word_error_rate(spoken.text, document["text"]) <= 0.2


def test_the_small_model_refuses_another_language_by_name(english: Spoken, tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="English only"):
        run(english.path, tmp_path, model=TINY, language="es")


def test_a_fresh_process_hears_the_same_words(english: Spoken, tmp_path: Path) -> None:
    first = run(english.path, tmp_path, model=TINY)
    assert run(english.path, tmp_path, model=TINY) == first
    assert run(english.path, tmp_path, engine=TranscribeEngine(), model=TINY) == first


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_where_nobody_speaks_there_are_no_words(tmp_path: Path, noise: float) -> None:
    samples = np.random.default_rng(1).normal(0, noise * 32_767, 40 * RATE).astype(np.int16)
    document = run(write_wav(tmp_path / "a.wav", samples, RATE), tmp_path, model=TINY)
    assert document["words"] == []
    assert document["text"] == ""


def test_the_words_of_chunks_are_those_of_the_whole(english: Spoken, tmp_path: Path) -> None:
    """Cut about every 12 s by the chunker: at no border a word is lost, or there twice."""
    said, words, borders = plain_words(english.text), list[str](), list[int]()
    for path, meta in chunks_of(english.path, tmp_path, chunk_seconds=12):
        borders.append(len(words))
        document = run(path, tmp_path, meta=meta, model=TINY)
        words += [
            text
            for word in document["words"]
            if is_own(word, document)
            for text in plain_words(word["text"])
        ]
    assert len(borders) >= 4
    assert border_faults(said, words, borders[1:]) == []
    whole = plain_words(run(english.path, tmp_path, model=TINY)["text"])
    assert word_errors(said, words) <= word_errors(said, whole) + 4


def is_own(word: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether a chunk's word counts."""
    low, high = document["own"]
    return bool(low <= (word["start_ms"] + word["end_ms"]) / 2 < high)


def chunks_of(path: Path, folder: Path, **parameters: Any) -> list[tuple[Path, dict[str, Any]]]:
    """The chunker's parts with their meta."""
    made: list[Output] = []
    given = InputFile("in", str(path), "audio/wav", path.name)
    run = Run("c", (), parameters, (given,), str(folder))
    Chunker().run(Task(run, lambda sent: made.append(sent) if isinstance(sent, Output) else None))
    return [(folder / each.path, dict(each.meta or {})) for each in made]


def test_it_is_an_engine_as_the_kit_wants_it(english: Spoken) -> None:
    folder = Path(jobmill_engines.transcribe.__file__).parent
    assert_conforms(folder, [Sample(english.path, parameters={"model": TINY})], timeout=180)


HOUR = """
import json, resource, sys
from pathlib import Path
from tests.engines.transcribe.test_speech import run
document = run(Path(sys.argv[1]), Path(sys.argv[2]), model="whisper-tiny-en")
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"words": document["words"], "memory_mb": most}))
"""


def test_an_hour_takes_no_more_memory_than_ten_minutes(english: Spoken, tmp_path: Path) -> None:
    """One sentence every ten minutes, silence between: the hour in memory would be 230 MB more."""
    told = {minutes: heard_apart(english, tmp_path, minutes) for minutes in (10, 60)}
    assert len(told[60]["words"]) > 4 * len(told[10]["words"]) > 0
    assert told[60]["words"][-1]["start_ms"] > 50 * 60_000
    assert told[60]["memory_mb"] < told[10]["memory_mb"] + 60


def heard_apart(english: Spoken, folder: Path, minutes: int) -> dict[str, Any]:
    """What a process of its own hears, and the most memory it had."""
    path = folder / f"{minutes}.flac"
    made = subprocess.run(
        [sys.executable, "-c", SPREAD, str(english.path), str(path), str(minutes)],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    done = subprocess.run(
        [sys.executable, "-c", HOUR, str(path), str(folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


SPREAD = """
import sys, av, numpy as np
with av.open(sys.argv[1]) as file:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=16000)
    frames = [each for frame in file.decode(audio=0) for each in resampler.resample(frame)]
speech = np.concatenate([each.to_ndarray().reshape(-1) for each in frames])[: 16000 * 5]
with av.open(sys.argv[2], "w") as out:
    stream = out.add_stream("flac", rate=16000, layout="mono")
    for minute in range(int(sys.argv[3])):
        sound = np.zeros(16000 * 60, np.int16)
        if minute % 10 == 5:
            sound[16000 : 16000 + speech.size] = speech
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 16000, minute * 16000 * 60
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))
"""


def test_a_folder_that_is_no_such_model_is_named(
    english: Spoken, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "models"
    home.mkdir()
    (home / ".libraries").symlink_to(models / ".libraries")
    (home / "half").mkdir()
    monkeypatch.setenv("JOBMILL_MODELS", str(home))
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        with pytest.raises(PlatformFailed, match=f"half.*lacks {name[:5]}") as failed:
            run(english.path, tmp_path, engine=TranscribeEngine(), model="half")
        assert failed.value.code == "model_unusable"
        (home / "half" / name).write_bytes(b"{}")
    with pytest.raises(PlatformFailed, match="cannot be loaded"):
        run(english.path, tmp_path, engine=TranscribeEngine(), model="half")
