"""Keeps feet that stand where they stand: on the floor, without sliding. Pure numpy.

First the hips' travel is bent until the standing feet rest (their place is known better than the
depth that the picture tells), then the legs are bent until they rest entirely.
"""

from collections.abc import Callable

import numpy as np

from jobmill_engines.motion.ground import Pose, floor_height
from jobmill_engines.motion.locking import lock
from jobmill_engines.motion.observed import Mask, runs
from jobmill_engines.motion.rotations import Array, unit
from jobmill_engines.motion.smoothing import smooth, solve_banded, stiffness
from jobmill_engines.motion.tables import Desk, blocks, evenly, gathered, parts

_SLOW, _SLOWER = 0.45, 0.22
_LOW = 0.07
_STILL, _LOW_AND_STILL = 0.25, 0.45
_DEEP = 0.25
_CALM_HZ = 4.0
_SHORTEST_S, _PAUSE_S = 0.1, 0.1
_SEEN, _ACROSS = 1.0, 5.0
"""What the place of the hips that the picture tells counts, and how much more across the sight: a
squat seen from ahead must bend the knees, not lean the hips back."""
_STANDS, _BENDS = 60.0, 2.0
"""What counts that a standing foot rests, and that the hips move evenly, against the place of the
hips that the picture tells."""
_ROUNDS = 3


def plant(pose: Pose, fps: float, shift: Array, desk: Desk) -> Mask:
    """Put the feet on the floor at height 0; the body's space must be upright already.

    `shift` (3,) leads from the camera to that space's origin. Returns which of the soles' points
    (T, 4) stand.
    """
    count = len(pose)
    down = floor_height(gathered(evenly(np.arange(count)), pose.soles))
    floor = np.array([0.0, down, 0.0])
    seen = desk.table(count, 3)
    for rows in blocks(count):
        seen[rows] = pose.root[rows] - floor
        pose.root[rows] = seen[rows]
    eye = shift + floor
    contacts = np.zeros((count, 4), dtype=bool)
    for _ in range(_ROUNDS):
        contacts = standing(pose, fps, lambda rows: unit(seen[rows] + eye))
        for part in parts(count):
            # From the hips: so it does not matter that rows before are at rest already.
            feet = pose.soles(part.seen) - pose.root[part.seen][:, None]
            sight = unit(seen[part.seen] + eye)
            rested = _rested(seen[part.seen], feet, contacts[part.seen], sight)
            pose.root[part.own] = rested[part.inner]
    lock(pose, contacts, fps, desk)
    return contacts


def standing(pose: Pose, fps: float, sight: Callable[[slice], Array]) -> Mask:
    """When each of the soles' points (T, 4) stands: slow and low, for a while.

    `sight`: the direction in which the camera sees the body in some rows. Movement along it counts
    little: the picture cannot show it.
    """
    count = len(pose)
    if count < 3:
        return np.ones((count, 4), dtype=bool)
    near, slower = np.zeros((count, 4), dtype=bool), np.zeros((count, 4), dtype=bool)
    for part in parts(count):
        likely, sure = _nearly(pose.soles(part.seen), fps, sight(part.seen))
        near[part.own], slower[part.own] = likely[part.inner], sure[part.inner]
    found = np.zeros((count, 4), dtype=bool)
    for column in range(4):
        # Believed when it is slow at some time, and then for as long as it is nearly so.
        filled = _closed(near[:, column], round(_PAUSE_S * fps))
        for begin, end in runs(filled):
            long_enough = end - begin >= max(2, _SHORTEST_S * fps)
            if long_enough and slower[begin:end, column].any():
                found[begin:end, column] = True
    return found


def _nearly(points: Array, fps: float, sight: Array) -> tuple[Mask, Mask]:
    """When points (T, 4, 3) are low and rather slow, and when they are slow."""
    flat = points.reshape(len(points), -1)
    calm = smooth(flat, np.ones((len(points), 1)), stiffness(_CALM_HZ, fps)).reshape(points.shape)
    moved = np.gradient(calm, axis=0) * fps
    deep = np.sum(moved * sight[:, None], axis=2, keepdims=True) * sight[:, None]
    speed = np.linalg.norm(moved - (1 - _DEEP) * deep, axis=2)
    still = np.linalg.norm(moved - deep, axis=2) < _STILL
    height = calm[..., 1]
    low = height < np.minimum(np.minimum(height.min(axis=1, keepdims=True), _LOW) + _LOW, 2 * _LOW)
    near = ((speed < _SLOW) & low) | (still & (speed < _SLOW) & (height < _LOW_AND_STILL))
    return near, speed < _SLOWER


def _closed(mask: Mask, most: int) -> Mask:
    """Short pauses between two stretches filled."""
    filled = mask.copy()
    for begin, end in runs(~mask):
        if begin > 0 and end < len(mask) and end - begin <= most:
            filled[begin:end] = True
    return filled


def _rested(seen: Array, feet: Array, contacts: Mask, sight: Array) -> Array:
    """Hips (T, 3) near to where they were seen, such that standing points (from the hips) rest.

    `sight` (T, 3): the direction in which the camera sees them.
    """
    count = len(seen)
    if count < 3:
        return seen
    both = (contacts[1:] & contacts[:-1]).astype(np.float64)
    share = both / np.maximum(both.sum(axis=1, keepdims=True), 1.0)
    step = np.einsum("tp,tpa->ta", share, feet[:-1] - feet[1:])
    held = _STANDS * both.max(axis=1)[:, None] * np.ones(3)
    main, first, second = (np.zeros((count, 3)) for _ in range(3))
    trust = _SEEN + _ACROSS * (1.0 - sight**2)
    right = seen * trust
    main += trust
    main[:-1] += held
    main[1:] += held
    first[:-1] -= held
    right[1:] += held * step
    right[:-1] -= held * step
    _add_floor(main, right, feet, contacts)
    bending = _BENDS
    main[:-2] += bending
    main[1:-1] += 4 * bending
    main[2:] += bending
    first[:-2] -= 2 * bending
    first[1:-1] -= 2 * bending
    second[:-2] += bending
    return solve_banded(main, first, second, right)


def _add_floor(main: Array, right: Array, feet: Array, contacts: Mask) -> None:
    """Standing points are at height 0: so high are the hips above them."""
    lowest = np.where(contacts, feet[..., 1], np.inf).min(axis=1)
    stands = np.isfinite(lowest)
    main[stands, 1] += _STANDS / 10
    right[stands, 1] += _STANDS / 10 * -lowest[stands]
