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

_DATE = (1980, 1, 1, 0, 0, 0)
SOLES = ("left_heel", "left_toes", "right_heel", "right_toes")
_FIELDS = ("x", "y", "z", "qx", "qy", "qz", "qw", "confidence")


def write_data(path: Path, motion: Motion, name: str) -> None:
    """Write the archive; `name` is what the movement is called."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(zipfile.ZipInfo("joints.csv", _DATE), "w") as file:
            text = io.TextIOWrapper(file, "utf-8", newline="")
            _write_table(text, motion)
            text.flush()
            text.detach()
        document = {"name": name, **describe(motion)}
        info = zipfile.ZipInfo("motion.json", _DATE)
        archive.writestr(info, json.dumps(document, indent=1), zipfile.ZIP_DEFLATED)


def describe(motion: Motion) -> dict[str, Any]:
    """The skeleton, the rate and what is to be known of stretches, as plain JSON."""
    skeleton, sure = motion.skeleton, motion.confidence[motion.tracked]
    joints = [
        {
            "name": name,
            "parent": skeleton.names[parent] if parent >= 0 else None,
            "offset": [round(float(each), 6) for each in skeleton.offsets[joint]],
            "confidence": round(float(sure[:, joint].mean()), 4),
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
    sure = motion.confidence[..., None]
    rows = np.concatenate([motion.joints(), motion.rotations, sure], axis=2)
    for frame, row in enumerate(rows.reshape(len(motion), -1)):
        head = f"{frame},{frame / motion.fps * 1000:.3f},{int(motion.tracked[frame])}"
        text.write(head + "," + ",".join(f"{value:.6g}" for value in row) + "\n")
