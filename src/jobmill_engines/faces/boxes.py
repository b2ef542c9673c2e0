"""From the detector's numbers to faces in a picture. Pure numpy.

The numbers are those of BlazeFace, short range (Bazarevsky et al. 2019), and its graph files.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
SIDE = 128
"""Pixels of the square that the network looks at."""
ANSWERS, NUMBERS = 896, 16
_LAYERS = ((8, 2), (16, 6))
"""Cells of so many pixels, with so many anchors each."""
_SAME = 0.3


@dataclass(frozen=True, slots=True)
class Square:
    """A square of a picture that is looked at by itself, in pixels."""

    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class Face:
    """A box in pixels of the picture, and how sure it is."""

    x: float
    y: float
    width: float
    height: float
    confidence: float


def anchors() -> Floats:
    """The middles of the network's anchors (896, 2), 0 to 1."""
    found = []
    for stride, many in _LAYERS:
        cells = SIDE // stride
        y, x = np.meshgrid(np.arange(cells), np.arange(cells), indexing="ij")
        middles = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / cells
        found.append(np.repeat(middles, many, axis=0))
    return np.concatenate(found).astype(np.float32)


def faces_in(square: Square, boxes: Floats, logits: Floats, at: Floats, least: float) -> list[Face]:
    """What the network sees in a square: its answer (896, 16) and (896,), the surest kept."""
    scores = 1.0 / (1.0 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))
    found = []
    for i in np.flatnonzero(scores >= least):
        middle, size = boxes[i, :2] / SIDE + at[i], boxes[i, 2:4] / SIDE
        left, top = (float(each) for each in middle - size / 2)
        width, height = (float(each) * square.side for each in size)
        x, y = square.x + left * square.side, square.y + top * square.side
        found.append(Face(x, y, width, height, float(scores[i])))
    return found


def once(faces: list[Face]) -> list[Face]:
    """Each face once, the surest first: boxes that lie over a surer one are the same face."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda each: -each.confidence):
        if all(overlap(face, other) < _SAME for other in kept):
            kept.append(face)
    return kept


def overlap(one: Face, other: Face) -> float:
    """The part of the smaller box that lies in the other."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(0.0, width) * max(0.0, height) / smaller if smaller > 0 else 0.0


def squares(width: int, height: int, deep: int) -> list[Square]:
    """The whole picture, then smaller squares that lie half over each other: small faces are
    large in one of them."""
    whole = float(max(width, height))
    found = [Square((width - whole) / 2, (height - whole) / 2, whole)]
    for level in range(1, deep + 1):
        side = whole / 2**level
        if side < SIDE:
            break
        found += [Square(x, y, side) for y in _starts(height, side) for x in _starts(width, side)]
    return found


def _starts(length: int, side: float) -> list[float]:
    if length <= side:
        return [(length - side) / 2]
    steps = int(np.ceil((length - side) / (side / 2)))
    return [float(each) for each in np.linspace(0, length - side, steps + 1)]
