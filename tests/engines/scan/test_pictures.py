"""Pictures that are not plain: covers, fields, other sizes, gradual changes, damage."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill.samples.picture import Scene
from jobmill_engines.media.errors import MediaRejected
from tests.engines.scan.making import broken, one_after_the_other

TWO = (Picture("scene", 150, 1), Picture("scene", 150, 2))
SHOTS = "SHOT_CHANGE_DETECTION"


def cuts(found: Any) -> list[float]:
    return [start for start, *_ in found.spans(SHOTS)][1:]


def test_cover_art_is_not_a_moving_picture(tmp_path: Path, scan: Any) -> None:
    path = tmp_path / "a.m4a"
    with av.open(str(path), "w", format="mp4") as made:
        sound = made.add_stream("aac", rate=48000, layout="stereo")
        cover = made.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8)).reformat(
            format="yuvj420p"
        )
        made.mux(cover.encode(picture))
        made.mux(cover.encode(None))
        samples = np.random.default_rng(1).standard_normal((1, 96_000)).astype(np.float32) / 10
        frame = av.AudioFrame.from_ndarray(samples, "flt", "stereo")
        frame.sample_rate = 48000
        made.mux(sound.encode(frame))
        made.mux(sound.encode(None))
    found = scan(path, "AUDIO_FORMAT", SHOTS)
    assert list(found.document["features"]) == ["AUDIO_FORMAT"]
    assert found.told.warnings == [("no_video", SHOTS)]
    with pytest.raises(MediaRejected) as refused:
        scan(path, SHOTS)
    assert refused.value.code == "no_video"


def test_a_change_of_size_in_mid_file_is_one_cut(tmp_path: Path, scan: Any) -> None:
    parts = [
        make_sample(
            tmp_path / f"{width}.ts",
            (),
            VideoTrack((Picture("scene", 90, seed),), width=width, height=height),
        ).path
        for seed, width, height in ((1, 320, 180), (2, 640, 360))
    ]
    path = one_after_the_other(parts, tmp_path / "both.ts")
    assert cuts(scan(path, SHOTS)) == [pytest.approx(90 * 1001 / 30000, abs=0.07)]


def test_interlaced_pictures_have_their_cuts_and_no_others(tmp_path: Path, scan: Any) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as made:
        stream = made.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.codec_context.flags |= av.codec.context.Flags.interlaced_dct
        scenes = [Scene(seed, 320, 180) for seed in (1, 2)]
        for number in range(120):
            planes = [scenes[number // 60].frame(2 * number + field)[0] for field in (0, 1)]
            woven = planes[0].copy()
            woven[1::2] = planes[1][1::2]
            _, u, v = scenes[number // 60].frame(2 * number)
            frame = av.VideoFrame.from_ndarray(
                np.concatenate([woven.ravel(), u.ravel(), v.ravel()]).reshape(270, 320),
                format="yuv420p",
            )
            frame.pts, frame.time_base = number, Fraction(1, 25)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    assert cuts(scan(path, SHOTS)) == [pytest.approx(60 / 25, abs=0.002)]


@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuvj420p", "yuv444p"])
def test_every_depth_and_range_gives_the_same_black_and_cuts(
    tmp_path: Path, scan: Any, pixel_format: str
) -> None:
    pictures = (Picture("scene", 45, 1), Picture("black", 45), Picture("scene", 45, 2))
    codec = "mjpeg" if pixel_format == "yuvj420p" else "libx264"
    video = VideoTrack(pictures, fps=Fraction(30), codec=codec, pixel_format=pixel_format)
    path = make_sample(tmp_path / "a.mkv", (), video).path
    found = scan(path, SHOTS, "IN_BLACK", parameters={"IN_BLACK": {"delay": 1.0}})
    assert cuts(found) == pytest.approx([1.5, 3.0], abs=0.002)
    assert found.spans("IN_BLACK")[0][:2] == pytest.approx((1.5, 3.0), abs=0.002)


@pytest.mark.parametrize("length", [15, 25, 40])
def test_a_dissolve_is_one_change_near_its_middle(tmp_path: Path, scan: Any, length: int) -> None:
    pictures = (Picture("static", 90, 1), Picture("dissolve", length, 2), Picture("hold", 90))
    path = make_sample(tmp_path / "a.mp4", (), VideoTrack(pictures, fps=Fraction(25))).path
    assert cuts(scan(path, SHOTS)) == [pytest.approx((90 + length / 2) / 25, abs=0.3)]


def test_a_fade_to_black_is_a_change_and_so_is_the_cut_from_it(tmp_path: Path, scan: Any) -> None:
    pictures = (
        Picture("static", 75, 1),
        Picture("fade", 25),
        Picture("black", 50),
        Picture("static", 75, 2),
    )
    path = make_sample(tmp_path / "a.mp4", (), VideoTrack(pictures, fps=Fraction(25))).path
    found = cuts(scan(path, SHOTS))
    assert found == [pytest.approx(4.0, abs=0.25), pytest.approx(6.0, abs=0.002)]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
@pytest.mark.parametrize("seed", range(4))
def test_damage_is_no_cut_and_hides_none(tmp_path: Path, scan: Any, name: str, seed: int) -> None:
    audio = (AudioTrack((Sound("stereo", 10.0),)),)
    video = VideoTrack(TWO, width=320, height=180)
    path = make_sample(tmp_path / name, audio, video).path
    found = scan(broken(path, tmp_path / f"broken-{name}", seed, 12), SHOTS)
    assert cuts(found) == [pytest.approx(150 * 1001 / 30000, abs=0.04)]
    assert ("decode_errors", None) in found.told.warnings
