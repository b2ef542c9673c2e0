"""Where in a picture a person is: turned squares, from the detector's boxes and from known points.

Pixels of the picture, y down. The numbers are those of the pose model (BlazePose, Bazarevsky et al.
2020, and the graph files published with it).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.rotations import Array

Floats = NDArray[np.float32]
DETECTOR_SIDE, NETWORK_SIDE = 224, 256
_LAYERS = ((8, 2), (16, 2), (32, 6))
"""Cells of so many pixels, with so many anchors each."""
_ROOM = 1.25
_LIKELY = 0.5
_SAME = 0.3


@dataclass(frozen=True, slots=True)
class Region:
    """A square around (x, y), `size` wide, turned by `angle` radians clockwise as one sees it."""

    x: float
    y: float
    size: float
    angle: float

    def to_picture(self, inside: Array) -> Array:
        """Points (…, 2) from -0.5 to 0.5 across the square, as pixels of the picture."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        u, v = inside[..., 0] * self.size, inside[..., 1] * self.size
        return np.stack([self.x + u * cos - v * sin, self.y + u * sin + v * cos], axis=-1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whom the detector sees, and how sure it is."""

    region: Region
    score: float


def around(centre: Array, edge: Array) -> Region:
    """The square around a body with its hips at `centre`, whose circle goes through `edge`."""
    across, down = float(edge[0] - centre[0]), float(edge[1] - centre[1])
    angle = np.arctan2(across, -down)  # upright when the edge lies straight above
    return Region(
        float(centre[0]), float(centre[1]), 2 * _ROOM * float(np.hypot(across, down)), float(angle)
    )


def anchors() -> Array:
    """The detector's anchors (2254, 2), 0 to 1."""
    found = []
    for stride, many in _LAYERS:
        cells = DETECTOR_SIDE // stride
        y, x = np.meshgrid(np.arange(cells), np.arange(cells), indexing="ij")
        found.append(
            np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5, many, axis=0) / cells
        )
    return np.concatenate(found)


def candidates(
    boxes: Floats, logits: Floats, at: Array, side: float, shift: Array
) -> list[Candidate]:
    """The people in the detector's answer (2254, 12) and (2254,), the surest first.

    The picture was laid on a square of `side` pixels, moved by `shift`. Answers that mean the same
    person are blended by their score.
    """
    scores = 1.0 / (1.0 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))
    left = np.flatnonzero(scores > _LIKELY)
    points = boxes[:, 4:8].astype(np.float64).reshape(-1, 2, 2) / DETECTOR_SIDE + at[:, None]
    found = []
    while left.size:
        best = left[scores[left].argmax()]
        radius = np.linalg.norm(points[best, 1] - points[best, 0])
        same = np.linalg.norm(points[left, 0] - points[best, 0], axis=1) < _SAME * radius
        group = left[same]
        weight = scores[group] / scores[group].sum()
        centre, edge = (points[group] * weight[:, None, None]).sum(axis=0) * side - shift
        found.append(Candidate(around(centre, edge), float(scores[best])))
        left = left[~same]
    return found


def main_one(found: list[Candidate], width: int, height: int) -> Candidate:
    """The person whom a film is about: large, and near to the middle."""

    def counts(each: Candidate) -> float:
        aside = np.hypot(each.region.x / width - 0.5, each.region.y / height - 0.5)
        return each.region.size * (1.0 - 0.8 * float(min(aside, 1.0)))

    return max(found, key=counts)


def nearest_one(found: list[Candidate], last: Region) -> Candidate | None:
    """The person who can be the one that was at `last`: not far from there."""
    near = min(found, key=lambda each: np.hypot(each.region.x - last.x, each.region.y - last.y))
    far = np.hypot(near.region.x - last.x, near.region.y - last.y)
    return near if far < last.size else None
