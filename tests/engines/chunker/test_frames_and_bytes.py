"""Pictures at a steady pace, and bytes as they are."""

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill_engine import InputRejected
from jobmill_engines.chunker.engine import Chunker
from tests.engines.media.made import Part, piped, run

AUDIO = (AudioTrack((Sound("stereo", 4.0),)),)
VIDEO = VideoTrack((Picture("scene", 60, 1), Picture("black", 60)), width=160, height=90)


def brightness(part: Part) -> float:
    with av.open(io.BytesIO(part.data)) as file:
        return float(np.asarray(next(file.decode(video=0)).to_ndarray(format="gray")).mean())


@pytest.mark.parametrize(("kind", "media_type"), [("jpg", "image/jpeg"), ("png", "image/png")])
def test_a_picture_each_tick_is_the_one_that_is_shown_then(
    tmp_path: Path, kind: str, media_type: str
) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    ran = run(Chunker, path, tmp_path / "1", template="frame", frames_per_second="2", format=kind)
    assert [part.meta["start_ms"] for part in ran.parts] == [500.0 * n for n in range(9)]
    assert {part.media_type for part in ran.parts} == {media_type}
    # the cut lies at 2.002 s: the picture at 2.0 s is the last one before it
    dark = [brightness(part) < 25 for part in ran.parts]
    assert dark == [False] * 5 + [True] * 4
    with piped(path.read_bytes(), tmp_path) as pipe:
        again = run(
            Chunker, pipe, tmp_path / "2", mode="stream", live=True, template="frame",
            frames_per_second=2, format=kind,
        )  # fmt: skip
    assert [(p.data, p.meta) for p in again.parts] == [(p.data, p.meta) for p in ran.parts]


@pytest.mark.parametrize(("pace", "count"), [("1", 5), ("1/60", 1), (0.5, 3), ("30000/1001", 120)])
def test_any_pace_is_understood(tmp_path: Path, pace: object, count: int) -> None:
    path = make_sample(tmp_path / "a.mkv", (), VIDEO).path
    ran = run(Chunker, path, tmp_path / "w", template="frame", frames_per_second=pace)
    assert len(ran.parts) == count


@pytest.mark.parametrize("pace", ["0", "-1", "1/0", "often", 1000])
def test_a_pace_that_is_none_is_refused(tmp_path: Path, pace: object) -> None:
    path = make_sample(tmp_path / "a.mkv", (), VIDEO).path
    with pytest.raises(InputRejected, match="frames_per_second") as refused:
        run(Chunker, path, tmp_path / "w", template="frame", frames_per_second=pace)
    assert refused.value.code == "bad_parameter"


@pytest.mark.parametrize("gap", [4, 7], ids=["short", "long"])
def test_over_a_gap_the_last_picture_is_shown_and_then_those_behind_it(
    tmp_path: Path, gap: int
) -> None:
    """Matroska does not say how long a picture is shown: what follows tells. The first picture
    behind a long gap is believed only when the second agrees, so it is looked at from there."""
    path = tmp_path / "screen.mkv"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(40):
            grey = 40 if number < 21 else 200
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), grey, np.uint8), "rgb24")
            frame.pts = number * 100 + (gap * 1000 if number >= 20 else 0)
            frame.time_base = Fraction(1, 1000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    ran = run(Chunker, path, tmp_path / "w", template="frame", format="png")
    dark = [brightness(part) < 100 for part in ran.of("out")]
    assert dark == [True] * (2 + gap + 1) + [False]
    assert ran.warnings == []


def test_kept_pictures_are_not_made_again(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mkv", (), VIDEO).path
    ran = run(Chunker, path, tmp_path / "w", mode="stream", template="frame", resume={"out": 3})
    assert [part.number for part in ran.parts] == [3, 4]


def test_bytes_are_handed_on_as_they_are(tmp_path: Path) -> None:
    data = np.random.default_rng(1).bytes(10_000)
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    once = run(Chunker, path, tmp_path / "1", template="rawchunk", bytes=4096)
    assert b"".join(part.data for part in once.parts) == data
    assert [p.meta for p in once.parts][-1] == {"start_byte": 8192, "end_byte": 10_000}
    with piped(data, tmp_path, step=999) as pipe:
        again = run(
            Chunker, pipe, tmp_path / "2", mode="stream", live=True, template="rawchunk",
            bytes=4096, resume={"out": 1},
        )  # fmt: skip
    assert [p.data for p in again.parts] == [p.data for p in once.parts[1:]]


@pytest.mark.parametrize(
    "asked",
    [
        {"template": "custom"},
        {"chunk_seconds": 0},
        {"chunk_seconds": "long"},
        {"chunk_seconds": 5, "overlap_seconds": 5},
        {"format": "exe"},
        {"template": "video", "format": "wav"},
    ],
)
def test_what_makes_no_sense_is_refused_by_name(tmp_path: Path, asked: dict[str, object]) -> None:
    path = make_sample(tmp_path / "a.mkv", (), VIDEO).path
    with pytest.raises(InputRejected, match=list(asked)[-1]) as refused:
        run(Chunker, path, tmp_path / "w", **asked)
    assert refused.value.code == "bad_parameter"
