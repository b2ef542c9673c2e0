"""Makes points in space agree with where the picture shows them. Pure numpy."""

import numpy as np

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.rotations import Array

_PICTURE = 0.5


def lifted(points: Array, picture: Array, root: Array) -> Array:
    """Points (T, 33, 3) from the hips, moved half-way to where the picture shows them.

    `picture` (T, 33, 2) are directions of sight, `root` (T, 3) is where the hips are in the
    camera's space. Depths stay as they are.
    """
    depth = np.maximum(-(points[..., 2] + root[:, None, 2]), 0.1)
    across = picture * depth[..., None] - root[:, None, :2]
    across -= (across[:, lm.HIPS[:1]] + across[:, lm.HIPS[1:]]) / 2
    moved = points.copy()
    moved[..., :2] += _PICTURE * (across - points[..., :2])
    return moved
