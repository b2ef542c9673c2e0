"""Dissolves and fades: changes of shot that take from a third of a second to two seconds.

While one picture turns into another, every picture between is a mixture of the two, so the way from
one to the other is hardly longer than their distance; a moving camera wanders. Before and after,
the picture must rest more or less. Looks at every second picture only, and at few points of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.scan.pictures import Batch

_THIN = 4
_LENGTHS = (8, 12, 18, 26, 36, 48)
_REST = 4
_KEPT = max(_LENGTHS) + 2 * _REST + 2
_LEAST = 12.0
_DETOUR, _DETOUR_LEVELS = 1.25, 4.0
_RESTING, _RESTING_LEVELS = 0.25, 1.5
_STEADY_LOW, _STEADY_HIGH = 0.08, 0.6
_SAME_LAYOUT = 0.5
_FLAT = 4.0
_BLACK_BETWEEN = Fraction(1)
_GUARD = 3
_MORE = 1.15

Tiny = NDArray[np.float32]


class GradualTracker:
    """Follows thinned pictures; remembers about two seconds of them."""

    def __init__(self) -> None:
        self._tiny: Tiny = np.zeros((0, 0), np.float32)
        self._times: list[Fraction] = []
        self._count = 0
        self._found: list[_Change] = []

    def feed(self, batch: Batch) -> None:
        """Take the next pictures."""
        thin = batch.luma[:, ::_THIN, ::_THIN]
        fresh = thin.reshape(len(batch.times), -1).astype(np.float32)
        kept = self._tiny[-_KEPT:]
        self._tiny = np.concatenate([kept, fresh]) if kept.size else fresh
        self._times = [*self._times[-_KEPT:], *batch.times]
        self._count += len(batch.times)
        self._look(len(batch.times))

    def _look(self, fresh: int) -> None:
        """Whether a change ended a few pictures before one of the last `fresh` ones."""
        count = len(self._tiny)
        offset = self._count - count
        lasts = np.arange(count - fresh, count) - _REST
        lasts = lasts[(lasts >= _LENGTHS[0] + _REST) & ((lasts + _REST + offset) % 2 == 1)]
        if not lasts.size:
            return
        rests = np.full(count, np.inf, np.float32)
        rests[: count - _REST] = _distances(self._tiny[:-_REST], self._tiny[_REST:])
        likely = sorted(
            (last, order, whole)
            for order, length in enumerate(_LENGTHS)
            for last, whole in self._likely(lasts[lasts >= length + _REST], length, rests)
        )
        for last, order, whole in likely:
            self._take(last - _LENGTHS[order], last, whole, offset)

    def _take(self, start: int, last: int, whole: float, offset: int) -> None:
        """Note a change; more of the one before takes its place, the same of it adds nothing."""
        first, found = offset + start, self._found
        if not found or first >= found[-1].last:
            found.append(self._change(start, last, whole, offset))
            return
        free = len(found) < 2 or first >= found[-2].last
        if free and first <= found[-1].first + _GUARD and whole > _MORE * found[-1].whole:
            found[-1] = self._change(start, last, whole, offset)

    def _likely(
        self, lasts: NDArray[np.int64], length: int, rests: Tiny
    ) -> list[tuple[int, float]]:
        """Those of `lasts` to which a straight way led from another picture `length` before.

        Both that picture and the last one rest. With the distance of the two.
        """
        whole = _distances(self._tiny[lasts - length], self._tiny[lasts])
        rest = _RESTING * whole + _RESTING_LEVELS
        before = rests[lasts - length - _REST]
        good = (whole >= _LEAST) & (rests[lasts] <= rest) & (before <= rest)
        if not good.any():
            return []
        lasts, whole = lasts[good], whole[good]
        marks = [self._tiny[lasts - length + length * quarter // 4] for quarter in range(5)]
        steps = np.stack([_distances(a, b) for a, b in pairwise(marks)])
        straight = steps.sum(axis=0) <= _DETOUR * whole + _DETOUR_LEVELS
        steady = (steps >= _STEADY_LOW * whole).sum(axis=0) >= 3
        even = steps.max(axis=0) <= _STEADY_HIGH * whole
        good = straight & steady & even & _others(marks[0], marks[-1])
        return list(zip(lasts[good].tolist(), whole[good].tolist(), strict=True))

    def _change(self, start: int, last: int, whole: float, offset: int) -> "_Change":
        flats = _is_flat(self._tiny[start]), _is_flat(self._tiny[last])
        at = last if flats[1] else start if flats[0] else self._middle(start, last)
        return _Change(offset + start, offset + last, self._times[at], flats, whole)

    def _middle(self, start: int, last: int) -> int:
        """The picture that is as far from the one end as from the other."""
        first, second = self._tiny[start], self._tiny[last]
        return min(
            range(start, last),
            key=lambda at: abs(
                _distance(first, self._tiny[at]) - _distance(second, self._tiny[at])
            ),
        )

    def finish(self, hard: Sequence[tuple[int, Fraction]]) -> list[Fraction]:
        """The moments of change; none where a hard cut (number, time) lies within the change.

        A fade to black that is followed by one from black within a second is one change.
        """
        cuts = np.array([number for number, _ in hard], dtype=np.int64)
        free = [change for change in self._found if not _holds_cut(change, cuts)]
        moments: list[Fraction] = []
        pending: Fraction | None = None
        for change in free:
            near = pending is not None and change.time - pending <= _BLACK_BETWEEN
            if pending is not None and near and change.flats[0]:
                moments[-1] = (pending + change.time) / 2
            else:
                moments.append(change.time)
            pending = change.time if change.flats[1] else None
        return moments


@dataclass(frozen=True, slots=True)
class _Change:
    """A change from picture number `first` to `last`, `whole` apart; which of the two is flat."""

    first: int
    last: int
    time: Fraction
    flats: tuple[bool, bool]
    whole: float


def _holds_cut(change: _Change, cuts: NDArray[np.int64]) -> bool:
    inside = (cuts >= change.first - _GUARD) & (cuts <= change.last + _GUARD)
    return bool(inside.any())


def _distances(first: Tiny, second: Tiny) -> Tiny:
    return np.asarray(np.abs(first - second).mean(axis=1, dtype=np.float32))


def _distance(first: Tiny, second: Tiny) -> float:
    return float(np.abs(first - second).mean())


def _is_flat(picture: Tiny) -> bool:
    return float(picture.std()) < _FLAT


def _others(first: Tiny, second: Tiny) -> NDArray[np.bool_]:
    """Where one of two pictures is flat, or both are laid out differently."""
    a = first - first.mean(axis=1, keepdims=True)
    b = second - second.mean(axis=1, keepdims=True)
    spread_a, spread_b = (a * a).mean(axis=1), (b * b).mean(axis=1)
    flat = np.minimum(spread_a, spread_b) < _FLAT**2
    alike = (a * b).mean(axis=1) > _SAME_LAYOUT * np.sqrt(spread_a * spread_b)
    return np.asarray(flat | ~alike)
