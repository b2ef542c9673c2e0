"""Video in chunks: every picture is there, every chunk plays by itself, the same bytes again."""

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill_engine import InputRejected
from jobmill_engines.chunker.engine import Chunker
from tests.engines.media.made import Part, piped, run
from tests.engines.scan.making import restamped

AUDIO = (AudioTrack((Sound("stereo", 6.0),)),)
VIDEO = VideoTrack((Picture("scene", 120, 1), Picture("scene", 60, 2)), width=160, height=90)


def pictures(path: Path) -> list[float]:
    """When each picture is shown, in ms."""
    with av.open(str(path)) as file:
        return [float((f.pts or 0) * (f.time_base or 1)) * 1000 for f in file.decode(video=0)]


def sound_of(path: Path) -> float:
    """Milliseconds of sound."""
    with av.open(str(path)) as file:
        return sum(f.samples / f.sample_rate for f in file.decode(audio=0)) * 1000


def check(parts: list[Part], end: float) -> None:
    assert [part.number for part in parts] == list(range(len(parts)))
    assert parts[0].meta["own_start_ms"] == 0
    assert parts[-1].meta["own_end_ms"] == pytest.approx(end, abs=50)
    for before, after in itertools.pairwise(parts):
        assert before.meta["own_end_ms"] == after.meta["own_start_ms"]
    for part in parts:
        meta = part.meta
        assert meta["start_ms"] <= meta["own_start_ms"] < meta["own_end_ms"] <= meta["end_ms"] + 1


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.flv"])
def test_copied_chunks_begin_at_key_pictures_and_hold_every_picture_once(
    tmp_path: Path, name: str
) -> None:
    path = make_sample(tmp_path / name, AUDIO, VIDEO).path
    ran = run(Chunker, path, tmp_path / "1", template="video", chunk_seconds=1.5)
    assert ran.document["summary"]["pictures"] == "copied"
    check(ran.parts, 6006)
    shown = [time + part.meta["start_ms"] for part in ran.parts for time in pictures(part.path)]
    with av.open(str(path)) as file:
        truth = [float((f.pts or 0) * (f.time_base or 1)) * 1000 for f in file.decode(video=0)]
        begin = float((file.start_time or 0) / 1000)
    assert len(ran.parts) == 3
    assert np.allclose(shown, np.array(truth) - begin, atol=1.5)
    assert all(sound_of(p.path) == pytest.approx(2000, abs=80) for p in ran.parts)
    with piped(path.read_bytes(), tmp_path) as pipe:
        again = run(
            Chunker, pipe, tmp_path / "2", mode="stream", live=True, template="video",
            chunk_seconds=1.5,
        )  # fmt: skip
    assert [(p.data, p.meta) for p in again.parts] == [(p.data, p.meta) for p in ran.parts]


