"""Bends the legs until feet that stand do not move at all, and none is below the floor. Pure numpy.

A stretch in which a foot stands is looked at as a whole, the movement block by block.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.ground import Pose, soles
from jobmill_engines.motion.observed import Mask, runs
from jobmill_engines.motion.rotations import Array, between, multiply, rotate, slerp, unit
from jobmill_engines.motion.skeleton import INDEX, SIDES, Skeleton
from jobmill_engines.motion.solving import relative
from jobmill_engines.motion.tables import Desk, Table, blocks, evenly, gathered

_EASE_S = 0.1
_REACH = 0.999
_AHEAD = np.array([0.0, 0.0, 1.0])


def lock(pose: Pose, contacts: Mask, fps: float, desk: Desk) -> None:
    """Change the legs of a pose; `contacts` (T, 4) says which of the soles' points stand."""
    ease = max(1, round(_EASE_S * fps))
    count = len(pose)
    flat = [_flat(pose, contacts, number) for number in (0, 1)]
    points = desk.table(count, 4, 3)
    for rows in blocks(count):
        places, turned = pose.places(rows)
        for number in (0, 1):
            _flatten(turned, number, flat[number], rows, ease)
        points[rows] = soles(pose.skeleton, places, turned)
    rests = [_rests(points, contacts[:, column], column) for column in range(4)]
    for rows in blocks(count):
        places, turned = pose.places(rows)
        for number, side in enumerate(SIDES):
            _flatten(turned, number, flat[number], rows, ease)
            here = points[rows][:, 2 * number : 2 * number + 2]
            move = _move(here, rests[2 * number : 2 * number + 2], rows, ease)
            target = places[:, INDEX[f"{side}Foot"]] + move
            _bend_leg(pose.skeleton, places, turned, side, target)
        pose.rotations[rows] = relative(turned, pose.skeleton)


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Stretches of frames [begin, end), in their order, each with how something rests in it."""

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    values: Array

    def eased(self, rows: slice, ease: int) -> Iterator[tuple[slice, Array, Array]]:
        """For the stretches that reach into the rows: where in them, what each frame counts (1 in
        the stretch, less for some frames around it), and how it rests."""
        first = int(np.searchsorted(self.ends, rows.start - ease, side="right"))
        for number in range(first, len(self.begins)):
            begin, end = int(self.begins[number]), int(self.ends[number])
            if begin - ease >= rows.stop:
                return
            frames = np.arange(max(rows.start, begin - ease), min(rows.stop, end + ease))
            away = np.maximum(np.maximum(begin - frames, frames - end + 1), 0) / (ease + 1)
            place = slice(frames[0] - rows.start, frames[-1] + 1 - rows.start)
            yield place, 1.0 - away * away * (3 - 2 * away), self.values[number]


def _flat(pose: Pose, contacts: Mask, number: int) -> _Stretches:
    """When a foot lies on heel and toes, and half the angle about the vertical that it has then."""
    found = runs(contacts[:, 2 * number] & contacts[:, 2 * number + 1])
    begins, ends = _borders(found)
    way = np.zeros((len(found), 3))
    foot = INDEX[f"{SIDES[number]}Foot"]
    for rows in blocks(len(pose) if found else 0):
        turned = pose.places(rows)[1][:, foot]
        ahead = rotate(turned, np.broadcast_to(_AHEAD, (len(turned), 3)))
        first = int(np.searchsorted(ends, rows.start, side="right"))
        for each in range(first, int(np.searchsorted(begins, rows.stop))):
            inside = slice(max(0, begins[each] - rows.start), max(0, ends[each] - rows.start))
            way[each] += ahead[inside].sum(axis=0)
    return _Stretches(begins, ends, np.arctan2(way[:, :1], way[:, 2:]) / 2)


def _rests(points: Table, stands: Mask, column: int) -> _Stretches:
    """Where one of the points (T, 4, 3) rests on the floor while it stands."""
    found = runs(stands)
    begins, ends = _borders(found)
    places = np.zeros((len(found), 3))
    for each, (begin, end) in enumerate(found):
        frames = evenly(np.arange(begin, end))
        places[each] = np.median(gathered(frames, lambda rows: points[rows][:, column]), axis=0)
    places[:, 1] = 0.0
    return _Stretches(begins, ends, places)


def _borders(found: list[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _flatten(turned: Array, number: int, flat: _Stretches, rows: slice, ease: int) -> None:
    """A foot on heel and toes lies flat and does not turn."""
    side = SIDES[number]
    foot = turned[:, INDEX[f"{side}Foot"]].copy()
    lying, weight = foot.copy(), np.zeros(len(foot))
    for frames, counts, half in flat.eased(rows, ease):
        stronger = counts > weight[frames]
        lying[frames][stronger] = [0.0, np.sin(half[0]), 0.0, np.cos(half[0])]
        weight[frames] = np.maximum(weight[frames], counts)
    for joint in ("Foot", "ToeBase"):
        turned[:, INDEX[f"{side}{joint}"]] = slerp(foot, lying, weight)


def _move(points: Array, rests: list[_Stretches], rows: slice, ease: int) -> Array:
    """How far a foot whose heel and toes are at `points` (n, 2, 3) must move for them to rest."""
    moves = [_moves(points[:, each], rests[each], rows, ease) for each in (0, 1)]
    share = np.stack([weight for _, weight in moves], axis=1)
    total = np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
    away = sum((m * w[:, None] for m, w in moves), np.zeros((len(points), 3)))
    move: Array = away / total * share.max(axis=1, keepdims=True)
    sunk = (points[..., 1] + move[:, None, 1]).min(axis=1)
    move[:, 1] -= np.minimum(sunk, 0.0)
    return move


def _moves(points: Array, rests: _Stretches, rows: slice, ease: int) -> tuple[Array, Array]:
    """How far a point (n, 3) must move to rest, and how much that counts (n,), eased in and out."""
    move, weight = np.zeros_like(points), np.zeros(len(points))
    for frames, counts, rest in rests.eased(rows, ease):
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
