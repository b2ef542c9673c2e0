"""Which way is up, and where the floor is, told by how the body stands on it. Pure numpy."""

import numpy as np

from jobmill_engines.motion.rotations import Array, between, rotate, unit
from jobmill_engines.motion.skeleton import INDEX, SIDES, Skeleton

_UP = np.array([0.0, 1.0, 0.0])
_STRAIGHT = np.cos(np.radians(25.0))
_UPRIGHT = np.cos(np.radians(40.0))
_LIKELY_S = 0.5
_MOST = np.radians(35.0)
HEEL_BACK = 0.35
"""How far the heel lies behind the ankle, of the length from the ankle to the toes."""


def upright(joints: Array, fps: float) -> Array:
    """The rotation (4,) that puts the camera's space upright: cameras are held tilted.

    People who stand with straight legs stand upright on the average; until half a second of such
    frames is seen, the camera is rather taken as level.
    """
    legs = [_leg(joints, side) for side in SIDES]
    feet = (legs[0][2] + legs[1][2]) / 2
    body = unit(joints[:, INDEX["Neck"]] - feet)
    standing = (legs[0][3] & legs[1][3]) & (body[:, 1] > _UPRIGHT)
    lean = body[standing].sum(axis=0) + _LIKELY_S * fps * _UP
    tilt = between(unit(lean), _UP)
    angle = 2 * np.arccos(np.clip(abs(tilt[3]), 0, 1))
    return tilt if angle <= _MOST else np.array([0.0, 0.0, 0.0, 1.0])


def _leg(joints: Array, side: str) -> tuple[Array, Array, Array, Array]:
    hip, knee, ankle = (joints[:, INDEX[f"{side}{part}"]] for part in ("UpLeg", "Leg", "Foot"))
    straight = np.sum(unit(knee - hip) * unit(ankle - knee), axis=1) > _STRAIGHT
    return hip, knee, ankle, straight


def soles(skeleton: Skeleton, places: Array, turned: Array) -> Array:
    """Where both feet may touch the floor (T, 4, 3): left heel, left toes, right heel, right toes."""
    found = []
    for side in SIDES:
        foot = INDEX[f"{side}Foot"]
        toe = skeleton.offsets[INDEX[f"{side}ToeBase"]]
        for offset in (toe * [1.0, 1.0, -HEEL_BACK], toe):
            turned_offset = rotate(turned[:, foot], np.broadcast_to(offset, (len(places), 3)))
            found.append(places[:, foot] + turned_offset)
    return np.stack(found, axis=1)


def floor_height(points: Array) -> float:
    """The height of the floor, which the lowest of the points (T, 4, 3) reach again and again."""
    return float(np.percentile(points[..., 1].min(axis=1), 15))
