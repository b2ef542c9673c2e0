"""The standard skeleton: 22 joints of a humanoid in a T pose, Y up, facing +Z, its left at +X.

Metres. Every joint's rest rotation is none, so that a bone's rest direction is its offset. What
moves it is a rotation per joint and the place of the hips; lengths never change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from jobmill_engines.motion.rotations import Array, multiply, rotate

SIDES = ("Left", "Right")
_ARM = ("Shoulder", "Arm", "ForeArm", "Hand")
_LEG = ("UpLeg", "Leg", "Foot", "ToeBase")
TRUNK = ("Hips", "Spine", "Spine1", "Spine2", "Neck", "Head")
NAMES: tuple[str, ...] = (
    *TRUNK,
    *(f"{side}{part}" for side in SIDES for part in _ARM),
    *(f"{side}{part}" for side in SIDES for part in _LEG),
)
INDEX: Mapping[str, int] = {name: number for number, name in enumerate(NAMES)}
_CHAINS = (
    TRUNK,
    *(("Spine2", *(f"{side}{part}" for part in _ARM)) for side in SIDES),
    *(("Hips", *(f"{side}{part}" for part in _LEG)) for side in SIDES),
)
PARENTS: tuple[int, ...] = tuple(
    next(
        (INDEX[a] for chain in _CHAINS for a, b in pairwise(chain) if b == name),
        -1,
    )
    for name in NAMES
)
_SPINE_SHARES = (0.15, 0.25, 0.3, 0.3)
"""Hips → Spine → Spine1 → Spine2 → Neck, of the length of the trunk."""
_COLLAR = (0.2, 0.24)
"""Where the collar bone begins: of half the shoulders' width, of the trunk above Spine2."""


@dataclass(frozen=True, slots=True)
class Proportions:
    """Lengths of one body in metres, the two sides taken as equal."""

    trunk: float = 0.50
    shoulders: float = 0.36
    hips: float = 0.22
    upper_arm: float = 0.28
    fore_arm: float = 0.25
    hand: float = 0.09
    thigh: float = 0.42
    shin: float = 0.41
    ankle: float = 0.08
    foot: float = 0.13
    neck: float = 0.20

    @property
    def height(self) -> float:
        """How tall the body is, from the floor to the top of the head.

        The middle of the ears lies about 0.07 of the height below the top (Drillis, Contini 1966:
        head and neck 0.182 of it).
        """
        to_the_ears = self.ankle + self.shin + self.thigh + self.trunk + self.neck * 0.95
        return to_the_ears / 0.93

    def scaled(self, by: float) -> "Proportions":
        """The same body, larger or smaller."""
        return replace(self, **{name: getattr(self, name) * by for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Skeleton:
    """`offsets` (22, 3): each joint from its parent at rest, the hips from the floor.

    `tips` (name → 3): where a bone without a further joint ends.
    """

    offsets: Array
    tips: Mapping[str, Array]
    height: float
    names: tuple[str, ...] = NAMES
    parents: tuple[int, ...] = PARENTS

    def rest(self) -> Array:
        """Where the joints are at rest, (22, 3)."""
        placed = self.offsets.copy()
        for joint, parent in enumerate(self.parents):
            if parent >= 0:
                placed[joint] += placed[parent]
        return placed

    @property
    def lengths(self) -> Array:
        """The length of the bone that leads to each joint, (22,); the hips' is 0."""
        found: Array = np.linalg.norm(self.offsets, axis=1)
        found[0] = 0.0
        return found


def build(body: Proportions) -> Skeleton:
    """The skeleton of a body with these proportions."""
    offsets = np.zeros((len(NAMES), 3))
    legs = body.thigh + body.shin + body.ankle
    offsets[INDEX["Hips"]] = (0.0, legs, 0.0)
    for name, share in zip(TRUNK[1:5], _SPINE_SHARES, strict=True):
        offsets[INDEX[name]] = (0.0, share * body.trunk, 0.0)
    offsets[INDEX["Head"]] = (0.0, 0.55 * body.neck, 0.15 * body.neck)
    tips = {"Head": np.array([0.0, body.height - legs - body.trunk - 0.55 * body.neck, 0.0])}
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        _limbs(body, side, sign, offsets, tips)
    return Skeleton(offsets, tips, body.height)


def _limbs(
    body: Proportions, side: str, sign: float, offsets: Array, tips: dict[str, Array]
) -> None:
    half = body.shoulders / 2
    begin, up = _COLLAR[0] * half, _COLLAR[1] * body.trunk
    level = _SPINE_SHARES[3] * body.trunk
    offsets[INDEX[f"{side}Shoulder"]] = (sign * begin, up, 0.0)
    offsets[INDEX[f"{side}Arm"]] = (sign * (half - begin), level - up, 0.0)
    offsets[INDEX[f"{side}ForeArm"]] = (sign * body.upper_arm, 0.0, 0.0)
    offsets[INDEX[f"{side}Hand"]] = (sign * body.fore_arm, 0.0, 0.0)
    tips[f"{side}Hand"] = np.array([sign * body.hand, 0.0, 0.0])
    offsets[INDEX[f"{side}UpLeg"]] = (sign * body.hips / 2, 0.0, 0.0)
    offsets[INDEX[f"{side}Leg"]] = (0.0, -body.thigh, 0.0)
    offsets[INDEX[f"{side}Foot"]] = (0.0, -body.shin, 0.0)
    offsets[INDEX[f"{side}ToeBase"]] = (0.0, -body.ankle, body.foot)
    tips[f"{side}ToeBase"] = np.array([0.0, 0.0, 0.3 * body.foot])


def forward(skeleton: Skeleton, rotations: Array, root: Array) -> tuple[Array, Array]:
    """Where each joint is (T, 22, 3) and how it is turned in space (T, 22, 4).

    `rotations` (T, 22, 4) are each relative to the parent's; `root` (T, 3) is where the hips are.
    """
    places, turned = np.empty((*rotations.shape[:-1], 3)), np.empty_like(rotations)
    for joint, parent in enumerate(skeleton.parents):
        if parent < 0:
            places[:, joint], turned[:, joint] = root, rotations[:, joint]
            continue
        turned[:, joint] = multiply(turned[:, parent], rotations[:, joint])
        offset = np.broadcast_to(skeleton.offsets[joint], root.shape)
        places[:, joint] = places[:, parent] + rotate(turned[:, parent], offset)
    return places, turned
