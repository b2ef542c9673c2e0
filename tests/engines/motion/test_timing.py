"""Times of pictures become an even grid."""

import numpy as np
import pytest

from jobmill_engines.motion.following import Sighting
from jobmill_engines.motion.landmarks import COUNT
from jobmill_engines.motion.timing import Sightings, frame_rate, observe


def sighting(x: float) -> Sighting:
    """Somebody whose points are all at x pixels."""
    return Sighting(np.full((COUNT, 2), x), np.full((COUNT, 3), x), np.full(COUNT, 0.9), 1.0)


def watched(times: list[float], seen: list[bool] | None = None) -> Sightings:
    rows = Sightings()
    for number, time in enumerate(times):
        there = seen is None or seen[number]
        rows.add(time, sighting(100.0 * time) if there else None)
    return rows


@pytest.mark.parametrize("said", [24 / 1.001, 25.0, 30 / 1.001, 60.0, 17.0])
def test_an_even_film_keeps_its_rate(said: float) -> None:
    times = [number / said for number in range(50)]
    assert frame_rate(times, said) == said
    assert len(observe(watched(times), said, (640, 480), 500.0)) == 50


def test_what_the_file_says_wrongly_is_not_believed() -> None:
    assert frame_rate([number / 30 for number in range(50)], 90.0) == 30.0


def test_a_variable_rate_becomes_the_common_one_next_to_its_mean() -> None:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.choice([1 / 60, 1 / 30, 1 / 15], size=300, p=[0.3, 0.5, 0.2])).tolist()
    seen = observe(watched(times), 90.0, (640, 480), 500.0)
    assert seen.fps in (24.0, 25.0, 30 / 1.001, 30.0)
    assert seen.tracked.all()
    grid = times[0] + np.arange(len(seen)) / seen.fps
    x = seen.picture[:, 0, 0] * 500.0 + 320
    inside = grid <= times[-1]
    assert np.allclose(x[inside], 100 * grid[inside], atol=1e-3)


def test_where_nobody_was_seen_the_grid_says_so() -> None:
    times = [number / 30 for number in range(60)]
    there = [not 20 <= number < 30 for number in range(60)]
    seen = observe(watched(times, there), 30.0, (640, 480), 500.0)
    assert np.flatnonzero(~seen.tracked).tolist() == list(range(20, 30))


def test_pictures_that_are_missing_for_long_are_a_gap() -> None:
    times = [number / 30 for number in range(30)] + [2.0 + number / 30 for number in range(30)]
    seen = observe(watched(times), 30.0, (640, 480), 500.0)
    assert len(seen) == 90
    assert not seen.tracked[31:59].any()


def test_rows_outgrow_their_first_block() -> None:
    times = [number / 100 for number in range(2500)]
    assert len(watched(times).rows()) == 2500
