"""Turns points of a body into rotations of a skeleton's joints, all frames at once. Pure numpy.

Each bone is aimed from where the skeleton really has its joint at the point where the network saw
the next one; what turns a bone about itself is taken from hinges (elbow, knee), hands and feet.
"""

from dataclasses import dataclass, field

import numpy as np

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.rotations import (
    IDENTITY,
    Array,
    aligned,
    between,
    inverse,
    limited,
    multiply,
    rotate,
    slerp,
    twist,
    unit,
)
from jobmill_engines.motion.skeleton import INDEX, SIDES, TRUNK, Skeleton

_X, _Y, _Z = np.eye(3)
_NOSE_BELOW = np.radians(12.0)
"""How far below the ears' level the nose points when the head is held straight."""
_COLLAR_MOST = np.radians(35.0)
_WRIST_MOST = np.radians(80.0)
_BENT = (np.sin(np.radians(8.0)), np.sin(np.radians(30.0)))
"""From which bend on a hinge is believed: not at all, wholly."""


@dataclass
class _Body:
    """The skeleton while it is posed: joints are added from the hips outwards."""

    skeleton: Skeleton
    places: Array
    turned: Array
    done: set[int] = field(default_factory=set)

    def turn(self, name: str, rotation: Array) -> None:
        """Set a joint's rotation in space."""
        self.turned[:, INDEX[name]] = rotation

    def place(self, name: str) -> Array:
        """Where a joint is (T, 3); its parent must be turned already."""
        joint = INDEX[name]
        parent = self.skeleton.parents[joint]
        if joint not in self.done and parent >= 0:
            self.places[:, joint] = self.place(self.skeleton.names[parent]) + rotate(
                self.turned[:, parent], np.broadcast_to(self.skeleton.offsets[joint], (1, 3))
            )
        self.done.add(joint)
        return self.places[:, joint]

    def rest(self, name: str) -> Array:
        """The offset of a joint at rest, (3,)."""
        offset: Array = self.skeleton.offsets[INDEX[name]]
        return offset

    def aim(self, name: str, point: Array) -> Array:
        """From where a joint's parent is to where the joint was seen, in the bone's length."""
        parent = self.skeleton.names[self.skeleton.parents[INDEX[name]]]
        return self.aim_from(name, self.place(parent), point)

    def aim_from(self, name: str, start: Array, point: Array) -> Array:
        """The same from a place that is not reached by turning joints yet."""
        length = float(np.linalg.norm(self.skeleton.offsets[INDEX[name]]))
        return length * unit(point - start)

    def space(self, name: str) -> Array:
        """A joint's rotation in space (T, 4)."""
        return self.turned[:, INDEX[name]]


def solve(points: Array, skeleton: Skeleton) -> Array:
    """Rotations (T, 22, 4), each relative to the parent's, of points (T, 33, 3) in metres."""
    count, joints = len(points), len(skeleton.names)
    turned = np.tile(IDENTITY, (count, joints, 1))
    body = _Body(skeleton, np.zeros((count, joints, 3)), turned)
    points = points - lm.middle(points, lm.HIPS)[:, None]
    _trunk(body, points)
    _head(body, points)
    for number, side in enumerate(SIDES):
        _arm(body, points, number, side)
        _leg(body, points, number, side)
    return relative(body.turned, skeleton)


def relative(turned: Array, skeleton: Skeleton) -> Array:
    """Rotations in space (T, 22, 4) as rotations relative to the parent's."""
    local = turned.copy()
    for joint, parent in enumerate(skeleton.parents):
        if parent >= 0:
            local[:, joint] = multiply(inverse(turned[:, parent]), turned[:, joint])
    return local


def _trunk(body: _Body, points: Array) -> None:
    """Hips by the line of the hips, chest by that of the shoulders, the spine evenly between."""
    up = lm.middle(points, lm.SHOULDERS)
    hips = aligned(_X, _Y, points[:, lm.HIPS[0]] - points[:, lm.HIPS[1]], up)
    chest = aligned(_X, _Y, points[:, lm.SHOULDERS[0]] - points[:, lm.SHOULDERS[1]], up)
    body.turn("Hips", hips)
    bends = [slerp(hips, chest, share) for share in (1 / 3, 2 / 3, 1.0)]
    begin = body.place("Spine")
    rests = [body.rest(name) for name in TRUNK[2:5]]
    end = sum(
        (rotate(q, np.broadcast_to(rest, up.shape)) for q, rest in zip(bends, rests, strict=True)),
        np.zeros_like(up),
    )
    lean = between(end, up - begin)
    for name, bend in zip(TRUNK[1:4], bends, strict=True):
        body.turn(name, multiply(lean, bend))


