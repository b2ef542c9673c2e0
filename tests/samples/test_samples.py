"""Samples hold what they say: judged by their raw samples and pictures, not by the engine."""

import itertools
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from jobmill.samples import AudioTrack, Picture, Sound, Span, VideoTrack, demo_media, make_sample

SOUNDS = (
    Sound("silence", 0.5),
    Sound("dual_mono", 0.5),
    Sound("stereo", 0.5),
    Sound("left", 0.5),
    Sound("right", 0.5),
)


def heard(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        frames = [frame.to_ndarray().reshape(-1, 2).T for frame in file.decode(audio=0)]
    return np.concatenate(frames, axis=1) / 32768


def seen(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="gray8").astype(int) for frame in file.decode(video=0)]


@pytest.mark.parametrize(
    ("index", "label", "left", "right", "alike"),
    [
        (0, "silence", False, False, True),
        (1, "mono", True, True, True),
        (2, "stereo", True, True, False),
        (3, "left-only", True, False, False),
        (4, "right-only", False, True, False),
    ],
)
def test_each_sound_is_what_its_label_says(
    tmp_path: Path, index: int, label: str, left: bool, right: bool, alike: bool
) -> None:
    sample = make_sample(tmp_path / "a.wav", (AudioTrack(SOUNDS, codec="pcm_s16le"),))
    span = sample.truth.audio_format[index]
    part = heard(sample.path)[:, round(span.start * 48000) : round(span.end * 48000)]
    assert span.label == label
    assert part.shape[1] == 24_000
    assert (np.abs(part[0]).max() > 0.1, np.abs(part[1]).max() > 0.1) == (left, right)
    assert np.array_equal(part[0], part[1]) == alike


def test_the_level_of_a_sound_is_the_level_asked_for(tmp_path: Path) -> None:
    track = AudioTrack((Sound("dual_mono", 1.0, level_db=-30.0),), codec="pcm_s16le")
    samples = heard(make_sample(tmp_path / "a.wav", (track,)).path)
    assert 10 * np.log10(np.mean(samples**2)) == pytest.approx(-30.0, abs=0.05)


def test_cuts_black_and_stillness_are_where_the_truth_says(tmp_path: Path) -> None:
    pictures = (
        Picture("scene", 20, 1),
        Picture("scene", 20, 2),
        Picture("hold", 20),
        Picture("black", 20),
    )
    video = VideoTrack(pictures, fps=Fraction(25), width=160, height=90, codec="ffv1")
    sample = make_sample(tmp_path / "a.mkv", (), video)
    frames = seen(sample.path)
    changes = [float(np.abs(b - a).mean()) for a, b in itertools.pairwise(frames)]
    starts = [round(span.start * 25) for span in sample.truth.shots]
    assert starts == [0, 20, 60]
    assert min(changes[19], changes[59]) > 3 * max(changes[:19])
    assert changes[39:59] == [0.0] * 20
    assert sample.truth.still[0].start == pytest.approx(39 / 25)
    assert sample.truth.black == (Span(60 / 25, 80 / 25, "black"),)
    assert max(frame.max() for frame in frames[60:]) <= 16


def test_the_truth_covers_the_file_without_holes(tmp_path: Path) -> None:
    for sample in demo_media(tmp_path):
        formats = sample.truth.audio_format
        assert (formats[0].start, formats[-1].end) == (0.0, pytest.approx(sample.truth.duration))
        assert all(one.end == other.start for one, other in itertools.pairwise(formats))
        with av.open(str(sample.path)) as file:
            assert file.duration is not None
            assert file.duration / 1e6 == pytest.approx(sample.truth.duration, abs=0.1)


def test_in_black_needs_both_darkness_and_silence_for_long_enough(tmp_path: Path) -> None:
    audio = AudioTrack((Sound("silence", 3.0), Sound("stereo", 1.0)))
    video = VideoTrack((Picture("scene", 25), Picture("black", 75)), fps=Fraction(25))
    truth = make_sample(tmp_path / "a.mp4", (audio,), video).truth
    assert [(span.start, span.end) for span in truth.in_black(2.0)] == [(1.0, 3.0)]
    assert truth.in_black(2.5) == ()


def test_the_same_description_makes_the_same_samples(tmp_path: Path) -> None:
    track = AudioTrack(SOUNDS, codec="pcm_s16le")
    first, second = (make_sample(tmp_path / name, (track,)) for name in ("a.wav", "b.wav"))
    assert np.array_equal(heard(first.path), heard(second.path))
