"""A plain body for formats that want a surface: one eight-sided spike for each bone, at rest.

Every corner belongs wholly to one joint. Metres.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.rotations import Array, unit
from jobmill_engines.motion.skeleton import Skeleton

_THICK = 0.14
_WAIST = 0.2


@dataclass(frozen=True, slots=True)
class Mesh:
    """`points` and `normals` (N, 3), `joints` (N,): whose each is; each three make a triangle."""

    points: Array
    normals: Array
    joints: NDArray[np.int64]


def bones(skeleton: Skeleton) -> Mesh:
    """The spikes of all bones, ends included."""
    rest = skeleton.rest()
    pairs = [(p, rest[p], rest[j]) for j, p in enumerate(skeleton.parents) if p >= 0]
    for name, tip in skeleton.tips.items():
        joint = skeleton.names.index(name)
        pairs.append((joint, rest[joint], rest[joint] + tip))
    corners = np.concatenate([_spike(begin, end) for _, begin, end in pairs])
    faces = corners.reshape(-1, 3, 3)
    normals = unit(np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0]))
    owners = np.repeat([joint for joint, _, _ in pairs], 24)
    return Mesh(corners, np.repeat(normals, 3, axis=0), owners)


def _spike(begin: Array, end: Array) -> Array:
    """The 24 corners of eight triangles."""
    along = end - begin
    aside = unit(
        np.cross(along, [0.0, 0.0, 1.0] if abs(along[2]) < abs(along).max() else [1.0, 0, 0])
    )
    other = unit(np.cross(along, aside))
    width = min(_THICK * float(np.linalg.norm(along)), 0.05)
    ring = [begin + _WAIST * along + width * side for side in (aside, other, -aside, -other)]
    corners = []
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        corners += [begin, b, a, end, a, b]
    return np.array(corners)
