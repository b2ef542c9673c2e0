"""Keeps feet that stand where they stand: on the floor, without sliding. Pure numpy.

First the hips' travel is bent until the standing feet rest (their place is known better than the
depth that the picture tells), then the legs are bent until they rest entirely.
"""

from dataclasses import dataclass

import numpy as np

from jobmill_engines.motion.ground import floor_height, soles
from jobmill_engines.motion.observed import Mask, runs
from jobmill_engines.motion.rotations import Array, between, multiply, rotate, slerp, unit
from jobmill_engines.motion.skeleton import INDEX, SIDES, Skeleton, forward
from jobmill_engines.motion.smoothing import smooth, solve_banded, stiffness
from jobmill_engines.motion.solving import relative

_SLOW, _SLOWER = 0.45, 0.22
_LOW = 0.07
_STILL, _LOW_AND_STILL = 0.25, 0.3
_DEEP = 0.25
_CALM_HZ = 4.0
_SHORTEST_S, _PAUSE_S = 0.1, 0.1
_EASE_S = 0.1
_SEEN = 1.0
_STANDS, _BENDS = 60.0, 2.0
"""What counts that a standing foot rests, and that the hips move evenly, against the place of the
hips that the picture tells."""
_ROUNDS = 3
_REACH = 0.999


@dataclass(frozen=True, slots=True)
class Planted:
    """Rotations and travel after planting. `contacts` (T, 4): which of the soles' points stand."""

    rotations: Array
    root: Array
    contacts: Mask


def plant(skeleton: Skeleton, rotations: Array, root: Array, fps: float, sight: Array) -> Planted:
    """Put the feet on the floor at height 0; the body's space must be upright already.

    `sight` (T, 3): the direction in which the camera sees the body.
    """
    seen = root - [0.0, _lowest(skeleton, rotations, root), 0.0]
    root = seen
    contacts = np.zeros((len(root), 4), dtype=bool)
    for _ in range(_ROUNDS):
        places, turned = forward(skeleton, rotations, root)
        points = soles(skeleton, places, turned)
        contacts = standing(points, fps, sight)
        root = _rested(seen, points - root[:, None], contacts)
    rotations = _locked(skeleton, rotations, root, contacts, fps)
    return Planted(rotations, root, contacts)


def _lowest(skeleton: Skeleton, rotations: Array, root: Array) -> float:
    return floor_height(soles(skeleton, *forward(skeleton, rotations, root)))


def standing(points: Array, fps: float, sight: Array) -> Mask:
    """When each point (T, 4, 3) stands: slow and low, for a while.

    Movement along the sight counts little: the picture cannot show it.
    """
    count = len(points)
    if count < 3:
        return np.ones(points.shape[:2], dtype=bool)
    calm = smooth(points.reshape(count, -1), np.ones((count, 1)), stiffness(_CALM_HZ, fps))
    calm = calm.reshape(points.shape)
    moved = np.gradient(calm, axis=0) * fps
    deep = np.sum(moved * sight[:, None], axis=2, keepdims=True) * sight[:, None]
    speed = np.linalg.norm(moved - (1 - _DEEP) * deep, axis=2)
    still = np.linalg.norm(moved - deep, axis=2) < _STILL
    height = calm[..., 1]
    low = height < np.minimum(np.minimum(height.min(axis=1, keepdims=True), _LOW) + _LOW, 2 * _LOW)
    near = ((speed < _SLOW) & low) | (still & (speed < _SLOW) & (height < _LOW_AND_STILL))
    found = np.zeros(speed.shape, dtype=bool)
    for column in range(points.shape[1]):
        # Believed when it is slow at some time, and then for as long as it is nearly so.
        filled = _closed(near[:, column], round(_PAUSE_S * fps))
        for begin, end in runs(filled):
            long_enough = end - begin >= max(2, _SHORTEST_S * fps)
            if long_enough and speed[begin:end, column].min() < _SLOWER:
                found[begin:end, column] = True
    return found


def _closed(mask: Mask, most: int) -> Mask:
    """Short pauses between two stretches filled."""
    filled = mask.copy()
    for begin, end in runs(~mask):
        if begin > 0 and end < len(mask) and end - begin <= most:
            filled[begin:end] = True
    return filled


def _rested(seen: Array, feet: Array, contacts: Mask) -> Array:
    """Hips (T, 3) near to where they were seen, such that standing points (from the hips) rest."""
    count = len(seen)
    if count < 3:
        return seen
    both = (contacts[1:] & contacts[:-1]).astype(np.float64)
    share = both / np.maximum(both.sum(axis=1, keepdims=True), 1.0)
    step = np.einsum("tp,tpa->ta", share, feet[:-1] - feet[1:])
    held = _STANDS * both.max(axis=1)[:, None] * np.ones(3)
    main, first, second = (np.zeros((count, 3)) for _ in range(3))
    right = seen * _SEEN
    main += _SEEN
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


