"""Rotations as unit quaternions (x, y, z, w) in arrays of any shape (…, 4). Pure numpy.

Products read right to left: `rotate(multiply(a, b), v)` turns v by b first. Angles are radians.
"""

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Order = Literal["XYZ", "ZXY"]
IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])
_TINY = 1e-12


def unit(vectors: Array) -> Array:
    """Vectors (…, n) of length 1; those without a length stay as they are."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    divided: Array = vectors / np.where(length > _TINY, length, 1.0)
    return divided


def multiply(a: Array, b: Array) -> Array:
    """The rotation b followed by a."""
    ax, ay, az, aw = (a[..., i] for i in range(4))
    bx, by, bz, bw = (b[..., i] for i in range(4))
    return np.stack(
        [
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ],
        axis=-1,
    )


def inverse(q: Array) -> Array:
    """The rotation back."""
    turned: Array = q * np.array([-1.0, -1.0, -1.0, 1.0])
    return turned


def rotate(q: Array, vectors: Array) -> Array:
    """Vectors (…, 3) turned by q."""
    # Written out: on the short arrays of bodies numpy's own cross product is mostly checks.
    x, y, z, w = (q[..., i] for i in range(4))
    vx, vy, vz = (vectors[..., i] for i in range(3))
    tx, ty, tz = 2.0 * (y * vz - z * vy), 2.0 * (z * vx - x * vz), 2.0 * (x * vy - y * vx)
    turned = (
        vx + w * tx + (y * tz - z * ty),
        vy + w * ty + (z * tx - x * tz),
        vz + w * tz + (x * ty - y * tx),
    )
    return np.stack(np.broadcast_arrays(*turned), axis=-1)


def between(a: Array, b: Array) -> Array:
    """The shortest rotation of direction a into direction b."""
    a, b = unit(a), unit(b)
    dot = np.sum(a * b, axis=-1, keepdims=True)
    # Opposite directions: half a turn about any axis that is square to them.
    aside = np.where(np.abs(a[..., :1]) < 0.9, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    half_turn = np.concatenate([unit(np.cross(a, aside)), np.zeros_like(dot)], axis=-1)
    plain = np.concatenate([np.cross(a, b), 1.0 + dot], axis=-1)
    return np.where(dot < -1.0 + 1e-9, half_turn, unit(plain))


def from_axes(x: Array, y: Array, z: Array) -> Array:
    """The rotation that turns the axes of space into these three, square unit vectors (…, 3)."""
    m00, m10, m20 = np.moveaxis(x, -1, 0)
    m01, m11, m21 = np.moveaxis(y, -1, 0)
    m02, m12, m22 = np.moveaxis(z, -1, 0)
    # Four ways to divide; the one by the largest number is exact (Shepperd 1978).
    ways = np.stack(
        [
            np.stack([1 + m00 - m11 - m22, m10 + m01, m20 + m02, m21 - m12], -1),
            np.stack([m10 + m01, 1 - m00 + m11 - m22, m21 + m12, m02 - m20], -1),
            np.stack([m20 + m02, m21 + m12, 1 - m00 - m11 + m22, m10 - m01], -1),
            np.stack([m21 - m12, m02 - m20, m10 - m01, 1 + m00 + m11 + m22], -1),
        ],
        axis=-2,
    )
    best = np.argmax(np.diagonal(ways, axis1=-2, axis2=-1), axis=-1)
    chosen = np.take_along_axis(ways, best[..., None, None], axis=-2)[..., 0, :]
    return unit(chosen)


def frame(main: Array, aside: Array) -> tuple[Array, Array, Array]:
    """Three square unit vectors: along `main`, towards `aside`, and their cross product."""
    first = unit(main)
    second = unit(aside - first * np.sum(first * aside, axis=-1, keepdims=True))
    return first, second, np.cross(first, second)


def aligned(rest_main: Array, rest_aside: Array, main: Array, aside: Array) -> Array:
    """The rotation of the rest's `main` into `main` exactly, and `aside` as near as can be."""
    at_rest = from_axes(*frame(rest_main, rest_aside))
    return multiply(from_axes(*frame(main, aside)), inverse(at_rest))


