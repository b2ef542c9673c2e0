"""The scan says what was put into a file, whatever the codec, rate and layout."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from jobmill.samples import AudioTrack, Picture, Sound, Span, VideoTrack, demo_media, make_sample

NEAR = 0.033
FRAME = 0.001

MIXED = (
    Sound("silence", 1.0),
    Sound("stereo", 1.5),
    Sound("left", 1.0),
    Sound("dual_mono", 1.0),
    Sound("right", 0.7),
    Sound("silence", 0.8),
    Sound("dual_mono", 0.0667),
    Sound("dither", 1.0),
    Sound("near_mono", 1.0),
)


def assert_near(
    found: Sequence[tuple[float, float, str]], truth: Sequence[Span], near: float = NEAR
) -> None:
    """The same labels in the same order, each boundary within `near` seconds."""
    padded = len(found) == len(truth) + 1 and found[-1][2] == "silence"
    if padded and found[-1][1] - found[-1][0] < 0.09:  # a codec's padding after the last sample
        found = found[:-1]
    assert [label for *_, label in found] == [span.label for span in truth]
    for (start, end, _), span in zip(found, truth, strict=True):
        assert start == pytest.approx(span.start, abs=near)
        assert end == pytest.approx(span.end, abs=max(near, 0.09 if span is truth[-1] else 0))


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.m4a", "aac", 48000),
        ("b.m4a", "aac", 44100),
        ("c.wav", "pcm_s16le", 48000),
        ("d.wav", "pcm_u8", 22050),
        ("e.flac", "flac", 96000),
        ("f.mp3", "libmp3lame", 44100),
        ("g.mka", "ac3", 48000),
        ("h.mka", "libopus", 48000),
        ("i.mov", "pcm_s24le", 48000),
        ("j.ts", "mp2", 48000),
    ],
)
def test_audio_formats_are_found_in_every_codec_and_rate(
    tmp_path: Path, scan: Any, name: str, codec: str, rate: int
) -> None:
    sounds = tuple(s for s in MIXED if not (codec == "pcm_u8" and s.kind == "dither"))
    sample = make_sample(tmp_path / name, (AudioTrack(sounds, codec=codec, rate=rate),))
    found = scan(sample.path, "AUDIO_FORMAT").spans("AUDIO_FORMAT")
    assert_near(found, sample.truth.audio_format)
    assert found[0][0] == 0.0


def test_dual_mono_noise_stays_mono_through_a_coder_that_replaces_noise(
    tmp_path: Path, scan: Any
) -> None:
    sounds = (Sound("dual_mono_noise", 3.0), Sound("stereo", 2.0), Sound("dual_mono_noise", 2.0))
    sample = make_sample(tmp_path / "a.m4a", (AudioTrack(sounds, bit_rate=64_000),))
    assert_near(scan(sample.path, "AUDIO_FORMAT").spans("AUDIO_FORMAT"), sample.truth.audio_format)


def test_a_decaying_sound_ends_once(tmp_path: Path, scan: Any) -> None:
    sounds = (Sound("decay", 4.0), Sound("dither", 1.0))
    sample = make_sample(tmp_path / "a.m4a", (AudioTrack(sounds),))
    labels = [label for *_, label in scan(sample.path, "AUDIO_FORMAT").spans("AUDIO_FORMAT")]
    assert labels == ["mono", "silence"]


def test_one_channel_is_mono(tmp_path: Path, scan: Any) -> None:
    sounds = (Sound("silence", 1.0), Sound("dual_mono", 1.0))
    sample = make_sample(tmp_path / "a.m4a", (AudioTrack(sounds, layout="mono"),))
    assert_near(scan(sample.path, "AUDIO_FORMAT").spans("AUDIO_FORMAT"), sample.truth.audio_format)


def test_tracks_are_named_together(tmp_path: Path, scan: Any) -> None:
    tracks = (
        AudioTrack((Sound("surround", 2.0), Sound("silence", 2.0)), layout="5.1", codec="ac3"),
        AudioTrack((Sound("silence", 1.0), Sound("stereo", 3.0)), codec="ac3"),
    )
    sample = make_sample(tmp_path / "a.mkv", tracks)
    labels = [label for *_, label in scan(sample.path, "AUDIO_FORMAT").spans("AUDIO_FORMAT")]
    assert labels[:3] == ["5.1", "5.1 Stereo", "stereo"]


def test_a_second_language_is_a_second_programme(tmp_path: Path, scan: Any) -> None:
    sounds = (Sound("stereo", 1.0),)
    tracks = (AudioTrack(sounds, language="eng"), AudioTrack(sounds, language="spa"))
    sample = make_sample(tmp_path / "a.mkv", tracks)
    assert scan(sample.path, "AUDIO_FORMAT").spans("AUDIO_FORMAT")[0][2] == "Stereo SAP"


def test_mono_tracks_side_by_side_are_one_programme(tmp_path: Path, scan: Any) -> None:
    tracks = tuple(
        AudioTrack((Sound(kind, 1.0),), layout="mono", codec="pcm_s16le")
        for kind in ("dual_mono", "silence")
    )
    sample = make_sample(tmp_path / "a.mov", tracks)
    assert scan(sample.path, "AUDIO_FORMAT").spans("AUDIO_FORMAT")[0][2] == "left-only"


def test_compressed_channels_are_left_out(tmp_path: Path, scan: Any) -> None:
    track = AudioTrack((Sound("stereo", 1.0),), codec="pcm_s16le")
    sample = make_sample(tmp_path / "a.wav", (track,))
    found = scan(
        sample.path, "AUDIO_FORMAT", parameters={"AUDIO_FORMAT": {"compressed_channels": [2]}}
    )
    assert found.spans("AUDIO_FORMAT") == [(0.0, 1.0, "left-only")]


def test_the_demonstration_is_found_as_it_was_made(tmp_path: Path, scan: Any) -> None:
    features = ("AUDIO_FORMAT", "IN_BLACK", "SHOT_CHANGE_DETECTION", "FREEZE", "SILENCE")
    for sample in demo_media(tmp_path):
        found = scan(sample.path, *features, "LOUDNESS")
        assert found.told.warnings == []
        assert_near(found.spans("AUDIO_FORMAT"), sample.truth.audio_format)
        assert_near(found.spans("IN_BLACK"), sample.truth.in_black())
        assert_near(found.spans("SHOT_CHANGE_DETECTION"), sample.truth.shots, FRAME)
        assert_near(found.spans("FREEZE"), sample.truth.frozen(), FRAME)
        assert set(found.told.steps) == {*features, "LOUDNESS"}


@pytest.mark.parametrize(
    ("fps", "pixel_format", "skip"),
    [
        (Fraction(25), "yuv420p", None),
        (Fraction(50), "yuv422p10le", None),
        (Fraction(60000, 1001), "yuv444p", None),
        (Fraction(24000, 1001), "yuv420p", 5),
    ],
)
def test_cuts_are_found_to_the_frame(
    tmp_path: Path, scan: Any, fps: Fraction, pixel_format: str, skip: int | None
) -> None:
    pictures = (
        Picture("scene", 44, seed=1),
        Picture("scene", 31, seed=2),
        Picture("flash", 30),
        Picture("noisy_black", 30),
        Picture("scene", 41, seed=3),
    )
    video = VideoTrack(pictures, fps=fps, pixel_format=pixel_format, skip=skip)
    sample = make_sample(tmp_path / "a.mkv", (), video)
    found = scan(sample.path, "SHOT_CHANGE_DETECTION").spans("SHOT_CHANGE_DETECTION")
    near = 0.0011 if skip is None else float(1 / fps) + 0.001
    assert_near(found, sample.truth.shots, near)


def test_a_noisy_black_is_black_and_a_dark_grey_is_not(tmp_path: Path, scan: Any) -> None:
    video = VideoTrack((Picture("noisy_black", 60), Picture("scene", 60, seed=1)))
    sample = make_sample(tmp_path / "a.mp4", (), video)
    black = {"IN_BLACK": {"delay": 1.0}}
    found = scan(sample.path, "IN_BLACK", parameters=black).spans("IN_BLACK")
    assert_near(found, sample.truth.in_black(1.0))
    strict = {"IN_BLACK": {"delay": 1.0, "black_value": 10}}
    assert scan(sample.path, "IN_BLACK", parameters=strict).spans("IN_BLACK") == []


def test_black_with_sound_is_not_in_black(tmp_path: Path, scan: Any) -> None:
    audio = AudioTrack((Sound("dual_mono", 2.0), Sound("silence", 2.0)))
    sample = make_sample(tmp_path / "a.mp4", (audio,), VideoTrack((Picture("black", 120),)))
    found = scan(sample.path, "IN_BLACK", parameters={"IN_BLACK": {"delay": 1.0}})
    assert_near(found.spans("IN_BLACK"), sample.truth.in_black(1.0))


@pytest.mark.parametrize(("level", "expected"), [(-23.0, -23.0 + 3.01), (-33.0, -33.0 + 3.01)])
def test_a_tone_has_the_loudness_its_level_says(
    tmp_path: Path, scan: Any, level: float, expected: float
) -> None:
    """BS.1770: a stereo sine of 1 kHz at -23 dBFS peak measures -23.0 LUFS; ours is RMS."""
    track = AudioTrack((Sound("reference", 5.0, level_db=level),), codec="pcm_s16le")
    sample = make_sample(tmp_path / "a.wav", (track,))
    (measured,) = scan(sample.path, "LOUDNESS").document["features"]["LOUDNESS"]["tracks"]
    assert measured["integrated_lufs"] == pytest.approx(expected, abs=0.1)
    assert measured["true_peak_dbtp"] == pytest.approx(expected, abs=0.1)
