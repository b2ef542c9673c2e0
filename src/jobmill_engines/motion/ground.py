"""Which way is up, and where the floor is, told by how the body stands on it. Pure numpy."""

from dataclasses import dataclass

import numpy as np

from jobmill_engines.motion.rotations import Array, between, rotate, unit
from jobmill_engines.motion.skeleton import INDEX, SIDES, Skeleton, forward
from jobmill_engines.motion.tables import Table

_UP = np.array([0.0, 1.0, 0.0])
_UPRIGHT = np.cos(np.radians(45.0))
_MOST = np.radians(35.0)
_LEVEL, _BALANCED = np.radians(10.0), np.radians(3.0)
"""How far cameras are tilted, and how far bodies lean on the average (standard deviations)."""
_BUMPY = 0.04
"""Metres by which the lowest point of a body that walks differs from the floor."""
_ROUNDS = 4
HEEL_BACK = 0.35
"""How far the heel lies behind the ankle, of the length from the ankle to the toes."""


@dataclass(frozen=True, slots=True)
class Pose:
    """A skeleton over T frames while it is worked on: `rotations` (T, 22, 4), `root` (T, 3)."""

    skeleton: Skeleton
    rotations: Table
    root: Table

    def __len__(self) -> int:
        return len(self.root)

    def places(self, rows: slice) -> tuple[Array, Array]:
        """As `forward`."""
        return forward(self.skeleton, self.rotations[rows], self.root[rows])

    def soles(self, rows: slice) -> Array:
        """As `soles`."""
        return soles(self.skeleton, *self.places(rows))


def upright(joints: Array, feet: Array, step: float) -> Array:
    """The rotation (4,) that puts the camera's space upright: cameras are held tilted.

    `joints` (T, 22, 3) and `feet` (T, 4, 3) as `soles`, in the camera's space, `step` seconds from
    one to the next. Of all directions the one is taken that fits best to three things: cameras are
    held about level, bodies keep their weight over their feet, and what people stand on is flat.
    """
    weight = (joints[:, INDEX["Hips"]] + joints[:, INDEX["Neck"]]) / 2 - feet.mean(axis=1)
    weight = unit(weight)
    weight = weight[weight[:, 1] > _UPRIGHT]
    lowest = feet[np.arange(len(feet)), feet[..., 1].argmin(axis=1)]
    x, z = _fit_up(weight, lowest, step)
    tilt = between(unit(np.array([x, 1.0, z])), _UP)
    angle = 2 * np.arccos(np.clip(abs(tilt[3]), 0, 1))
    return tilt if angle <= _MOST else np.array([0.0, 0.0, 0.0, 1.0])


def _fit_up(weight: Array, lowest: Array, step: float) -> tuple[float, float]:
    """x and z of the direction (x, 1, z) that is up; second by second what is seen counts anew."""
    rows = [np.eye(3)[:2] / _LEVEL]
    right = [np.zeros(2)]
    if len(weight):
        mean = weight.mean(axis=0)
        rows.append(np.eye(3)[:2] / _BALANCED)
        right.append(mean[[0, 2]] / mean[1] / _BALANCED)
    plane = np.stack([lowest[:, 0], lowest[:, 2], -np.ones(len(lowest))], axis=1)
    trust = np.ones(len(lowest))
    found = np.zeros(3)
    for _ in range(_ROUNDS):
        share = (np.sqrt(step * trust) / _BUMPY)[:, None]
        a = np.concatenate([*rows, plane * share])
        b = np.concatenate([*right, -lowest[:, 1] * share[:, 0]])
        found = np.linalg.lstsq(a, b, rcond=None)[0]
        off = np.abs(plane @ found + lowest[:, 1])
        trust = 1.0 / (1.0 + (off / _BUMPY) ** 2)
    return float(found[0]), float(found[1])


def soles(skeleton: Skeleton, places: Array, turned: Array) -> Array:
    """Where feet may touch the floor (T, 4, 3): left heel, left toes, right heel, right toes."""
    found = []
    for side in SIDES:
        foot = INDEX[f"{side}Foot"]
        toe = skeleton.offsets[INDEX[f"{side}ToeBase"]]
        for offset in (toe * [1.0, 1.0, -HEEL_BACK], toe):
            turned_offset = rotate(turned[:, foot], np.broadcast_to(offset, (len(places), 3)))
            found.append(places[:, foot] + turned_offset)
    return np.stack(found, axis=1)


def floor_height(points: Array) -> float:
    """The height of the floor, which the lowest of the points (T, 4, 3) reach again and again."""
    return float(np.percentile(points[..., 1].min(axis=1), 15))