def _head(body: _Body, points: Array) -> None:
    ears = lm.middle(points, lm.EARS)
    ahead = points[:, lm.NOSE] - ears
    level = np.array([0.0, -np.sin(_NOSE_BELOW), np.cos(_NOSE_BELOW)])
    head = aligned(_X, level, points[:, lm.EARS[0]] - points[:, lm.EARS[1]], ahead)
    chest = body.space("Spine2")
    rest = body.rest("Head")
    start = rotate(chest, np.broadcast_to(rest, ears.shape))
    neck = multiply(between(start, ears - body.place("Neck")), chest)
    half = twist(multiply(inverse(neck), head), unit(rest))
    body.turn("Neck", multiply(neck, slerp(np.broadcast_to(IDENTITY, half.shape), half, 0.5)))
    body.turn("Head", head)


def _arm(body: _Body, points: Array, number: int, side: str) -> None:
    sign = 1.0 if number == 0 else -1.0
    shoulder, elbow, wrist = (
        points[:, each[number]] for each in (lm.SHOULDERS, lm.ELBOWS, lm.WRISTS)
    )
    chest = body.space("Spine2")
    rest = np.broadcast_to(body.rest(f"{side}Arm"), shoulder.shape)
    lift = between(rotate(chest, rest), shoulder - body.place(f"{side}Shoulder"))
    collar = multiply(limited(lift, _COLLAR_MOST), chest)
    body.turn(f"{side}Shoulder", collar)
    upper = body.aim(f"{side}ForeArm", elbow)
    fore = body.aim_from(f"{side}Hand", body.place(f"{side}Arm") + upper, wrist)
    hinge = _hinge(collar, sign * _X, -sign * _Y, upper, fore)
    body.turn(f"{side}Arm", aligned(sign * _X, -sign * _Y, upper, hinge))
    plain = aligned(sign * _X, -sign * _Y, fore, hinge)
    _hand(body, points, number, side, plain)


def _hand(body: _Body, points: Array, number: int, side: str, fore: Array) -> None:
    """The hand by its knuckles; the fore arm takes half of its turn about itself."""
    sign = 1.0 if number == 0 else -1.0
    index, pinky, wrist = (points[:, each[number]] for each in (lm.INDEXES, lm.PINKIES, lm.WRISTS))
    seen = aligned(sign * _X, _Z, (index + pinky) / 2 - wrist, index - pinky)
    bend = multiply(inverse(fore), seen)
    turn = twist(bend, sign * _X)
    half = slerp(np.broadcast_to(IDENTITY, turn.shape), turn, 0.5)
    body.turn(f"{side}ForeArm", multiply(fore, half))
    swing = limited(multiply(bend, inverse(turn)), _WRIST_MOST)
    body.turn(f"{side}Hand", multiply(fore, multiply(swing, turn)))


def _leg(body: _Body, points: Array, number: int, side: str) -> None:
    knee, ankle, heel, toe = (
        points[:, each[number]] for each in (lm.KNEES, lm.ANKLES, lm.HEELS, lm.TOES)
    )
    hips = body.space("Hips")
    thigh = body.aim(f"{side}Leg", knee)
    shin = body.aim_from(f"{side}Foot", body.place(f"{side}UpLeg") + thigh, ankle)
    # A straight leg has no hinge to see: it points where the hips and the toes do.
    likely = unit(rotate(hips, _X)) + unit(np.cross(-thigh, toe - heel))
    hinge = _hinge(hips, -_Y, _X, thigh, shin, likely)
    body.turn(f"{side}UpLeg", aligned(-_Y, _X, thigh, hinge))
    body.turn(f"{side}Leg", aligned(-_Y, _X, shin, hinge))
    body.place(f"{side}Foot")
    foot = aligned(_Z, _Y, toe - heel, ankle - heel)
    body.turn(f"{side}Foot", foot)
    body.turn(f"{side}ToeBase", foot)
    body.place(f"{side}ToeBase")


def _hinge(
    parent: Array,
    rest: Array,
    axis: Array,
    first: Array,
    second: Array,
    likely: Array | None = None,
) -> Array:
    """The axis (T, 3) about which a limb bends: as seen where it is bent, else carried along."""
    cross = np.cross(unit(first), unit(second))
    bend = np.linalg.norm(cross, axis=1, keepdims=True)
    share = np.clip((bend - _BENT[0]) / (_BENT[1] - _BENT[0]), 0.0, 1.0)
    share = share * share * (3 - 2 * share)
    if likely is None:
        swing = between(rotate(parent, np.broadcast_to(rest, first.shape)), first)
        likely = rotate(multiply(swing, parent), np.broadcast_to(axis, first.shape))
    return unit(share * unit(cross) + (1 - share) * unit(likely))
