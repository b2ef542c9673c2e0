"""Where the hips are in space: recovered from where the body is seen in the picture. Pure numpy.

The camera is at the origin and looks along -Z. The body's size is known, so how large it appears
tells how far it is; a pinhole camera's equations are linear in the place that is looked for.
"""

import numpy as np

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.observed import Observed
from jobmill_engines.motion.rotations import Array
from jobmill_engines.motion.skeleton import INDEX, SIDES
from jobmill_engines.motion.smoothing import robust, stiffness

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


def locate(seen: Observed, joints: Array) -> Array:
    """The place of the hips (T, 3) in the camera's space, metres.

    `joints` (T, 22, 3) are those of the solved skeleton, counted from the hips.
    """
    relative, sight = joints[:, _JOINTS], seen.picture[:, _POINTS]
    weights = seen.weights[:, _POINTS] + 1e-6
    raw = _fit(relative, sight, weights)
    trust = seen.tracked.astype(np.float64)[:, None]
    depth = np.maximum(-raw[:, 2], _NEAREST)
    sure = np.log(depth)[:, None, None]  # equal errors of size are equal there, near and far
    deep = np.exp(robust(sure, trust, stiffness(_DEPTH_HZ, seen.fps))[:, 0, 0])
    aside = _fit_aside(relative, sight, weights, deep)
    flat = robust(aside[:, None, :], trust, stiffness(_SIDEWAYS_HZ, seen.fps))[:, 0]
    return np.concatenate([flat * deep[:, None], -deep[:, None]], axis=1)


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
