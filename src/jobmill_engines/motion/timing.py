"""Puts what was seen at any times on an even grid: formats of motion have one rate. Pure numpy."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from jobmill_engines.motion.following import Sighting
from jobmill_engines.motion.landmarks import COUNT, HIPS, middle
from jobmill_engines.motion.observed import Observed
from jobmill_engines.motion.rotations import Array, between, rotate, unit

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
_COLUMNS = COUNT * 6


@dataclass(slots=True)
class Sightings:
    """All that was seen, in rows that grow: a minute at 30 fps takes 1.4 MB."""

    times: list[float] = field(default_factory=list)
    seen: list[bool] = field(default_factory=list)
    _blocks: list[np.typing.NDArray[np.float32]] = field(default_factory=list)

    def add(self, time: float, sighting: Sighting | None) -> None:
        """The next frame, at `time` seconds."""
        row = len(self.times) % 1024
        if row == 0:
            self._blocks.append(np.zeros((1024, _COLUMNS), dtype=np.float32))
        if sighting is not None:
            parts = (sighting.world, sighting.picture, sighting.visibility)
            self._blocks[-1][row] = np.concatenate([each.ravel() for each in parts])
        self.times.append(time)
        self.seen.append(sighting is not None)

    def rows(self) -> Array:
        """World, picture and visibility of every frame, (n, 198)."""
        return np.concatenate(self._blocks)[: len(self.times)].astype(np.float64)


def frame_rate(times: Sequence[float], said: float | None) -> float:
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
    sightings: Sightings, said: float | None, size: tuple[int, int], focal: float
) -> Observed:
    """What was seen on an even grid. `size`: of the pictures in pixels, `focal` likewise."""
    times = np.array(sightings.times)
    fps = frame_rate(sightings.times, said)
    count = round(float(times[-1] - times[0]) * fps) + 1
    grid = times[0] + np.arange(count) / fps
    rows, tracked = _on_grid(grid, times, sightings.rows(), np.array(sightings.seen), fps)
    world = rows[:, : COUNT * 3].reshape(count, COUNT, 3)
    pixels = rows[:, COUNT * 3 : COUNT * 5].reshape(count, COUNT, 2)
    sight = (pixels - np.array(size) / 2) * [1.0, -1.0] / focal
    sight[~tracked] = 0.0
    visibility = rows[:, COUNT * 5 :]
    return Observed(fps, _in_space(world, sight), sight, visibility, tracked)


def _in_space(world: Array, sight: Array) -> Array:
    """The network sees a square by itself, as if the camera were turned to it: turned back."""
    hips = middle(sight, HIPS)
    ray = unit(np.concatenate([hips, -np.ones((len(hips), 1))], axis=1))
    turn = between(np.broadcast_to([0.0, 0.0, -1.0], ray.shape), ray)
    return rotate(np.broadcast_to(turn[:, None], (*world.shape[:2], 4)), world)


def _on_grid(
    grid: Array, times: Array, rows: Array, seen: np.typing.NDArray[np.bool_], fps: float
) -> tuple[Array, np.typing.NDArray[np.bool_]]:
    """Rows at the grid's times: between two that are near, else the nearest within half a step."""
    after = np.clip(np.searchsorted(times, grid), 0, len(times) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(times[after] - grid < grid - times[before], after, before)
    near = np.abs(times[nearest] - grid) <= 0.51 / fps
    step = times[after] - times[before]
    both = seen[before] & seen[after] & (step <= _FAR_S) & (step > 0)
    share = np.clip((grid - times[before]) / np.where(step > 0, step, 1.0), 0.0, 1.0)
    single = near & seen[nearest]
    mixed = rows[before] * (1 - share[:, None]) + rows[after] * share[:, None]
    chosen = np.where(both[:, None], mixed, rows[nearest] * single[:, None])
    return chosen, both | single
