"""From one person's points over time to a moving skeleton: every step of it, in its order. Pure.

Flips repaired, points smoothed, the body measured, rotations solved, travel recovered, gaps
bridged, space put upright, feet planted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.body import measure
from jobmill_engines.motion.depth import lifted
from jobmill_engines.motion.flips import repaired
from jobmill_engines.motion.ground import Pose, floor_height, upright
from jobmill_engines.motion.observed import Mask, Observed, runs
from jobmill_engines.motion.planting import plant
from jobmill_engines.motion.rotations import (
    IDENTITY,
    Array,
    Order,
    continuous,
    euler,
    inverse,
    multiply,
    rotate,
    slerp,
)
from jobmill_engines.motion.skeleton import INDEX, NAMES, SIDES, Skeleton, build, forward
from jobmill_engines.motion.smoothing import robust_by_parts, stiffness
from jobmill_engines.motion.solving import solve
from jobmill_engines.motion.tables import Desk, Table, blocks, evenly, gathered
from jobmill_engines.motion.travel import locate

_LONG = 128
"""Frames of a gap over which the place of the hips is not left to the smoothing."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a task may ask of the movement. `height` in metres; None: as the network sees it."""

    height: float | None = None
    floor: bool = True
    smoothing_hz: float = 6.0


@dataclass(frozen=True, slots=True)
class Motion:
    """A skeleton that moves, T frames at a constant rate; Y up, metres, the floor at height 0.

    In tables (the first three) and arrays:
    `rotations` (T, 22, 4) relative to the parent's, `root` (T, 3) where the hips are,
    `confidence` (T, 22) 0 to 1, `tracked` (T,): false where the movement is only bridged,
    `flipped` (T,): where left and right were exchanged, `contacts` (T, 4): left heel, left toes,
    right heel, right toes stand. In the camera's space p is rotate(inverse(tilt), p + shift).
    """

    skeleton: Skeleton
    fps: float
    rotations: Table
    root: Table
    confidence: Table
    tracked: Mask
    flipped: Mask
    contacts: Mask
    tilt: Array
    shift: Array

    def __len__(self) -> int:
        return len(self.root)

    def joints(self, rows: slice = slice(None)) -> Array:
        """Where each joint is, (n, 22, 3)."""
        return forward(self.skeleton, self.rotations[rows], self.root[rows])[0]

    def sureness(self) -> Array:
        """How sure each joint is on the average (22,), where somebody was seen."""
        total = np.zeros(len(NAMES))
        for rows in blocks(len(self)):
            total += self.confidence[rows].sum(axis=0)
        mean: Array = total / self.tracked.sum()
        return mean

    def angles(self, order: Order) -> Iterator[tuple[slice, Array]]:
        """The rotations as angles (n, 22, 3) in degrees, block by block, without leaps."""
        before = None
        for rows in blocks(len(self)):
            found = euler(self.rotations[rows], order, before)
            before = found[-1]
            yield rows, np.degrees(found)

    def sight(self, rows: slice) -> Array:
        """Where the camera sees each joint, (n, 22, 2): x / depth to the right, y / depth up."""
        joints = self.joints(rows)
        back = np.broadcast_to(inverse(self.tilt), (*joints.shape[:-1], 4))
        seen = rotate(back, joints + self.shift)
        depth = np.maximum(-seen[..., 2:], 0.05)
        direction: Array = seen[..., :2] / depth
        return direction


def capture(observed: Observed, wishes: Wishes, desk: Desk | None = None) -> Motion:
    """The movement of what was seen; at least one frame must be tracked.

    With a `desk` of files the memory that is needed does not depend on how long the clip is.
    """
    desk = desk or Desk()
    seen, flipped = repaired(observed, desk)
    body, scale = measure(seen, wishes.height)
    skeleton = build(body)
    count = len(seen)
    bending = stiffness(wishes.smoothing_hz, seen.fps)
    points = desk.table(count, lm.COUNT, 3, single=True)
    robust_by_parts(seen.world, seen.weights, bending, points, scale)
    picture = desk.table(count, lm.COUNT, 2, single=True)
    robust_by_parts(seen.picture, seen.weights, bending, picture)
    pose = Pose(skeleton, desk.table(count, len(NAMES), 4), desk.table(count, 3))
    _place(pose, seen, points, picture, desk)
    tilt = _put_upright(pose, seen.fps) if wishes.floor else IDENTITY
    shift = _put_on_floor(pose)
    contacts = np.zeros((count, 4), dtype=bool)
    if wishes.floor:
        contacts = plant(pose, seen.fps, shift, desk)
    _make_continuous(pose.rotations)
    sure = _confidence(seen, desk)
    return Motion(
        skeleton, seen.fps, pose.rotations, pose.root, sure, seen.tracked, flipped, contacts,
        tilt, shift,
    )  # fmt: skip


