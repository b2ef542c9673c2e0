"""Timelines that do not begin at nothing, and lengths that are not what a file declares."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from tests.engines.scan.making import restamped

AUDIO = (AudioTrack((Sound("silence", 2.0), Sound("dual_mono", 2.0), Sound("stereo", 2.0))),)
VIDEO = VideoTrack((Picture("scene", 90, 1), Picture("scene", 90, 2)), width=320, height=180)
BOTH = ("AUDIO_FORMAT", "SHOT_CHANGE_DETECTION")


@pytest.mark.parametrize("shift", [36_000.0, -1.0])
def test_a_recording_that_starts_late_or_before_nothing_starts_at_zero(
    tmp_path: Path, scan: Any, shift: float
) -> None:
    name = "a.ts" if shift > 0 else "a.mkv"
    source = make_sample(tmp_path / name, AUDIO, VIDEO).path
    moved = restamped(source, tmp_path / f"moved-{name}", lambda seconds: seconds + shift)
    found = scan(moved, *BOTH)
    formats = found.spans("AUDIO_FORMAT")
    assert formats[0][0] == 0.0
    assert formats[1][0] == pytest.approx(2.0, abs=0.05)
    assert found.spans("SHOT_CHANGE_DETECTION")[1][0] == pytest.approx(3.003, abs=0.05)


def test_a_huge_declared_length_does_not_make_a_long_result(tmp_path: Path, scan: Any) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    data = bytearray(path.read_bytes())
    head = data.index(b"mvhd")
    scale = int.from_bytes(data[head + 16 : head + 20], "big")
    data[head + 20 : head + 24] = (0x7FFFFFFF).to_bytes(4, "big")
    assert 0x7FFFFFFF / scale > 100_000
    path.write_bytes(data)
    found = scan(path, *BOTH)
    assert found.spans("AUDIO_FORMAT")[-1][1] == pytest.approx(6.0, abs=0.1)
    assert found.document["media"]["duration_ms"] == pytest.approx(6006, abs=100)


def test_a_guessed_length_makes_no_file_truncated(tmp_path: Path, scan: Any) -> None:
    """The last time stamp of a transport stream is broken, so that it seems to last for hours."""
    source = make_sample(tmp_path / "a.ts", AUDIO, VIDEO).path
    broken = restamped(
        source, tmp_path / "b.ts", lambda seconds: seconds + (9000 if seconds > 7.35 else 0)
    )
    found = scan(broken, *BOTH)
    assert ("truncated", None) not in found.told.warnings
    formats = found.spans("AUDIO_FORMAT")
    assert formats[-1][1] < 20
    assert all(one[1] == other[0] for one, other in itertools.pairwise(formats))
