"""Motion data: a zip of `joints.csv` (places, rotations and confidence of each joint and frame) and
`motion.json` (the skeleton and everything else)."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from jobmill_engines.motion.motion import Motion, gaps
from jobmill_engines.motion.observed import runs
from jobmill_engines.motion.rotations import Array
from jobmill_engines.motion.tables import blocks

_DATE = (1980, 1, 1, 0, 0, 0)
SOLES = ("left_heel", "left_toes", "right_heel", "right_toes")
_ROW = 4096
"""Bytes of a row of the table, at most."""
_FIELDS = ("x", "y", "z", "qx", "qy", "qz", "qw", "confidence")


def write_data(path: Path, motion: Motion, name: str) -> None:
    """Write the archive; `name` is what the movement is called."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        large = len(motion) * _ROW > zipfile.ZIP64_LIMIT
        info = zipfile.ZipInfo("joints.csv", _DATE)
        with archive.open(info, "w", force_zip64=large) as file:
            text = io.TextIOWrapper(file, "utf-8", newline="")
            _write_table(text, motion)
            text.flush()
            text.detach()
        document = {"name": name, **describe(motion)}
        info = zipfile.ZipInfo("motion.json", _DATE)
        archive.writestr(info, json.dumps(document, indent=1), zipfile.ZIP_DEFLATED)


def describe(motion: Motion) -> dict[str, Any]:
    """The skeleton, the rate and what is to be known of stretches, as plain JSON."""
    skeleton, sure = motion.skeleton, motion.sureness()
    joints = [
        {
            "name": name,
            "parent": skeleton.names[parent] if parent >= 0 else None,
            "offset": [round(float(each), 6) for each in skeleton.offsets[joint]],
            "confidence": round(float(sure[joint]), 4),
        }
        for joint, (name, parent) in enumerate(zip(skeleton.names, skeleton.parents, strict=True))
    ]
    return {
        "fps": motion.fps,
        "frames": len(motion),
        "duration_ms": round(len(motion) / motion.fps * 1000, 3),
        "units": "m",
        "up": "Y",
        "height_m": round(skeleton.height, 4),
        "joints": joints,
        "gaps": spans(gaps(motion.tracked), motion.fps),
        "repaired": spans(runs(motion.flipped), motion.fps),
        "contacts": {
            name: spans(runs(motion.contacts[:, number]), motion.fps)
            for number, name in enumerate(SOLES)
        },
    }


def spans(stretches: list[tuple[int, int]], fps: float) -> list[dict[str, float]]:
    """Stretches of frames as times, from the first frame of the movement."""
    return [
        {"start_ms": round(begin / fps * 1000, 3), "end_ms": round(end / fps * 1000, 3)}
        for begin, end in stretches
    ]


def _write_table(text: io.TextIOWrapper, motion: Motion) -> None:
    names = motion.skeleton.names
    columns = [f"{name}.{each}" for name in names for each in _FIELDS]
    text.write(",".join(["frame", "time_ms", "tracked", *columns]) + "\n")
    for rows in blocks(len(motion)):
        sure = motion.confidence[rows][..., None]
        table = np.concatenate([motion.joints(rows), motion.rotations[rows], sure], axis=2)
        _write_rows(text, motion, rows.start, table.reshape(len(table), -1))


def _write_rows(text: io.TextIOWrapper, motion: Motion, first: int, table: Array) -> None:
    for frame, row in enumerate(table, first):
        head = f"{frame},{frame / motion.fps * 1000:.3f},{int(motion.tracked[frame])}"
        text.write(head + "," + ",".join(f"{value:.6g}" for value in row) + "\n")
