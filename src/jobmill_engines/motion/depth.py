"""Makes points agree with the picture and with bones that keep their length. Pure numpy.

The network is surer of what lies across its sight than of what lies along it: a bone that looks too
short is turned into the depth rather than stretched.
"""

import numpy as np

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.rotations import Array, unit

DOUBT = 3.0
"""How many times less sure a length along the sight is than one across it."""
_PICTURE = 0.5
_ROUNDS = 30


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


def fitted(vectors: Array, length: float, sight: Array) -> Array:
    """Vectors (T, 3) of this length, as near as can be where it counts: across the sight.

    The nearest point of a sphere when distances along `sight` (T, 3) count 1 / DOUBT²: both parts
    shrink by 1 / (1 + k) and 1 / (1 + k DOUBT²), with the k that makes the length right.
    """
    along = np.sum(vectors * sight, axis=1, keepdims=True)
    across = vectors - along * sight
    a, b = np.sum(across**2, axis=1), along[:, 0] ** 2
    low = np.full(len(vectors), -1.0 / DOUBT**2 + 1e-9)
    high = np.full(len(vectors), 10.0)
    for _ in range(_ROUNDS):
        k = (low + high) / 2
        long = a / (1 + k) ** 2 + b / (1 + k * DOUBT**2) ** 2 > length**2
        low, high = np.where(long, k, low), np.where(long, high, k)
    k = ((low + high) / 2)[:, None]
    return length * unit(across / (1 + k) + along * sight / (1 + k * DOUBT**2))
