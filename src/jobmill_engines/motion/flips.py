"""Repairs frames in which the network took left for right. Pure numpy.

Arms with the face, and legs, are judged by themselves: over the whole clip the naming is taken
that makes the points move least (Viterbi over two states a frame).
"""

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.landmarks import COUNT, MIRRORED
from jobmill_engines.motion.observed import Mask, Observed
from jobmill_engines.motion.rotations import Array
from jobmill_engines.motion.tables import Desk, blocks

_UPPER, _LOWER, _FACE = (np.arange(*span, dtype=np.int64) for span in ((11, 23), (23, 33), (1, 11)))
_RELUCTANCE = 0.02
"""Metres a point: how much less movement a change of names must bring, and how much a frame with
other names than the network's costs, so that the network's own are kept in doubt."""
_FORGET_S = 0.5


def repaired(seen: Observed, desk: Desk) -> tuple[Observed, Mask]:
    """The observation with names put right, and the frames (T,) in which some were wrong."""
    upper = _swapped(seen, _UPPER)
    lower = _swapped(seen, _LOWER)
    count = len(seen)
    put = Observed(
        seen.fps,
        desk.table(count, COUNT, 3, single=True),
        desk.table(count, COUNT, 2, single=True),
        desk.table(count, COUNT, single=True),
        seen.tracked,
    )
    for rows in blocks(count):
        swap = np.zeros((rows.stop - rows.start, COUNT), dtype=bool)
        swap[:, np.concatenate([_UPPER, _FACE])] = upper[rows, None]
        swap[:, _LOWER] = lower[rows, None]
        order = np.where(swap, MIRRORED, np.arange(COUNT))
        put.world[rows] = np.take_along_axis(seen.world[rows], order[..., None], axis=1)
        put.picture[rows] = np.take_along_axis(seen.picture[rows], order[..., None], axis=1)
        put.visibility[rows] = np.take_along_axis(seen.visibility[rows], order, axis=1)
    return put, upper | lower


def _swapped(seen: Observed, group: NDArray[np.int64]) -> Mask:
    """In which frames left and right of these points are to be exchanged."""
    naming = _Naming()
    last, last_frame = np.zeros((0, COUNT, 3)), np.zeros(0, dtype=np.int64)
    for rows in blocks(len(seen)):
        here = np.flatnonzero(seen.tracked[rows])
        points = np.concatenate([last, seen.world[rows][here]])
        frames = np.concatenate([last_frame, here + rows.start])
        last, last_frame = points[-1:].copy(), frames[-1:]
        if len(frames) > 1:
            naming.add(*_costs(points, frames, group, seen.fps))
    result = np.zeros(len(seen), dtype=bool)
    if len(naming):
        result[np.flatnonzero(seen.tracked)] = naming.cheapest()
    return result


def _costs(
    points: Array, frames: NDArray[np.int64], group: NDArray[np.int64], fps: float
) -> tuple[Array, Array]:
    """By how much points move from each frame to the next, if names stay and if they change."""
    stay = _moved(points[1:, group], points[:-1, group])
    change = _moved(points[1:, MIRRORED[group]], points[:-1, group])
    forget = np.exp(-(np.diff(frames) - 1) / (_FORGET_S * fps))
    return stay * forget, change * forget + _RELUCTANCE


def _moved(now: Array, before: Array) -> Array:
    mean: Array = np.linalg.norm(now - before, axis=2).mean(axis=1)
    return mean


class _Naming:
    """The states (0 as named, 1 exchanged) of frames with the least cost; two bytes a frame."""

    def __init__(self) -> None:
        self._cost = (0.0, _RELUCTANCE / 10)
        self._came = bytearray()

    def __len__(self) -> int:
        return len(self._came) // 2

    def add(self, stay: Array, change: Array) -> None:
        """What the next frames cost."""
        named, changed = self._cost
        for same, other in zip(stay.tolist(), change.tolist(), strict=True):
            to_named, to_changed = (named + same, changed + other), (named + other, changed + same)
            self._came.append(to_named[1] < to_named[0])
            self._came.append(to_changed[1] < to_changed[0])
            named, changed = min(to_named), min(to_changed) + _RELUCTANCE / 10
        self._cost = (named, changed)

    def cheapest(self) -> Mask:
        """The states of the first frame and of all that were added."""
        state = int(self._cost[1] < self._cost[0])
        path = np.empty(len(self) + 1, dtype=bool)
        for frame in range(len(self), 0, -1):
            path[frame] = state
            state = self._came[2 * frame - 2 + state]
        path[0] = state
        return path
