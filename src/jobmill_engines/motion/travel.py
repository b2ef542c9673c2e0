"""Where the hips are in space: recovered from where the body is seen in the picture. Pure numpy.

The camera is at the origin and looks along -Z. The body's size is known, so how large it appears
tells how far it is; a pinhole camera's equations are linear in the place that is looked for.
"""

from dataclasses import dataclass

import numpy as np

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.observed import Observed
from jobmill_engines.motion.rotations import Array
from jobmill_engines.motion.skeleton import INDEX, SIDES, Skeleton, forward
from jobmill_engines.motion.smoothing import robust_by_parts, stiffness
from jobmill_engines.motion.tables import Desk, Table, blocks

_SIDEWAYS_HZ, _DEPTH_HZ = 4.0, 1.5
_NEAREST = 0.3
_PAIRS = (
    ("Arm", lm.SHOULDERS),
    ("ForeArm", lm.ELBOWS),
    ("Hand", lm.WRISTS),
    ("UpLeg", lm.HIPS),
    ("Leg", lm.KNEES),
    ("Foot", lm.ANKLES),
)
_JOINTS = np.array([INDEX[f"{side}{part}"] for part, _ in _PAIRS for side in SIDES])
_POINTS = np.array([pair[number] for _, pair in _PAIRS for number in (0, 1)])


def locate(seen: Observed, skeleton: Skeleton, rotations: Table, root: Table, desk: Desk) -> None:
    """Write the place of the hips (T, 3) in the camera's space, metres, into `root`.

    `rotations` (T, 22, 4) are those of the solved skeleton.
    """
    sight = _Sight(seen, skeleton, rotations)
    count = len(seen)
    far, aside = desk.table(count, 1, 1), desk.table(count, 1, 2)
    deep, flat = desk.table(count, 1, 1), desk.table(count, 1, 2)

    def trust(rows: slice) -> Array:
        return seen.tracked[rows, None].astype(np.float64)

    for rows in blocks(count):
        depth = np.maximum(-_fit(*sight.of(rows))[:, 2], _NEAREST)
        far[rows] = np.log(depth)[:, None, None]  # equal errors of size are equal there
    robust_by_parts(far, trust, stiffness(_DEPTH_HZ, seen.fps), deep)
    for rows in blocks(count):
        aside[rows] = _fit_aside(*sight.of(rows), np.exp(deep[rows][:, 0, 0]))[:, None]
    robust_by_parts(aside, trust, stiffness(_SIDEWAYS_HZ, seen.fps), flat)
    for rows in blocks(count):
        depth = np.exp(deep[rows][:, 0])
        root[rows] = np.concatenate([flat[rows][:, 0] * depth, -depth], axis=1)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What is known of the joints that the picture shows."""

    seen: Observed
    skeleton: Skeleton
    rotations: Table

    def of(self, rows: slice) -> tuple[Array, Array, Array]:
        """Places from the hips (n, 12, 3), where they are seen (n, 12, 2), their weights."""
        turned = self.rotations[rows]
        joints, _ = forward(self.skeleton, turned, np.zeros((len(turned), 3)))
        weights = self.seen.weights(rows)[:, _POINTS] + 1e-6
        return joints[:, _JOINTS], self.seen.picture[rows][:, _POINTS], weights


def _fit(relative: Array, sight: Array, weights: Array) -> Array:
    """The place (T, 3) that puts the joints (T, n, 3) where they are seen (T, n, 2)."""
    count, points = weights.shape
    rows = np.zeros((count, points, 2, 3))
    rows[:, :, 0, 0] = rows[:, :, 1, 1] = 1.0
    rows[..., 2] = sight
    right = -relative[..., :2] - sight * relative[..., 2:]
    heavy = rows * weights[..., None, None]
    normal = np.einsum("tnia,tnib->tab", heavy, rows) + 1e-9 * np.eye(3)
    return np.linalg.solve(normal, np.einsum("tnia,tni->ta", heavy, right)[..., None])[..., 0]


def _fit_aside(relative: Array, sight: Array, weights: Array, deep: Array) -> Array:
    """The hips' direction of sight (T, 2) when their depth is known."""
    depth = deep[:, None, None] - relative[..., 2:]
    hips = sight * depth - relative[..., :2]
    total = weights.sum(axis=1, keepdims=True)
    mean: Array = (hips * weights[..., None]).sum(axis=1) / total
    return mean / deep[:, None]