def _locked(skeleton: Skeleton, rotations: Array, root: Array, contacts: Mask, fps: float) -> Array:
    """Bend the legs until standing points do not move at all, and none is below the floor."""
    places, turned = forward(skeleton, rotations, root)
    ease = max(1, round(_EASE_S * fps))
    for number, side in enumerate(SIDES):
        columns = [2 * number, 2 * number + 1]
        _flatten(turned, side, contacts[:, columns[0]] & contacts[:, columns[1]], ease)
        points = soles(skeleton, places, turned)[:, columns]
        # Where the toes come to lie now that the foot is flat.
        moves = [_moves(points[:, each], contacts[:, columns[each]], ease) for each in (0, 1)]
        share = np.stack([weight for _, weight in moves], axis=1)
        total = np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
        away = sum((m * w[:, None] for m, w in moves), np.zeros_like(root))
        move = away / total * share.max(axis=1, keepdims=True)
        sunk = (points[..., 1] + move[:, None, 1]).min(axis=1)
        move[:, 1] -= np.minimum(sunk, 0.0)
        _bend_leg(skeleton, places, turned, side, places[:, INDEX[f"{side}Foot"]] + move)
    return relative(turned, skeleton)


def _flatten(turned: Array, side: str, flat: Mask, ease: int) -> None:
    """A foot on heel and toes lies flat and does not turn."""
    foot = turned[:, INDEX[f"{side}Foot"]]
    lying, weight = foot.copy(), np.zeros(len(foot))
    ahead = rotate(foot, np.broadcast_to([0.0, 0.0, 1.0], (len(foot), 3)))
    for begin, end in runs(flat):
        way = ahead[begin:end].sum(axis=0)
        half = np.arctan2(way[0], way[2]) / 2
        first, counts = _eased(begin, end, len(foot), ease)
        frames = slice(first, first + len(counts))
        stronger = counts > weight[frames]
        lying[frames][stronger] = [0.0, np.sin(half), 0.0, np.cos(half)]
        weight[frames] = np.maximum(weight[frames], counts)
    for joint in ("Foot", "ToeBase"):
        turned[:, INDEX[f"{side}{joint}"]] = slerp(foot, lying, weight)


def _eased(begin: int, end: int, count: int, ease: int) -> tuple[int, Array]:
    """The first frame, and what each counts: 1 from `begin` to `end`, less around."""
    first, last = max(0, begin - ease), min(count, end + ease)
    frames = np.arange(first, last)
    away = np.maximum(np.maximum(begin - frames, frames - end + 1), 0) / (ease + 1)
    return first, 1.0 - away * away * (3 - 2 * away)


def _moves(points: Array, stands: Mask, ease: int) -> tuple[Array, Array]:
    """How far a point (T, 3) must move to rest, and how much that counts (T,), eased in and out."""
    move, weight = np.zeros_like(points), np.zeros(len(points))
    for begin, end in runs(stands):
        rest = np.median(points[begin:end], axis=0)
        rest[1] = 0.0
        first, counts = _eased(begin, end, len(points), ease)
        frames = slice(first, first + len(counts))
        stronger = counts > weight[frames]
        move[frames][stronger] = (rest - points[frames])[stronger]
        weight[frames] = np.maximum(weight[frames], counts)
    return move, weight


def _bend_leg(skeleton: Skeleton, places: Array, turned: Array, side: str, target: Array) -> None:
    """Put the ankle at `target` (T, 3), as far as the leg reaches; the foot keeps its rotation."""
    upper, lower, foot = (INDEX[f"{side}{part}"] for part in ("UpLeg", "Leg", "Foot"))
    hip, knee, ankle = places[:, upper], places[:, lower], places[:, foot]
    thigh, shin = skeleton.lengths[lower], skeleton.lengths[foot]
    far = np.linalg.norm(target - hip, axis=1, keepdims=True)
    reach = np.clip(far, abs(thigh - shin) * 1.001 + 1e-6, (thigh + shin) * _REACH)
    towards = unit(target - hip)
    before = knee - hip
    # The knee stays in the plane it bends in now.
    turn = between(unit(ankle - hip), towards)
    bow = rotate(turn, before)
    bow = unit(bow - towards * np.sum(bow * towards, axis=1, keepdims=True))
    along = (thigh**2 - shin**2 + reach**2) / (2 * reach)
    aside = np.sqrt(np.maximum(thigh**2 - along**2, 0.0))
    new_knee = hip + towards * along + bow * aside
    new_ankle = hip + towards * reach
    turned[:, upper] = multiply(between(before, new_knee - hip), turned[:, upper])
    turned[:, lower] = multiply(between(ankle - knee, new_ankle - new_knee), turned[:, lower])
