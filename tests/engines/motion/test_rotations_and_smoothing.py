"""The arithmetic under the movement: rotations, their angles, curves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill_engines.motion import rotations as r
from jobmill_engines.motion.smoothing import (
    robust,
    robust_by_parts,
    smooth,
    solve_banded,
    stiffness,
)

RNG = np.random.default_rng(7)
ANY = r.unit(RNG.normal(size=(60, 4)))
PLACES = RNG.normal(size=(60, 3))


def about(axis: int, angle: float) -> r.Array:
    """A rotation matrix about one axis."""
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    matrix = np.eye(3)
    matrix[[i, j], [i, j]] = np.cos(angle)
    matrix[i, j], matrix[j, i] = -np.sin(angle), np.sin(angle)
    return matrix


def test_products_read_right_to_left() -> None:
    other = np.roll(ANY, 1, axis=0)
    both = r.rotate(r.multiply(ANY, other), PLACES)
    assert np.allclose(both, r.rotate(ANY, r.rotate(other, PLACES)))


@pytest.mark.parametrize(("many", "places"), [((5, 1), (7,)), ((), (7,)), ((7,), ()), ((0,), (0,))])
def test_places_are_turned_as_their_matrices_say(
    many: tuple[int, ...], places: tuple[int, ...]
) -> None:
    q, at = r.unit(RNG.normal(size=(*many, 4))), RNG.normal(size=(*places, 3))
    exact = (r.matrices(q) @ at[..., None])[..., 0]
    assert np.allclose(r.rotate(q, at), exact)


def test_axes_give_back_their_rotation() -> None:
    x, y, z = np.moveaxis(r.matrices(ANY), -1, 0)
    assert np.allclose(np.abs(np.sum(r.from_axes(x, y, z) * ANY, axis=1)), 1.0)


@pytest.mark.parametrize(("order", "axes"), [("XYZ", (2, 1, 0)), ("ZXY", (2, 0, 1))])
def test_angles_multiply_to_the_rotation(order: r.Order, axes: tuple[int, int, int]) -> None:
    a, b, c = axes
    for angles, matrix in zip(r.euler(ANY, order), r.matrices(ANY), strict=True):
        made = about(a, angles[a]) @ about(b, angles[b]) @ about(c, angles[c])
        assert np.allclose(made, matrix, atol=1e-9)


def test_angles_do_not_leap_when_a_turn_goes_on() -> None:
    turns = np.linspace(0, 6 * np.pi, 200)
    zero = np.zeros_like(turns)
    q = np.stack([zero, zero, np.sin(turns / 2), np.cos(turns / 2)], axis=1)
    angles = r.euler(r.continuous(q), "XYZ")
    assert np.allclose(angles[:, 2], turns, atol=1e-6)


def test_opposite_directions_are_half_a_turn_apart() -> None:
    up = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    assert np.allclose(r.rotate(r.between(up, -up), up), -up)


def test_a_rotation_is_its_swing_and_its_twist() -> None:
    axis = np.array([0.0, 1.0, 0.0])
    turn = r.twist(ANY, axis)
    swing = r.multiply(ANY, r.inverse(turn))
    assert np.allclose(swing[:, 1], 0.0, atol=1e-9)


def test_the_curve_solves_the_equations_of_whittaker() -> None:
    values, weights = RNG.normal(size=(20, 2)), RNG.uniform(0.1, 1.0, size=(20, 2))
    bend = np.diff(np.eye(20), 2, axis=0)
    for column, curve in enumerate(smooth(values, weights, 3.0).T):
        w = weights[:, column]
        exact = np.linalg.solve(np.diag(w) + 3.0 * bend.T @ bend, w * values[:, column])
        assert np.allclose(curve, exact, atol=1e-6)


@given(st.integers(1, 12), st.integers(1, 3), st.booleans(), st.floats(0, 1e6), st.integers(0, 999))
def test_five_bands_are_solved_as_the_whole_matrix_is(
    count: int, columns: int, shared: bool, bending: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    bend = bending * (np.diff(np.eye(count), 2, axis=0).T @ np.diff(np.eye(count), 2, axis=0))
    weights = rng.uniform(0.1, 2.0, size=(count, columns))
    main, right = np.diag(bend)[:, None] + weights, rng.normal(size=(count, columns))
    # What stands in rows that have nothing behind them is not looked at.
    first, second = rng.normal(size=(2, count, 1))
    first[:-1, 0], second[:-2, 0] = np.diag(bend, 1), np.diag(bend, 2)
    if not shared:
        first, second = (np.repeat(each, columns, axis=1) for each in (first, second))
    for column, found in enumerate(solve_banded(main, first, second, right).T):
        exact = np.linalg.solve(bend + np.diag(weights[:, column]), right[:, column])
        assert np.allclose(found, exact, rtol=1e-5, atol=1e-6)


def test_a_movement_at_the_cutoff_is_halved_without_delay() -> None:
    t = np.arange(600) / 60
    wave = np.sin(2 * np.pi * 5 * t)[:, None]
    curve = smooth(wave, np.ones((600, 1)), stiffness(5.0, 60.0))
    inner = slice(60, 540)
    assert np.allclose(curve[inner], 0.5 * wave[inner], atol=0.01)


def test_measures_without_weight_are_bridged_by_the_curve() -> None:
    line = np.arange(30.0)[:, None]
    weights = np.ones((30, 1))
    weights[10:20] = 0.0
    broken = np.where(weights > 0, line, 99.0)
    assert np.allclose(smooth(broken, weights, 10.0), line, atol=1e-3)


def test_single_points_far_off_lose_their_weight() -> None:
    still = np.zeros((60, 1, 3)) + RNG.normal(scale=0.002, size=(60, 1, 3))
    still[30] += 0.5
    curve = robust(still, np.ones((60, 1)), stiffness(6.0, 30.0))
    assert np.abs(curve[30]).max() < 0.03


def test_a_long_clip_in_parts_is_the_same_curve() -> None:
    values = np.cumsum(RNG.normal(size=(5000, 1, 3)), axis=0)
    weights = RNG.uniform(0.2, 1.0, size=(5000, 1))
    bending = stiffness(2.0, 60.0)
    whole = smooth(values[:, 0], weights, bending)
    parts = np.empty_like(values)
    robust_by_parts(values, lambda rows: weights[rows], bending, parts)
    parts = parts[:, 0]
    again = robust(values, weights, bending)[:, 0]
    assert np.abs(parts - again).max() < 0.1
    assert np.abs(again - whole).max() < 10