def slerp(a: Array, b: Array, share: Array | float) -> Array:
    """From a (share 0) to b (share 1) on the shortest way, evenly."""
    part = np.asarray(share, dtype=np.float64)[..., None]
    dot = np.sum(a * b, axis=-1, keepdims=True)
    b = np.where(dot < 0, -b, b)
    angle = np.arccos(np.clip(np.abs(dot), 0.0, 1.0))
    sine = np.sin(angle)
    near = sine < 1e-6
    safe = np.where(near, 1.0, sine)
    first = np.where(near, 1.0 - part, np.sin((1.0 - part) * angle) / safe)
    second = np.where(near, part, np.sin(part * angle) / safe)
    return unit(first * a + second * b)


def limited(q: Array, most: float) -> Array:
    """The same rotation about the same axis, but by `most` radians at most."""
    angle = 2.0 * np.arccos(np.clip(np.abs(q[..., 3]), 0.0, 1.0))
    share = np.where(angle > most, most / np.where(angle > _TINY, angle, 1.0), 1.0)
    return slerp(np.broadcast_to(IDENTITY, q.shape), q, share)


def twist(q: Array, axis: Array) -> Array:
    """The part of a rotation that turns about `axis`."""
    along = np.sum(q[..., :3] * axis, axis=-1, keepdims=True) * axis
    twisted = np.concatenate([along, q[..., 3:]], axis=-1)
    lost = np.linalg.norm(twisted, axis=-1, keepdims=True) < 1e-9
    return np.where(lost, IDENTITY, unit(twisted))


def continuous(q: Array, before: Array | None = None) -> Array:
    """Quaternions over time (first axis) without a change of sign from one to the next, the one
    `before` (…, 4) them included."""
    chain = q if before is None else np.concatenate([before[None], q])
    dots = np.sum(chain[1:] * chain[:-1], axis=-1)
    signs = np.cumprod(np.where(dots < 0, -1.0, 1.0), axis=0)
    made = np.concatenate([chain[:1], chain[1:] * signs[..., None]])
    return made if before is None else made[1:]


def matrices(q: Array) -> Array:
    """Rotation matrices (…, 3, 3), for columns."""
    axes = [rotate(q, np.broadcast_to(axis, (*q.shape[:-1], 3))) for axis in np.eye(3)]
    return np.stack(axes, axis=-1)


def euler(q: Array, order: Order, before: Array | None = None) -> Array:
    """Angles about the axes (X, Y, Z), (T, …, 3), without leaps over time, nor from the angles
    `before` (…, 3) them.

    XYZ: about X first and Z last, as FBX means it. ZXY: the product Z X Y of BVH channels.
    """
    m = matrices(q)
    if order == "XYZ":
        y = np.arcsin(np.clip(-m[..., 2, 0], -1.0, 1.0))
        x = np.arctan2(m[..., 2, 1], m[..., 2, 2])
        z = np.arctan2(m[..., 1, 0], m[..., 0, 0])
    else:
        x = np.arcsin(np.clip(m[..., 2, 1], -1.0, 1.0))
        y = np.arctan2(-m[..., 2, 0], m[..., 2, 2])
        z = np.arctan2(-m[..., 0, 1], m[..., 1, 1])
    return _unwrapped(np.stack([x, y, z], axis=-1), 1 if order == "XYZ" else 0, before)


def _unwrapped(angles: Array, middle: int, before: Array | None) -> Array:
    """Of the two ways to write a rotation the one that is nearer to the frame before."""
    turn = 2.0 * np.pi
    out = angles.copy()
    outer = [axis for axis in range(3) if axis != middle]
    for now in range(len(out)):
        if before is None:
            before = out[now]
            continue
        first = out[now] + turn * np.round((before - out[now]) / turn)
        other = out[now].copy()
        other[..., middle] = np.pi - other[..., middle]
        other[..., outer] += np.pi
        other += turn * np.round((before - other) / turn)
        nearer = np.abs(other - before).sum(-1) < np.abs(first - before).sum(-1)
        out[now] = before = np.where(nearer[..., None], other, first)
    return out
