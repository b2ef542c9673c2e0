"""Smoothing without lag: the curve that is near to the measures and bends little. Pure numpy.

Whittaker's smoother with second differences: it looks both ways in time, so nothing comes late; a
measure without weight is bridged by the curve itself. Five numbers a row, solved in one sweep.
"""

from collections.abc import Callable

import numpy as np

from jobmill_engines.motion.rotations import Array
from jobmill_engines.motion.tables import Table, parts


def stiffness(cutoff_hz: float, fps: float) -> float:
    """The weight of bending which halves a movement of this frequency (at weight 1)."""
    turn = np.pi * min(cutoff_hz / fps, 0.5)
    return float((2.0 * np.sin(turn)) ** -4)


def smooth(values: Array, weights: Array, bending: float) -> Array:
    """The smooth curves (T, n) through values (T, n) with weights (T, n) or (T, 1), 0 for none.

    A curve without any weight stays 0.
    """
    count = len(values)
    weights = np.broadcast_to(weights, values.shape)
    if count < 3:
        return np.where(weights > 0, values, _mean(values, weights))
    main, first, second = _bands(count, bending)
    # A trace of weight towards the mean keeps a curve of fewer than two points solvable.
    faint = 1e-9 * (1.0 + bending)
    middle = _mean(values, weights)
    pull = weights * (values - middle)
    return middle + solve_banded(
        main[:, None] + weights + faint, first[:, None], second[:, None], pull
    )


def robust(values: Array, weights: Array, bending: float, rounds: int = 2) -> Array:
    """As `smooth`, but points far off their curve, single or few, lose their weight.

    `values` (T, points, axes), `weights` (T, points): a point is judged by its distance (Huber).
    """
    shape = values.shape
    flat = values.reshape(shape[0], -1)
    trust = weights
    for _ in range(rounds):
        spread = np.repeat(trust, shape[2], axis=1)
        curve = smooth(flat, spread, bending).reshape(shape)
        off = np.linalg.norm(values - curve, axis=2)
        usual = 1.4826 * np.median(np.where(weights > 0, off, 0.0), axis=0) + 1e-9
        trust = weights * np.minimum(1.0, (2.5 * usual / np.maximum(off, 1e-12)) ** 2)
    return smooth(flat, np.repeat(trust, shape[2], axis=1), bending).reshape(shape)


def robust_by_parts(
    values: Table, weigh: Callable[[slice], Array], bending: float, made: Table, scale: float = 1.0
) -> None:
    """As `robust`, times `scale`, into the table `made`; a long clip in parts that overlap.

    `weigh` gives the weights of rows. Parts agree unless points are without weight for longer than
    they overlap.
    """
    for part in parts(len(values)):
        curve = robust(values[part.seen], weigh(part.seen), bending)
        made[part.own] = curve[part.inner] * scale


def solve_banded(main: Array, first: Array, second: Array, right: Array) -> Array:
    """x of A x = right for a symmetric A with five bands, for each column by itself.

    `main` (T, n), `first` (T, n or 1): beside the diagonal, row t to t + 1, `second`: t to t + 2.
    """
    count = len(right)
    shape = right.shape
    # A = L D L': the rows of `e` and `f` become those of L, below its diagonal of ones. Two more
    # rows at both ends stand for what is above the first and below the last.
    d, e, f, z = (np.zeros((count + 4, *shape[1:])) for _ in range(4))
    d[:2], d[2:-2], d[-2:], z[2:-2] = 1.0, main, 1.0, right
    e[2:-3], f[2:-4] = np.broadcast_to(first, shape)[:-1], np.broadcast_to(second, shape)[:-2]
    rows = list(zip(d, e, f, z, strict=True))
    for t in range(2, count + 2):
        (d0, _, f0, z0), (d1, e1, f1, z1), (dt, et, ft, zt) = rows[t - 2 : t + 1]
        carried = d1 * e1
        dt -= carried * e1 + d0 * f0 * f0
        et -= carried * f1
        zt -= e1 * z1 + f0 * z0
        et /= dt
        ft /= dt
    z /= d
    for t in range(count + 1, 1, -1):
        z[t] -= e[t] * z[t + 1] + f[t] * z[t + 2]
    return z[2:-2]


def _bands(count: int, bending: float) -> tuple[Array, Array, Array]:
    """The bands of bending × D'D, D being second differences."""
    main, first, second = np.zeros(count), np.zeros(count), np.zeros(count)
    inner = np.arange(count - 2)
    for place, weight in ((0, 1.0), (1, 4.0), (2, 1.0)):
        np.add.at(main, inner + place, weight)
    np.add.at(first, inner, -2.0)
    np.add.at(first, inner + 1, -2.0)
    second[inner] = 1.0
    return main * bending, first * bending, second * bending


def _mean(values: Array, weights: Array) -> Array:
    total = weights.sum(axis=0)
    mean: Array = (values * weights).sum(axis=0) / np.where(total > 0, total, 1.0)
    return mean
