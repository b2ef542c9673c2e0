"""Parts of a file are analysed alone, and nothing of them is missed."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobmill.samples import AudioTrack, Picture, Sound, Span, VideoTrack, make_sample
from tests.engines.scan.making import tone, wave
from tests.engines.scan.test_accuracy import assert_near

FORMATS = [
    ("a.m4a", "aac"),
    ("a.mkv", "aac"),
    ("a.ts", "aac"),
    ("a.wav", "pcm_s16le"),
    ("a.mp3", "libmp3lame"),
    ("a.flac", "flac"),
    ("a.avi", "pcm_s16le"),
]


def test_segments_are_analysed_alone_and_keep_the_times_of_the_file(
    tmp_path: Path, scan: Any
) -> None:
    audio = AudioTrack((Sound("stereo", 20.0), Sound("silence", 5.0), Sound("left", 5.0)))
    video = VideoTrack((Picture("scene", 600, 1), Picture("scene", 300, 2)), width=160, height=90)
    sample = make_sample(tmp_path / "a.mp4", (audio,), video)
    segments = [
        {"start_ms": 22000, "end_ms": 26000},
        {"start_ms": 25500, "end_ms": 27000},
        {"start_ms": 1000, "end_ms": 2000},
    ]
    found = scan(sample.path, "AUDIO_FORMAT", "SHOT_CHANGE_DETECTION", segments=segments)
    truth = [Span(1, 2, "stereo"), Span(22, 25, "silence"), Span(25, 27, "left-only")]
    assert_near(found.spans("AUDIO_FORMAT"), truth)
    shots = found.spans("SHOT_CHANGE_DETECTION")
    assert shots == [(1.0, 2.0, "shot"), (22.0, 27.0, "shot")]


@pytest.mark.parametrize(("name", "codec"), FORMATS)
def test_segments_close_to_each_other_miss_nothing_and_hear_no_silence(
    tmp_path: Path, scan: Any, name: str, codec: str
) -> None:
    path = make_sample(tmp_path / name, (AudioTrack((Sound("stereo", 16.0),), codec=codec),)).path
    parts = [(0, 2000), (2100, 4000), (4010, 4040), (4050, 6000), (13000, 15000)]
    segments = [{"start_ms": start, "end_ms": end} for start, end in parts]
    found = scan(path, "AUDIO_FORMAT", "SILENCE", segments=segments)
    truth = [(start / 1000, end / 1000, "stereo") for start, end in parts]
    assert found.spans("AUDIO_FORMAT") == truth
    assert found.spans("SILENCE") == []


def test_a_later_segment_makes_no_black_of_an_earlier_one_that_sounds(
    tmp_path: Path, scan: Any
) -> None:
    sound = AudioTrack((Sound("stereo", 8.0), Sound("silence", 8.0)))
    black = VideoTrack((Picture("black", 480, 1),), width=160, height=90)
    path = make_sample(tmp_path / "a.mp4", (sound,), black).path
    segments = [{"start_ms": 1000, "end_ms": 5000}, {"start_ms": 9000, "end_ms": 14000}]
    parameters = {"IN_BLACK": {"delay": 1}}
    found = scan(path, "IN_BLACK", parameters=parameters, segments=segments)
    assert found.spans("IN_BLACK") == [(9.0, 14.0, "black")]


@pytest.mark.parametrize("end", [2.5, 4.0, 6.1])
def test_the_loudness_of_a_segment_is_that_of_its_sound_alone(
    tmp_path: Path, scan: Any, end: float
) -> None:
    quiet, loud = tone(end, 1000, 0.05), tone(12 - end, 1000, 0.8)
    both = wave(tmp_path / "a.wav", np.concatenate([quiet, loud])[None, :], "mono")
    alone = wave(tmp_path / "b.wav", quiet[None, :], "mono")
    segments = [{"start_ms": 0, "end_ms": end * 1000}]
    cut = scan(both, "LOUDNESS", segments=segments).document["features"]["LOUDNESS"]["summary"]
    assert cut == scan(alone, "LOUDNESS").document["features"]["LOUDNESS"]["summary"]


def test_a_track_that_ends_early_does_not_use_up_the_later_segments(
    tmp_path: Path, scan: Any
) -> None:
    short, long = AudioTrack((Sound("stereo", 5.0),)), AudioTrack((Sound("stereo", 200.0),))
    path = make_sample(tmp_path / "a.mp4", (long, short)).path
    parts = [(0, 10), (60, 62), (150, 151), (199, 200)]
    segments = [{"start_ms": start * 1000, "end_ms": end * 1000} for start, end in parts]
    spans = scan(path, "AUDIO_FORMAT", segments=segments).spans("AUDIO_FORMAT")
    assert [(start, end) for start, end, _ in spans if start >= 10] == parts[1:]
    assert "silence" not in {label for *_, label in spans}


def test_the_picture_between_two_segments_belongs_to_both(tmp_path: Path, scan: Any) -> None:
    pictures = (Picture("scene", 5, 1), Picture("black", 30, 2), Picture("scene", 5, 3))
    video = VideoTrack(pictures, fps=Fraction(5), width=160, height=90)
    path = make_sample(tmp_path / "a.mp4", (), video).path
    parts = [(0, 2000), (2050, 4010), (4060, 6000)]
    segments = [{"start_ms": start, "end_ms": end} for start, end in parts]
    parameters = {"IN_BLACK": {"delay": 1}, "FREEZE": {"min_duration": 0}}
    found = scan(path, "IN_BLACK", "FREEZE", parameters=parameters, segments=segments)
    stood = found.spans("FREEZE")
    assert all(before[1] <= after[0] for before, after in pairwise(stood))
    assert found.spans("IN_BLACK") == [
        (1.0, 2.0, "black"),
        *((start / 1000, end / 1000, "black") for start, end in parts[1:]),
    ]


def test_a_segment_beyond_the_end_says_nothing_against_the_file(tmp_path: Path, scan: Any) -> None:
    track = AudioTrack((Sound("stereo", 16.0),), codec="adpcm_ms")
    path = make_sample(tmp_path / "a.wav", (track,)).path
    found = scan(path, "AUDIO_FORMAT", segments=[{"end_ms": 5000}, {"start_ms": 18000}])
    assert found.spans("AUDIO_FORMAT") == [(0.0, 5.0, "stereo")]
    assert found.document["media"]["duration_ms"] == pytest.approx(16000, abs=50)
    assert found.told.warnings == []


def test_progress_never_steps_back(tmp_path: Path, scan: Any) -> None:
    whole = make_sample(tmp_path / "a.mkv", (AudioTrack((Sound("stereo", 30.0),)),)).path
    data = whole.read_bytes()
    cut = tmp_path / "b.mkv"
    cut.write_bytes(data[: len(data) * 2 // 3])  # is read a second time, packet by packet
    steps = scan(cut, "AUDIO_FORMAT").told.steps["AUDIO_FORMAT"]
    assert all(before[0] <= after[0] for before, after in pairwise(steps))
