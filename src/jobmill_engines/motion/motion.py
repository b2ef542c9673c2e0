"""From one person's points over time to a moving skeleton: every step of it, in its order. Pure.

Flips repaired, points smoothed, the body measured, rotations solved, travel recovered, gaps
bridged, space put upright, feet planted.
"""

from dataclasses import dataclass

import numpy as np

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.body import measure
from jobmill_engines.motion.depth import lifted
from jobmill_engines.motion.flips import repaired
from jobmill_engines.motion.ground import floor_height, soles, upright
from jobmill_engines.motion.observed import Mask, Observed, runs
from jobmill_engines.motion.planting import plant
from jobmill_engines.motion.rotations import (
    Array,
    continuous,
    inverse,
    multiply,
    rotate,
    slerp,
    unit,
)
from jobmill_engines.motion.skeleton import INDEX, NAMES, SIDES, Skeleton, build, forward
from jobmill_engines.motion.smoothing import robust_by_parts, stiffness
from jobmill_engines.motion.solving import solve
from jobmill_engines.motion.travel import locate

_PART = 2048


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a task may ask of the movement. `height` in metres; None: as the network sees it."""

    height: float | None = None
    floor: bool = True
    smoothing_hz: float = 6.0


@dataclass(frozen=True, slots=True)
class Motion:
    """A skeleton that moves, T frames at a constant rate; Y up, metres, the floor at height 0.

    `rotations` (T, 22, 4) relative to the parent's, `root` (T, 3) where the hips are,
    `confidence` (T, 22) 0 to 1, `tracked` (T,): false where the movement is only bridged,
    `flipped` (T,): where left and right were exchanged, `contacts` (T, 4): left heel, left toes,
    right heel, right toes stand. In the camera's space p is rotate(inverse(tilt), p + shift).
    """

    skeleton: Skeleton
    fps: float
    rotations: Array
    root: Array
    confidence: Array
    tracked: Mask
    flipped: Mask
    contacts: Mask
    tilt: Array
    shift: Array

    def __len__(self) -> int:
        return len(self.root)

    def joints(self) -> Array:
        """Where each joint is, (T, 22, 3)."""
        return forward(self.skeleton, self.rotations, self.root)[0]

    def sight(self) -> Array:
        """Where the camera sees each joint, (T, 22, 2): x / depth to the right, y / depth up."""
        joints = self.joints()
        back = np.broadcast_to(inverse(self.tilt), (*joints.shape[:-1], 4))
        seen = rotate(back, joints + self.shift)
        depth = np.maximum(-seen[..., 2:], 0.05)
        direction: Array = seen[..., :2] / depth
        return direction


def capture(seen: Observed, wishes: Wishes) -> Motion:
    """The movement of what was seen; at least one frame must be tracked."""
    seen, flipped = repaired(seen)
    body, scale = measure(seen, wishes.height)
    skeleton = build(body)
    bending = stiffness(wishes.smoothing_hz, seen.fps)
    points = robust_by_parts(seen.world, seen.weights, bending) * scale
    picture = robust_by_parts(seen.picture, seen.weights, bending)
    rotations, joints, root = _placed(seen, skeleton, points, picture)
    tilt = np.array([0.0, 0.0, 0.0, 1.0])
    if wishes.floor:
        feet = soles(skeleton, *forward(skeleton, rotations, root))
        tilt = upright(joints + root[:, None], feet, seen.fps)
        rotations[:, 0] = multiply(np.broadcast_to(tilt, rotations[:, 0].shape), rotations[:, 0])
        root = rotate(np.broadcast_to(tilt, rotations[:, 0].shape), root)
    points_below = soles(skeleton, *forward(skeleton, rotations, root))
    shift = np.array([root[0, 0], floor_height(points_below), root[0, 2]])
    root = root - shift
    contacts = np.zeros((len(seen), 4), dtype=bool)
    if wishes.floor:
        planted = plant(skeleton, rotations, root, seen.fps, unit(root + shift))
        rotations, root, contacts = planted.rotations, planted.root, planted.contacts
    sure = _confidence(seen)
    return Motion(
        skeleton, seen.fps, continuous(rotations), root, sure, seen.tracked, flipped, contacts,
        tilt, shift,
    )  # fmt: skip


def _placed(
    seen: Observed, skeleton: Skeleton, points: Array, picture: Array
) -> tuple[Array, Array, Array]:
    """Rotations, joints from the hips, and the hips in the camera's space.

    Twice: only when the place is known can the picture tell more about the points.
    """
    at_origin = np.zeros((len(seen), 3))
    for last in (False, True):
        rotations = _bridged(continuous(_solved(points, skeleton)), seen.tracked)
        joints, _ = forward(skeleton, rotations, at_origin)
        root = locate(seen, joints)
        if not last:
            points = lifted(points, picture, root)
    return rotations, joints, root


def _solved(points: Array, skeleton: Skeleton) -> Array:
    """A frame is solved by itself: some thousand at a time need little memory."""
    parts = [slice(begin, begin + _PART) for begin in range(0, len(points), _PART)]
    return np.concatenate([solve(points[part], skeleton) for part in parts])


def gaps(tracked: Mask) -> list[tuple[int, int]]:
    """The stretches of frames [from, to) in which nobody was seen."""
    return runs(~tracked)


def _bridged(rotations: Array, tracked: Mask) -> Array:
    """Frames without a person: turned evenly from the pose before to the one after."""
    bridged = rotations.copy()
    for begin, end in gaps(tracked):
        before, after = begin - 1, end
        if before < 0 or after >= len(tracked):
            bridged[begin:end] = rotations[after] if before < 0 else rotations[before]
            continue
        share = (np.arange(begin, end) - before) / (after - before)
        eased = share * share * (3 - 2 * share)
        bridged[begin:end] = slerp(rotations[before], rotations[after], eased[:, None])
    return bridged


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


def _confidence(seen: Observed) -> Array:
    """How sure each joint is (T, 22): as its points are; nothing where nobody was seen."""
    trunk = (*lm.SHOULDERS, *lm.HIPS)
    sure = np.empty((len(seen), len(NAMES)))
    for name, joint in INDEX.items():
        sure[:, joint] = seen.visibility[:, list(_SOURCES.get(name, trunk))].mean(axis=1)
    return sure * seen.tracked[:, None]
