"""What becomes of a file: times, windows, chunks, silence, what is no sound. Without a model."""

from pathlib import Path

import numpy as np
import pytest

from jobmill.samples import Picture, VideoTrack, make_sample
from jobmill_engine import InputRejected
from jobmill_engine.protocol import Progress, Warn
from jobmill_engines.transcribe import windows as windowing
from jobmill_engines.transcribe.windows import RATE, quietest, windows
from tests.engines.transcribe.conftest import Transcribe
from tests.engines.transcribe.made import clicks


def test_words_have_times_confidence_and_language(transcribe: Transcribe, tmp_path: Path) -> None:
    ran = transcribe(clicks(tmp_path / "a.wav", 3, [500, 2000]))
    assert ran.document == {
        "language": "es",
        "languages": [{"language": "es", "confidence": 0.75}],
        "words": [
            {"start_ms": 450.0, "end_ms": 550.0, "text": "click", "confidence": 0.5},
            {"start_ms": 1950.0, "end_ms": 2050.0, "text": "click", "confidence": 0.5},
        ],
        "text": "click click",
        "summary": {"model": "mine"},
    }


def test_silence_has_no_words_and_no_language(transcribe: Transcribe, tmp_path: Path) -> None:
    ran = transcribe(clicks(tmp_path / "a.wav", 2, []))
    assert ran.document == {"words": [], "text": "", "summary": {"model": "mine"}}


def test_progress_is_told_in_ms_of_sound(transcribe: Transcribe, tmp_path: Path) -> None:
    ran = transcribe(clicks(tmp_path / "a.wav", 3, [500]))
    steps = [each for each in ran.sent if isinstance(each, Progress)]
    assert {step.unit for step in steps} == {"ms"}
    assert (steps[-1].done, steps[-1].total) == (3000.0, 3000.0)


def test_a_long_file_is_heard_in_windows_and_its_times_go_on(
    transcribe: Transcribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windowing, "LONGEST", 10 * RATE)
    at = [1000, 9000, 12_000, 25_000, 38_000]
    ran = transcribe(clicks(tmp_path / "a.wav", 40, at))
    assert ran.starts == [each - 50 for each in at]
    sizes = [size for size, _, _ in ran.heard[0].asked]
    assert max(sizes) <= 10 * RATE
    assert sum(sizes) == 40 * RATE
    assert [language for _, language, _ in ran.heard[0].asked] == [None, *["es"] * (len(sizes) - 1)]


def test_without_word_times_there_is_the_text(transcribe: Transcribe, tmp_path: Path) -> None:
    ran = transcribe(clicks(tmp_path / "a.wav", 2, [500]), {"word_times": False})
    assert "words" not in ran.document
    assert ran.document["text"] == "click"


OVERLAPPING = {"start_ms": 9000, "end_ms": 13_000, "own_start_ms": 10_000, "own_end_ms": 12_000}


def test_a_chunk_tells_the_words_of_its_own_span_and_half_a_second_around_it(
    transcribe: Transcribe, tmp_path: Path
) -> None:
    path = clicks(tmp_path / "a.wav", 4, [400, 500, 1000, 2000, 2999, 3000, 3500])
    ran = transcribe(path, mode="chunk", meta=OVERLAPPING)
    assert ran.starts == [450.0, 950.0, 1950.0, 2949.0, 2950.0]
    assert ran.document["text"] == "click click click"  # those whose middle is its own
    assert ran.document["own"] == [1000.0, 3000.0]


def test_a_chunk_without_word_times_keeps_to_its_own_too(
    transcribe: Transcribe, tmp_path: Path
) -> None:
    path = clicks(tmp_path / "a.wav", 4, [500, 1500])
    ran = transcribe(path, {"word_times": False}, mode="chunk", meta=OVERLAPPING)
    assert ran.document["text"] == "click"
    assert "words" not in ran.document


def test_a_chunk_without_a_span_of_its_own_keeps_all(
    transcribe: Transcribe, tmp_path: Path
) -> None:
    path = clicks(tmp_path / "a.wav", 2, [100, 1900])
    ran = transcribe(path, mode="chunk", meta={"start_ms": 60_000, "end_ms": 62_000})
    assert ran.starts == [50.0, 1850.0]


def test_every_word_of_overlapping_chunks_is_there_once(
    transcribe: Transcribe, tmp_path: Path
) -> None:
    at = [float(each) for each in range(100, 20_000, 330)]
    found: list[float] = []
    for number in range(4):
        own = (number * 5000, number * 5000 + 5000)
        start, end = max(0, own[0] - 1000), min(20_000, own[1] + 1000)
        inside = [each - start for each in at if start <= each < end]
        path = clicks(tmp_path / f"{number}.wav", (end - start) / 1000, inside)
        meta = {"start_ms": start, "end_ms": end, "own_start_ms": own[0], "own_end_ms": own[1]}
        ran = transcribe(path, mode="chunk", meta=meta)
        middles = [each + 50 + start for each in ran.starts]
        found += [each for each in middles if own[0] <= each < own[1]]
    assert found == at


def test_a_file_without_sound_is_rejected_and_a_chunk_without_has_no_words(
    transcribe: Transcribe, tmp_path: Path
) -> None:
    silent = make_sample(
        tmp_path / "a.mp4", video=VideoTrack((Picture("scene", 10, 1),), width=160, height=90)
    ).path
    with pytest.raises(InputRejected, match="no audio track") as rejected:
        transcribe(silent)
    assert rejected.value.code == "no_audio"
    ran = transcribe(silent, mode="chunk", meta={"start_ms": 0, "end_ms": 1000})
    assert ran.document["words"] == []
    assert [each.code for each in ran.sent if isinstance(each, Warn)] == ["no_audio"]


def test_a_track_that_is_not_there_is_named(transcribe: Transcribe, tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="track must be below 1"):
        transcribe(clicks(tmp_path / "a.wav", 1, []), {"track": 3})


@pytest.mark.parametrize("data", [b"", b"#!/bin/sh\n", b"RIFF\0\0\0\0WAVEfmt "])
def test_what_is_no_sound_is_rejected(transcribe: Transcribe, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    with pytest.raises(InputRejected):
        transcribe(path)


def test_sound_at_any_rate_keeps_its_times(transcribe: Transcribe, tmp_path: Path) -> None:
    samples = np.zeros(44_100 * 2, np.int16)
    samples[44_100 : 44_100 + 441] = 30_000  # ten ms, since a single sample is smoothed away
    from tests.engines.transcribe.made import write_wav

    ran = transcribe(write_wav(tmp_path / "a.wav", samples, 44_100))
    assert abs(ran.starts[0] + 50 - 1000) < 1
    assert abs(ran.starts[-1] + 50 - 1010) < 1


def test_windows_are_cut_where_it_is_quietest() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 100 * RATE).astype(np.float32)
    noise[52 * RATE : 53 * RATE] = 0
    first, *rest = windows(np.split(noise, 100), longest=60 * RATE)
    assert 52.1 * RATE <= first.samples.size <= 52.9 * RATE
    assert [each.start for each in rest] == [first.samples.size]
    assert sum(each.samples.size for each in (first, *rest)) == noise.size


def test_a_tail_too_short_for_a_pause_is_not_cut() -> None:
    assert quietest(np.zeros(RATE, np.float32), RATE - 100) == RATE
