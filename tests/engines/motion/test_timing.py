"""Times of pictures become an even grid."""

import tempfile
from pathlib import Path

import numpy as np
import pytest

from jobmill_engines.motion.following import Memory, Sighting
from jobmill_engines.motion.landmarks import COUNT
from jobmill_engines.motion.observed import Observed
from jobmill_engines.motion.sightings import open_sightings
from jobmill_engines.motion.tables import Desk
from jobmill_engines.motion.timing import frame_rate, observe


def sighting(x: float) -> Sighting:
    """Somebody whose points are all at x pixels."""
    return Sighting(np.full((COUNT, 2), x), np.full((COUNT, 3), x), np.full(COUNT, 0.9), 1.0)


def watched(times: list[float], seen: list[bool] | None = None, said: float = 90.0) -> Observed:
    """What was seen at these times, on the grid."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with open_sightings(place, place, "a film") as rows:
            for number, time in enumerate(times):
                there = seen is None or seen[number]
                rows.add(time, sighting(100.0 * time) if there else None, Memory())
            return observe(rows, said, (640, 480), 500.0, Desk())


@pytest.mark.parametrize("said", [24 / 1.001, 25.0, 30 / 1.001, 60.0, 17.0])
def test_an_even_film_keeps_its_rate(said: float) -> None:
    times = [number / said for number in range(50)]
    assert frame_rate(times, said) == said
    assert len(watched(times, said=said)) == 50


def test_what_the_file_says_wrongly_is_not_believed() -> None:
    assert frame_rate([number / 30 for number in range(50)], 90.0) == 30.0


def test_a_variable_rate_becomes_the_common_one_next_to_its_mean() -> None:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.choice([1 / 60, 1 / 30, 1 / 15], size=300, p=[0.3, 0.5, 0.2])).tolist()
    seen = watched(times)
    assert seen.fps in (24.0, 25.0, 30 / 1.001, 30.0)
    assert seen.tracked.all()
    grid = times[0] + np.arange(len(seen)) / seen.fps
    x = seen.picture[:][:, 0, 0] * 500.0 + 320
    inside = grid <= times[-1]
    assert np.allclose(x[inside], 100 * grid[inside], atol=1e-3)


def test_where_nobody_was_seen_the_grid_says_so() -> None:
    times = [number / 30 for number in range(60)]
    there = [not 20 <= number < 30 for number in range(60)]
    seen = watched(times, there, 30.0)
    assert np.flatnonzero(~seen.tracked).tolist() == list(range(20, 30))


def test_pictures_that_are_missing_for_long_are_a_gap() -> None:
    times = [number / 30 for number in range(30)] + [2.0 + number / 30 for number in range(30)]
    seen = watched(times, said=30.0)
    assert len(seen) == 90
    assert not seen.tracked[31:59].any()


def test_more_rows_than_a_block_lie_at_their_times() -> None:
    times = [number / 100 for number in range(2500)]
    seen = watched(times, said=100.0)
    assert np.allclose(seen.picture[:][:, 0, 0] * 500 + 320, 100 * np.array(times), atol=1e-3)
