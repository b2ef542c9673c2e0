"""Repairs frames in which the network took left for right. Pure numpy.

Arms with the face, and legs, are judged by themselves: over the whole clip the naming is taken
that makes the points move least (Viterbi over two states a frame).
"""

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.landmarks import COUNT, MIRRORED
from jobmill_engines.motion.observed import Mask, Observed
from jobmill_engines.motion.rotations import Array

_UPPER, _LOWER, _FACE = (np.arange(*span, dtype=np.int64) for span in ((11, 23), (23, 33), (1, 11)))
_RELUCTANCE = 0.02
"""Metres a point: how much less movement a change of names must bring, and how much a frame with
other names than the network's costs, so that the network's own are kept in doubt."""
_FORGET_S = 0.5


def repaired(seen: Observed) -> tuple[Observed, Mask]:
    """The observation with names put right, and the frames (T,) in which some were wrong."""
    upper = _swapped(seen, _UPPER)
    lower = _swapped(seen, _LOWER)
    swap = np.zeros((len(seen), COUNT), dtype=bool)
    swap[:, np.concatenate([_UPPER, _FACE])] = upper[:, None]
    swap[:, _LOWER] = lower[:, None]
    order = np.where(swap, MIRRORED, np.arange(COUNT))
    put = Observed(
        seen.fps,
        np.take_along_axis(seen.world, order[..., None], axis=1),
        np.take_along_axis(seen.picture, order[..., None], axis=1),
        np.take_along_axis(seen.visibility, order, axis=1),
        seen.tracked,
    )
    return put, upper | lower


def _swapped(seen: Observed, group: NDArray[np.int64]) -> Mask:
    """In which frames left and right of these points are to be exchanged."""
    frames = np.flatnonzero(seen.tracked)
    result = np.zeros(len(seen), dtype=bool)
    if len(frames) < 2:
        return result
    points = seen.world[frames]
    stay = _moved(points[1:, group], points[:-1, group])
    change = _moved(points[1:, MIRRORED[group]], points[:-1, group])
    forget = np.exp(-(np.diff(frames) - 1) / (_FORGET_S * seen.fps))
    result[frames] = _cheapest(stay * forget, change * forget + _RELUCTANCE)
    return result


def _moved(now: Array, before: Array) -> Array:
    mean: Array = np.linalg.norm(now - before, axis=2).mean(axis=1)
    return mean


def _cheapest(stay: Array, change: Array) -> Mask:
    """The states (0 as named, 1 exchanged) of n + 1 frames with the least cost."""
    own = np.array([0.0, _RELUCTANCE / 10])
    cost = own.copy()
    came = np.zeros((len(stay), 2), dtype=np.int8)
    for t, (same, other) in enumerate(zip(stay, change, strict=True)):
        ways = np.array([[cost[0] + same, cost[1] + other], [cost[0] + other, cost[1] + same]])
        came[t] = ways.argmin(axis=1)
        cost = ways.min(axis=1) + own
    state = int(cost.argmin())
    path = [state]
    for step in came[::-1]:
        state = int(step[state])
        path.append(state)
    return np.array(path[::-1], dtype=bool)