def test_copied_chunks_carry_what_lies_around_them(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    parts = run(
        Chunker, path, tmp_path / "1", template="video", chunk_seconds=1.5, overlap_seconds=1
    ).parts
    check(parts, 6006)
    for part in parts[1:]:
        assert part.meta["start_ms"] <= part.meta["own_start_ms"] - 500
    for part in parts:
        times = [time + part.meta["start_ms"] for time in pictures(part.path)]
        last = min(6006 - 34, part.meta["own_end_ms"] + 500 - 34)
        assert times[0] == pytest.approx(part.meta["start_ms"], abs=2)
        assert times[-1] >= last
        within = [time for time in times if time <= last]
        assert np.allclose(np.diff(within), 33.37, atol=1.1)


def test_exact_cuts_lie_at_multiples_and_hold_every_picture_once(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.ts", AUDIO, VIDEO).path
    asked: dict[str, Any] = {"template": "video", "chunk_seconds": 2.5, "exact_cuts": True}
    once, again = (run(Chunker, path, tmp_path / str(n), **asked) for n in (1, 2))
    assert [part.meta["own_start_ms"] for part in once.parts] == [0, 2500, 5000]
    assert [part.data for part in once.parts] == [part.data for part in again.parts]
    assert sum(len(pictures(part.path)) for part in once.parts) == 180
    check(once.parts, 6037)
    assert once.document["summary"]["pictures"] == "encoded"


def test_exact_cuts_with_an_overlap_show_the_neighbours_too(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    parts = run(
        Chunker, path, tmp_path / "w", template="video", chunk_seconds=2, overlap_seconds=1,
        exact_cuts=True,
    ).parts  # fmt: skip
    check(parts, 6006)
    spans = [(p.meta["start_ms"], p.meta["end_ms"]) for p in parts]
    assert spans[:3] == [(0, 2500), (1500, 4500), (3500, 6006)]
    assert len(pictures(parts[1].path)) == pytest.approx(90, abs=1)


def test_what_an_mp4_cannot_hold_is_encoded(tmp_path: Path) -> None:
    audio = (AudioTrack((Sound("stereo", 4.0),), codec="pcm_s16le"),)
    video = VideoTrack(
        (Picture("scene", 120, 1),), codec="mpeg2video", width=160, height=90, fps=Fraction(30)
    )
    path = make_sample(tmp_path / "a.mkv", audio, video).path
    ran = run(Chunker, path, tmp_path / "w", template="video", chunk_seconds=1.5)
    check(ran.parts, 4000)
    assert sum(len(pictures(part.path)) for part in ran.parts) == 120
    with av.open(str(ran.parts[0].path)) as file:
        assert [s.codec_context.name for s in file.streams] == ["h264", "aac"]


def test_sound_that_an_mp4_cannot_hold_is_encoded_beside_copied_pictures(tmp_path: Path) -> None:
    audio = (AudioTrack((Sound("stereo", 6.0),), codec="pcm_s16le"),)
    path = make_sample(tmp_path / "a.mkv", audio, VIDEO).path
    ran = run(Chunker, path, tmp_path / "w", template="video", chunk_seconds=1.5)
    check(ran.parts, 6006)
    assert ran.document["summary"]["pictures"] == "copied"
    assert all(sound_of(part.path) == pytest.approx(2000, abs=80) for part in ran.parts)


def test_a_gap_in_the_picture_shows_the_last_one(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mp4", (), VIDEO).path
    gap = restamped(path, tmp_path / "gap.mp4", lambda t: t if t < 1.92 else t + 4)
    parts = run(
        Chunker, gap, tmp_path / "w", template="video", chunk_seconds=2, exact_cuts=True
    ).parts
    check(parts, 10_006)
    assert all(len(pictures(part.path)) >= 1 for part in parts)


def test_pictures_that_begin_late_are_shown_from_the_beginning_on(tmp_path: Path) -> None:
    audio = (AudioTrack((Sound("stereo", 10.0),)),)
    path = make_sample(tmp_path / "a.mkv", audio, VIDEO).path
    late = restamped(path, tmp_path / "late.mkv", lambda t: t, video_later=3)
    parts = run(
        Chunker, late, tmp_path / "w", template="video", chunk_seconds=2, exact_cuts=True
    ).parts
    check(parts, 10_000)
    assert all(len(pictures(part.path)) >= 1 for part in parts)


def test_a_variable_frame_rate_keeps_its_times(tmp_path: Path) -> None:
    video = VideoTrack((Picture("scene", 180, 1),), width=160, height=90, skip=3)
    path = make_sample(tmp_path / "a.mkv", (), video).path
    ran = run(Chunker, path, tmp_path / "w", template="video", chunk_seconds=2, exact_cuts=True)
    check(ran.parts, 6006)
    shown = [t + p.meta["start_ms"] for p in ran.parts for t in pictures(p.path)]
    assert np.allclose(shown, pictures(path), atol=1.5)


def test_kept_chunks_are_passed_over(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.ts", AUDIO, VIDEO).path
    for number, exact in enumerate((False, True)):
        asked: dict[str, Any] = {"template": "video", "chunk_seconds": 1.5, "exact_cuts": exact}
        once = run(Chunker, path, tmp_path / f"{number}a", mode="stream", **asked)
        again = run(
            Chunker, path, tmp_path / f"{number}b", mode="stream", resume={"out": 2}, **asked
        )
        assert [p.number for p in again.parts] == [p.number for p in once.parts[2:]]
        assert [p.data for p in again.parts] == [p.data for p in once.parts[2:]]


def test_sound_alone_has_no_video_to_cut(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.m4a", AUDIO).path
    for template in ("video", "frame"):
        with pytest.raises(InputRejected, match="no moving picture") as refused:
            run(Chunker, path, tmp_path / template, template=template)
        assert refused.value.code == "no_video"


def test_video_without_sound_is_cut_all_the_same(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mp4", (), VIDEO).path
    parts = run(Chunker, path, tmp_path / "w", template="video", chunk_seconds=2).parts
    check(parts, 6006)