def _place(pose: Pose, seen: Observed, points: Table, picture: Table, desk: Desk) -> None:
    """Rotations, and the hips in the camera's space.

    Twice: only when the place is known can the picture tell more about the points.
    """
    for last in (False, True):
        for rows in blocks(len(seen)):
            pose.rotations[rows] = solve(points[rows], pose.skeleton)
        _make_continuous(pose.rotations)
        _bridge(pose.rotations, seen.tracked, slerp)
        locate(seen, pose.skeleton, pose.rotations, pose.root, desk)
        # A curve says nothing of a place in the middle of a long gap.
        _bridge(pose.root, seen.tracked, _between, least=_LONG)
        if not last:
            for rows in blocks(len(seen)):
                points[rows] = lifted(points[rows], picture[rows], pose.root[rows])


def _put_upright(pose: Pose, fps: float) -> Array:
    """Turn the camera's space so that up is up; the rotation (4,) that did it."""
    frames = evenly(np.arange(len(pose)))
    joints = gathered(frames, lambda rows: pose.places(rows)[0])
    feet = gathered(frames, pose.soles)
    tilt = upright(joints, feet, len(pose) / len(frames) / fps)
    for rows in blocks(len(pose)):
        turned = pose.rotations[rows].copy()
        turned[:, 0] = multiply(np.broadcast_to(tilt, turned[:, 0].shape), turned[:, 0])
        pose.rotations[rows] = turned
        pose.root[rows] = rotate(np.broadcast_to(tilt, turned[:, 0].shape), pose.root[rows])
    return tilt


def _put_on_floor(pose: Pose) -> Array:
    """Move all so that the floor is at height 0 and the clip begins above the origin; by how much
    (3,)."""
    floor = floor_height(gathered(evenly(np.arange(len(pose))), pose.soles))
    first = pose.root[:1][0]
    shift = np.array([first[0], floor, first[2]])
    for rows in blocks(len(pose)):
        pose.root[rows] = pose.root[rows] - shift
    return shift


def _make_continuous(rotations: Table) -> None:
    before = None
    for rows in blocks(len(rotations)):
        rotations[rows] = now = continuous(rotations[rows], before)
        before = now[-1]


def gaps(tracked: Mask) -> list[tuple[int, int]]:
    """The stretches of frames [from, to) in which nobody was seen."""
    return runs(~tracked)


def _between(a: Array, b: Array, share: Array) -> Array:
    mixed: Array = a + (b - a) * share
    return mixed


def _bridge(
    table: Table, tracked: Mask, mix: Callable[[Array, Array, Array], Array], least: int = 1
) -> None:
    """Frames without a person: moved evenly from the one before to the one after; gaps of `least`
    frames and more."""
    for begin, end in gaps(tracked):
        if end - begin < least:
            continue
        after = table[end : end + 1] if end < len(table) else table[begin - 1 : begin]
        before = table[begin - 1 : begin] if begin > 0 else after
        for rows in blocks(end, begin):
            share = (np.arange(rows.start, rows.stop) - begin + 1) / (end - begin + 1)
            eased = share * share * (3 - 2 * share)
            table[rows] = mix(before, after, eased[:, None])


_SOURCES = {
    "Hips": lm.HIPS,
    "Neck": lm.SHOULDERS,
    "Head": lm.EARS,
    **{
        f"{side}{part}": (pair[number],)
        for number, side in enumerate(SIDES)
        for part, pair in (
            ("Shoulder", lm.SHOULDERS), ("Arm", lm.SHOULDERS), ("ForeArm", lm.ELBOWS),
            ("Hand", lm.WRISTS), ("UpLeg", lm.HIPS), ("Leg", lm.KNEES), ("Foot", lm.ANKLES),
            ("ToeBase", lm.TOES),
        )
    },
}  # fmt: skip


def _confidence(seen: Observed, desk: Desk) -> Table:
    """How sure each joint is (T, 22): as its points are; nothing where nobody was seen."""
    trunk = (*lm.SHOULDERS, *lm.HIPS)
    table = desk.table(len(seen), len(NAMES), single=True)
    for rows in blocks(len(seen)):
        seen_here = seen.visibility[rows]
        sure = np.empty((len(seen_here), len(NAMES)))
        for name, joint in INDEX.items():
            sure[:, joint] = seen_here[:, list(_SOURCES.get(name, trunk))].mean(axis=1)
        table[rows] = sure * seen.tracked[rows, None]
    return table
