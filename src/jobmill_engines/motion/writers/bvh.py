"""BVH: a skeleton and its movement as text, centimetres and degrees (Biovision Hierarchy).

Channels are Z, X, Y rotations of each joint; only the hips have positions.
"""

from pathlib import Path
from typing import TextIO

import numpy as np

from jobmill_engines.motion.motion import Motion
from jobmill_engines.motion.skeleton import Skeleton

_CM = 100.0


def write_bvh(path: Path, motion: Motion, name: str) -> None:
    """Write the movement; `name` has no place in this format."""
    del name
    with path.open("w", encoding="ascii", newline="\n") as file:
        order = _write_joints(file, motion.skeleton)
        file.write(f"MOTION\nFrames: {len(motion)}\nFrame Time: {1 / motion.fps:.9f}\n")
        for rows, angles in motion.angles("ZXY"):
            flat = angles[:, order][:, :, [2, 0, 1]].reshape(len(angles), -1)
            table = np.hstack([motion.root[rows] * _CM, flat])
            np.savetxt(file, table, fmt="%.5f", newline="\n")


def _write_joints(file: TextIO, skeleton: Skeleton) -> list[int]:
    """Write the hierarchy; returns the joints in its order."""
    file.write("HIERARCHY\n")
    order: list[int] = []

    def write(joint: int, depth: int) -> None:
        indent, name = "  " * depth, skeleton.names[joint]
        order.append(joint)
        file.write(f"{indent}{'JOINT' if depth else 'ROOT'} {name}\n{indent}{{\n")
        offset = skeleton.offsets[joint] if depth else np.zeros(3)
        file.write(f"{indent}  OFFSET {_numbers(offset)}\n")
        places = "" if depth else "Xposition Yposition Zposition "
        count = 3 if depth else 6
        file.write(f"{indent}  CHANNELS {count} {places}Zrotation Xrotation Yrotation\n")
        for child, parent in enumerate(skeleton.parents):
            if parent == joint:
                write(child, depth + 1)
        if name in skeleton.tips:
            end = _numbers(skeleton.tips[name])
            file.write(
                f"{indent}  End Site\n{indent}  {{\n{indent}    OFFSET {end}\n{indent}  }}\n"
            )
        file.write(f"{indent}}}\n")

    write(0, 0)
    return order


def _numbers(offset: np.typing.NDArray[np.float64]) -> str:
    return " ".join(f"{value * _CM:.6f}" for value in offset)
