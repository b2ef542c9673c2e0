"""Puts what was seen at any times on an even grid: formats of motion have one rate. Pure numpy."""

from collections.abc import Callable, Sequence

import numpy as np

from jobmill_engines.motion.landmarks import COUNT, HIPS, middle
from jobmill_engines.motion.observed import Mask, Observed
from jobmill_engines.motion.rotations import Array, between, rotate, unit
from jobmill_engines.motion.sightings import Sightings
from jobmill_engines.motion.tables import Desk, blocks

_COMMON = (
    12.0,
    15.0,
    24 / 1.001,
    24.0,
    25.0,
    30 / 1.001,
    30.0,
    48.0,
    50.0,
    60 / 1.001,
    60.0,
    120.0,
)
_EVEN = 0.2
_FAR_S = 0.25


def frame_rate(times: Sequence[float] | Array, said: float | None) -> float:
    """The rate of the grid: what the file says if that is true, else the common one next to it."""
    if len(times) < 2:
        return said or 30.0
    steps = np.diff(times)
    usual = float(np.median(steps))
    rate = 1 / usual
    even = float(np.mean(np.abs(steps - usual) < _EVEN * usual)) > 0.98
    if even and said is not None and abs(said / rate - 1) < 0.02:
        return said
    if not even:
        rate = (len(times) - 1) / (times[-1] - times[0])
    common = min(_COMMON, key=lambda each: abs(np.log(each / rate)))
    return common if not even or abs(common / rate - 1) < 0.01 else rate


def observe(
    sightings: Sightings, said: float | None, size: tuple[int, int], focal: float, desk: Desk
) -> Observed:
    """What was seen on an even grid. `size`: of the pictures in pixels, `focal` likewise."""
    times = np.frombuffer(sightings.times)
    seen = np.frombuffer(sightings.seen, dtype=bool)
    fps = frame_rate(times, said)
    count = round(float(times[-1] - times[0]) * fps) + 1
    made = Observed(
        fps,
        desk.table(count, COUNT, 3, single=True),
        desk.table(count, COUNT, 2, single=True),
        desk.table(count, COUNT, single=True),
        np.zeros(count, dtype=bool),
    )
    for part in blocks(count):
        grid = times[0] + np.arange(part.start, part.stop) / fps
        rows, tracked = _on_grid(grid, times, sightings.rows, seen, fps)
        world = rows[:, : COUNT * 3].reshape(-1, COUNT, 3)
        pixels = rows[:, COUNT * 3 : COUNT * 5].reshape(-1, COUNT, 2)
        sight = (pixels - np.array(size) / 2) * [1.0, -1.0] / focal
        sight[~tracked] = 0.0
        made.world[part], made.picture[part] = _in_space(world, sight), sight
        made.visibility[part] = rows[:, COUNT * 5 :]
        made.tracked[part] = tracked
    return made


def _in_space(world: Array, sight: Array) -> Array:
    """The network sees a square by itself, as if the camera were turned to it: turned back."""
    hips = middle(sight, HIPS)
    ray = unit(np.concatenate([hips, -np.ones((len(hips), 1))], axis=1))
    turn = between(np.broadcast_to([0.0, 0.0, -1.0], ray.shape), ray)
    return rotate(np.broadcast_to(turn[:, None], (*world.shape[:2], 4)), world)


def _on_grid(
    grid: Array, times: Array, read: Callable[[int, int], Array], seen: Mask, fps: float
) -> tuple[Array, Mask]:
    """Rows at the grid's times: between two that are near, else the nearest within half a step.

    `read` gives the rows [from, to).
    """
    after = np.clip(np.searchsorted(times, grid), 0, len(times) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(times[after] - grid < grid - times[before], after, before)
    near = np.abs(times[nearest] - grid) <= 0.51 / fps
    step = times[after] - times[before]
    both = seen[before] & seen[after] & (step <= _FAR_S) & (step > 0)
    share = np.clip((grid - times[before]) / np.where(step > 0, step, 1.0), 0.0, 1.0)
    single = near & seen[nearest]
    first = int(before[0])
    rows = read(first, int(after[-1]) + 1)
    mixed = rows[before - first] * (1 - share[:, None]) + rows[after - first] * share[:, None]
    chosen = np.where(both[:, None], mixed, rows[nearest - first] * single[:, None])
    return chosen, both | single
