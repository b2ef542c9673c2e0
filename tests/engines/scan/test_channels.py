"""Sets of channels: pairs or 5.1, changes in mid-file, offsets that are no sound, loudness."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobmill.samples import AudioTrack, Sound, make_sample
from tests.engines.scan.making import one_after_the_other, tone, wave

SILENT = np.zeros(96_000, np.float32)
TONES = [tone(2.0, hertz) for hertz in (440, 554, 330, 60, 659, 784)]


def labels(found: Any) -> list[str]:
    return [label for *_, label in found.spans("AUDIO_FORMAT")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (TONES, ["5.1"]),
        ([*TONES[:3], TONES[3] * 0.001, SILENT, SILENT], ["5.1"]),
        ([SILENT, SILENT, TONES[2], SILENT, SILENT, SILENT], ["5.1"]),
        ([tone(2.0, 440 + 90 * n) for n in range(6)], ["Stereo Pairs"]),
        ([TONES[0], TONES[0], TONES[1], TONES[1], SILENT, SILENT], ["Mono Mono"]),
        ([SILENT] * 6, ["silence"]),
        ([*TONES, TONES[0], TONES[1]], ["5.1 Stereo"]),
        ([TONES[0], TONES[1], *TONES], ["Stereo 5.1"]),
    ],
)
def test_undeclared_channels_are_pairs_or_surround_by_what_they_carry(
    tmp_path: Path, scan: Any, rows: Sequence[np.ndarray], expected: list[str]
) -> None:
    layout = f"{len(rows)} channels" if len(rows) == 6 else "7.1"
    path = wave(tmp_path / "a.wav", np.stack(rows), "hexagonal" if len(rows) == 6 else layout)
    assert labels(scan(path, "AUDIO_FORMAT")) == expected


def test_a_constant_offset_is_not_sound(tmp_path: Path, scan: Any) -> None:
    left = np.concatenate([SILENT, TONES[0], SILENT]) + np.float32(0.02)
    right = np.concatenate([SILENT, TONES[0], SILENT]) - np.float32(0.01)
    path = wave(tmp_path / "a.wav", np.stack([left, right]), "stereo")
    spans = scan(path, "AUDIO_FORMAT").spans("AUDIO_FORMAT")
    assert [label for *_, label in spans] == ["silence", "mono", "silence"]
    assert spans[1][:2] == pytest.approx((2.0, 4.0), abs=0.033)


def test_a_deep_tone_is_sound_and_no_offset(tmp_path: Path, scan: Any) -> None:
    path = wave(tmp_path / "a.wav", np.stack([tone(2.0, 30.0, 0.1)] * 2), "stereo")
    assert labels(scan(path, "AUDIO_FORMAT")) == ["mono"]


def test_a_stream_that_turns_from_stereo_to_surround_is_named_in_both_parts(
    tmp_path: Path, scan: Any
) -> None:
    stereo = AudioTrack((Sound("stereo", 3.0),), codec="ac3")
    surround = AudioTrack((Sound("surround", 3.0),), codec="ac3", layout="5.1")
    parts = [
        make_sample(tmp_path / f"{name}.ts", (track,)).path
        for name, track in (("a", stereo), ("b", surround))
    ]
    path = one_after_the_other(parts, tmp_path / "both.ts")
    spans = scan(path, "AUDIO_FORMAT", "LOUDNESS").spans("AUDIO_FORMAT")
    assert [label for *_, label in spans if label != "silence"] == ["stereo", "5.1"]
    assert spans[0][1] == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize(
    ("layout", "rows", "gain"),
    [
        ("3.0", [1, 1, 0], 3.01),
        ("4.0", [0, 0, 0, 1], 1.49),
        ("5.0", [0, 0, 0, 1, 0], 1.49),
        ("5.1", [0, 0, 0, 1, 0, 0], None),
        ("5.1", [0, 0, 1, 0, 0, 0], 0.0),
        ("7.1", [0, 0, 0, 0, 0, 0, 1, 0], 1.49),
    ],
)
def test_loudness_weighs_each_place_as_bs_1770_does(
    tmp_path: Path, scan: Any, layout: str, rows: list[int], gain: float | None
) -> None:
    """A 997 Hz sine of full scale in one front channel is -3.01 LKFS; behind 1.5 dB more."""
    sine = tone(3.0, 997.0, 0.1)
    path = wave(tmp_path / "a.wav", np.stack([sine * row for row in rows]), layout)
    (track,) = scan(path, "LOUDNESS").document["features"]["LOUDNESS"]["tracks"]
    if gain is None:
        assert track["integrated_lufs"] is None
    else:
        assert track["integrated_lufs"] == pytest.approx(-23.01 + gain, abs=0.1)


def test_channels_without_a_loudness_are_told(tmp_path: Path, scan: Any) -> None:
    path = wave(tmp_path / "a.wav", np.stack([SILENT] * 16), "hexadecagonal")
    found = scan(path, "LOUDNESS", "AUDIO_FORMAT")
    assert ("layout_not_measured", None) in found.told.warnings


def test_the_true_peak_lies_between_the_samples(tmp_path: Path, scan: Any) -> None:
    time = np.arange(48_000)
    between = (0.5 * np.sin(np.pi * time / 2 + np.pi / 4)).astype(np.float32)
    between *= np.hanning(48_000).astype(np.float32)
    path = wave(tmp_path / "a.wav", np.stack([between] * 2), "stereo")
    (track,) = scan(path, "LOUDNESS").document["features"]["LOUDNESS"]["tracks"]
    assert 20 * np.log10(np.abs(between).max()) < -8.9
    assert track["true_peak_dbtp"] == pytest.approx(-6.02, abs=0.1)


def test_places_of_channels_that_are_listed_one_by_one_do_not_end_the_engine(
    tmp_path: Path,
) -> None:
    path = wave(tmp_path / "a.caf", np.stack([*TONES, TONES[0], TONES[1]]), "7.1")
    again = (
        "import sys, av\n"
        "from pathlib import Path\n"
        "from jobmill_engines.media.containers import open_media, sniff\n"
        "for _ in range(3):\n"
        "    with open_media(Path(sys.argv[1]), sniff(Path(sys.argv[1]))) as file:\n"
        "        stream = file.streams.audio[0]\n"
        "        heard = sum(frame.samples for frame in file.decode(stream))\n"
        "print(stream.codec_context.layout.nb_channels, heard)\n"
    )
    # in a process of its own: what is freed twice ends the whole process
    ended = subprocess.run([sys.executable, "-c", again, str(path)], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout.split()) == (0, ["8", "96000"]), ended.stderr


def test_the_engine_names_what_such_a_file_carries(tmp_path: Path, scan: Any) -> None:
    path = wave(tmp_path / "a.caf", np.stack([*TONES, TONES[0], TONES[1]]), "7.1")
    assert labels(scan(path, "AUDIO_FORMAT", "LOUDNESS")) == ["5.1 Stereo"]


def test_a_grain_of_nothing_at_an_edge_is_no_span(tmp_path: Path, scan: Any) -> None:
    odd = tone(3.14, 440, rate=11025)[:34618]  # 3139954.6 µs, of which FFmpeg says 3139955
    path = wave(tmp_path / "a.wav", np.stack([odd, odd]), "stereo", 11025)
    found = scan(path, "AUDIO_FORMAT")
    assert found.spans("AUDIO_FORMAT") == [
        (0.0, found.document["media"]["duration_ms"] / 1000, "mono")
    ]
