"""The lengths of one body, measured over a whole clip. Pure numpy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.observed import Mask, Observed
from jobmill_engines.motion.rotations import Array, unit
from jobmill_engines.motion.skeleton import Proportions
from jobmill_engines.motion.tables import evenly, gathered

_SURE = 0.6
_LIKELY_HEIGHT = (1.3, 2.1)
_USUAL_HEIGHT = 1.7


@dataclass(frozen=True, slots=True)
class _Sample:
    """Frames of an observation, as arrays."""

    world: Array
    visibility: Array
    tracked: Mask


def measure(observed: Observed, height: float | None) -> tuple[Proportions, float]:
    """The body's proportions, and the factor that makes the world's points fit to them.

    `height` in metres, if it is known; else the network's own idea of it is taken, within what
    people measure. Of a long clip some thousand frames are looked at.
    """
    seen = _sample(observed)
    found = Proportions(
        trunk=_length(seen, *_middles(seen, lm.SHOULDERS, lm.HIPS)),
        shoulders=_pair(seen, [lm.SHOULDERS]),
        hips=_pair(seen, [lm.HIPS]),
        upper_arm=_sides(seen, lm.SHOULDERS, lm.ELBOWS),
        fore_arm=_sides(seen, lm.ELBOWS, lm.WRISTS),
        hand=_sides(seen, lm.WRISTS, lm.INDEXES),
        thigh=_sides(seen, lm.HIPS, lm.KNEES),
        shin=_sides(seen, lm.KNEES, lm.ANKLES),
        **_feet(seen),
        neck=_length(seen, *_middles(seen, lm.EARS, lm.SHOULDERS)),
    )
    by = 1.0
    if height is not None:
        by = height / found.height
    elif not _LIKELY_HEIGHT[0] <= found.height <= _LIKELY_HEIGHT[1]:
        by = _USUAL_HEIGHT / found.height
    return found.scaled(by), by


def _sample(seen: Observed) -> _Sample:
    frames = evenly(np.flatnonzero(seen.tracked))
    return _Sample(
        gathered(frames, lambda rows: seen.world[rows]),
        gathered(frames, lambda rows: seen.visibility[rows]),
        np.ones(len(frames), dtype=bool),
    )


def _sides(seen: _Sample, a: tuple[int, int], b: tuple[int, int]) -> float:
    return _pair(seen, [(a[0], b[0]), (a[1], b[1])])


def _pair(seen: _Sample, pairs: Sequence[tuple[int, int]]) -> float:
    """The median distance of two points, several such pairs taken together."""
    lengths = [np.linalg.norm(seen.world[:, a] - seen.world[:, b], axis=1) for a, b in pairs]
    sure = [np.minimum(seen.visibility[:, a], seen.visibility[:, b]) for a, b in pairs]
    tracked = np.tile(seen.tracked, len(pairs))
    return _median(np.concatenate(lengths), np.concatenate(sure), tracked)


def _length(seen: _Sample, between: Array, sure: Array) -> float:
    return _median(np.linalg.norm(between, axis=1), sure, seen.tracked)


def _median(lengths: Array, sure: Array, tracked: Mask) -> float:
    good = tracked & (sure >= _SURE)
    if good.sum() < 5:
        good = tracked
    return float(np.median(lengths[good]))


def _middles(seen: _Sample, a: tuple[int, int], b: tuple[int, int]) -> tuple[Array, Array]:
    sure = seen.visibility[:, [*a, *b]].min(axis=1)
    return lm.middle(seen.world, a) - lm.middle(seen.world, b), sure


def _feet(seen: _Sample) -> dict[str, float]:
    """How high the ankle is above the sole, and how far the toes are before it."""
    high, far, sure = [], [], []
    for side in (0, 1):
        heel, toe, ankle = (seen.world[:, pair[side]] for pair in (lm.HEELS, lm.TOES, lm.ANKLES))
        along = unit(toe - heel)
        from_ankle = toe - ankle
        before = np.sum(from_ankle * along, axis=1)
        far.append(before)
        high.append(np.linalg.norm(from_ankle - along * before[:, None], axis=1))
        points = [lm.HEELS[side], lm.TOES[side], lm.ANKLES[side]]
        sure.append(seen.visibility[:, points].min(axis=1))
    both, tracked = np.concatenate(sure), np.tile(seen.tracked, 2)
    ankle_high = _median(np.concatenate(high), both, tracked)
    return {"ankle": ankle_high, "foot": _median(np.concatenate(far), both, tracked)}
