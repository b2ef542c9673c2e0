"""Broken, odd and hostile files: a right answer or a clear refusal, never a hang or a crash."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.scan.analyse import analyse
from jobmill_engines.scan.audio_format import GroupFormat
from jobmill_engines.scan.errors import DetectorFailed
from tests.engines.scan.conftest import Remembering

AUDIO = (AudioTrack((Sound("silence", 2.0), Sound("dual_mono", 2.0), Sound("stereo", 2.0))),)
VIDEO = VideoTrack((Picture("scene", 90, 1), Picture("scene", 90, 2)), width=320, height=180)
EVERYTHING = (
    "AUDIO_FORMAT",
    "IN_BLACK",
    "SHOT_CHANGE_DETECTION",
    "SILENCE",
    "FREEZE",
    "LOUDNESS",
)


def junk(seed: int, size: int) -> bytes:
    return np.random.default_rng(seed).bytes(size)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"ffconcat version 1.0\nfile secret.mkv\n", "not_media"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n", "not_media"),
        (b"<?xml version='1.0'?><MPD></MPD>", "not_media"),
        (b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n", "not_media"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nHello\n", "not_media"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "not_media"),
        (bytes(5000), "not_media"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + junk(1, 5000), "damaged"),
        ((b"\x47" + b"\xff" * 187) * 100, "damaged"),
    ],
)
def test_what_is_not_media_is_refused_whatever_its_name(
    tmp_path: Path, scan: Any, content: bytes, code: str
) -> None:
    path = tmp_path / "movie.mp4"
    path.write_bytes(content)
    with pytest.raises(MediaRejected) as refused:
        scan(path, "AUDIO_FORMAT")
    assert refused.value.code == code


def test_a_file_without_its_index_is_damaged(tmp_path: Path, scan: Any) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    path.write_bytes(path.read_bytes()[:60_000])
    with pytest.raises(MediaRejected) as refused:
        scan(path, "AUDIO_FORMAT")
    assert refused.value.code == "damaged"
    assert str(tmp_path) not in str(refused.value)


def test_a_file_cut_off_in_the_middle_is_analysed_as_far_as_it_goes(
    tmp_path: Path, scan: Any
) -> None:
    path = make_sample(tmp_path / "a.mkv", AUDIO, VIDEO).path
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    found = scan(path, *EVERYTHING)
    assert ("truncated", None) in found.told.warnings
    formats = found.spans("AUDIO_FORMAT")
    assert [label for *_, label in formats][:2] == ["silence", "mono"]
    assert formats[-1][1] == found.document["media"]["duration_ms"] / 1000 < 5


@pytest.mark.parametrize("name", ["a.ts", "a.mkv", "a.mp4", "a.avi"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_broken_bytes_in_the_middle_do_not_end_the_scan(
    tmp_path: Path, scan: Any, name: str, seed: int
) -> None:
    path = make_sample(tmp_path / name, AUDIO, VIDEO).path
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    for place in rng.integers(20_000, len(data) - 20_000, 150):
        data[place] = int(rng.integers(256))
    path.write_bytes(data)
    found = scan(path, *EVERYTHING)
    formats = found.spans("AUDIO_FORMAT")
    assert formats[0][0] == 0.0
    assert all(a[1] == b[0] for a, b in itertools.pairwise(formats))


@pytest.mark.parametrize(
    ("name", "track"),
    [
        ("a.wav", AudioTrack((Sound("stereo", 1.0),), codec="pcm_u8", rate=8000, layout="mono")),
        ("b.wav", AudioTrack((Sound("surround", 1.0),), codec="pcm_s16le", layout="7.1")),
        ("b.m4a", AudioTrack((Sound("surround", 1.0),), layout="7.1")),
        ("d.wav", AudioTrack((Sound("surround", 1.0),), codec="pcm_s16le", layout="hexadecagonal")),
        ("c.wav", AudioTrack((Sound("stereo", 0.01),), codec="pcm_s16le")),
    ],
)
def test_odd_audio_has_an_answer(tmp_path: Path, scan: Any, name: str, track: AudioTrack) -> None:
    found = scan(make_sample(tmp_path / name, (track,)).path, "AUDIO_FORMAT", "SILENCE")
    assert found.spans("AUDIO_FORMAT")[0][0] == 0.0


def test_pictures_alone_fail_the_audio_features_only(tmp_path: Path, scan: Any) -> None:
    found = scan(make_sample(tmp_path / "a.mp4", (), VIDEO).path, *EVERYTHING)
    assert set(found.document["features"]) == {"IN_BLACK", "SHOT_CHANGE_DETECTION", "FREEZE"}
    assert ("no_audio", "AUDIO_FORMAT") in found.told.warnings


def test_audio_asked_of_pictures_alone_is_refused(tmp_path: Path, scan: Any) -> None:
    path = make_sample(tmp_path / "a.mp4", (), VIDEO).path
    with pytest.raises(MediaRejected) as refused:
        scan(path, "AUDIO_FORMAT", "LOUDNESS")
    assert refused.value.code == "no_audio"


def test_a_single_frame_is_one_shot(tmp_path: Path, scan: Any) -> None:
    video = VideoTrack((Picture("scene", 1, 1),), width=64, height=48)
    found = scan(make_sample(tmp_path / "a.mp4", (), video).path, "SHOT_CHANGE_DETECTION")
    assert len(found.spans("SHOT_CHANGE_DETECTION")) == 1


def test_sound_that_ends_before_the_pictures_is_silent_to_the_end(
    tmp_path: Path, scan: Any
) -> None:
    audio = (AudioTrack((Sound("stereo", 2.0),)),)
    path = make_sample(tmp_path / "a.mp4", audio, VIDEO).path
    alone = scan(path, "AUDIO_FORMAT").spans("AUDIO_FORMAT")
    assert [label for *_, label in alone] == ["stereo", "silence"]
    assert alone[-1][1] == pytest.approx(180 * 1001 / 30000, abs=0.001)


def test_a_failing_detector_fails_its_feature_only(
    tmp_path: Path, scan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("broken on purpose")

    monkeypatch.setattr(GroupFormat, "feed", broken)
    path = make_sample(tmp_path / "a.wav", (AudioTrack(AUDIO[0].sounds, codec="pcm_s16le"),)).path
    found = scan(path, "AUDIO_FORMAT", "SILENCE")
    assert list(found.document["features"]) == ["SILENCE"]
    assert found.told.warnings == [("detector_failed", "AUDIO_FORMAT")]
    with pytest.raises(DetectorFailed):
        scan(path, "AUDIO_FORMAT")


def test_a_cancelled_scan_ends_with_the_listener_s_exception(tmp_path: Path) -> None:
    class Cancelled(BaseException):
        pass

    class Cancelling(Remembering):
        def check_cancelled(self) -> None:
            raise Cancelled

    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    with pytest.raises(Cancelled):
        analyse(path, EVERYTHING, {}, None, Cancelling())


@pytest.mark.parametrize(
    "parameters",
    [
        {"IN_BLACK": {"delay": -1}},
        {"SILENCE": {"threshold_db": "loud"}},
        {"AUDIO_FORMAT": {"compressed_channels": [0]}},
    ],
)
def test_a_bad_parameter_is_named(tmp_path: Path, scan: Any, parameters: Any) -> None:
    path = make_sample(tmp_path / "a.wav", (AudioTrack((Sound("left", 0.2),), codec="pcm_s16le"),))
    ((feature, fields),) = parameters.items()
    with pytest.raises(MediaRejected, match=f"{feature}.{next(iter(fields))}"):
        scan(path.path, "AUDIO_FORMAT", parameters=parameters)
