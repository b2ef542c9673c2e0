"""Dissolves and fades: changes of shot that take from a third of a second to two seconds.

While one picture turns into another, every picture between is a mixture of the two, so the way from
one to the other is hardly longer than their distance; a moving camera wanders. Before and after,
the picture must rest more or less. Looks at every second picture only, and at few points of it.
"""

from collections.abc import Sequence
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

Tiny = NDArray[np.float32]


class GradualTracker:
    """Follows thinned pictures; remembers about two seconds of them."""

    def __init__(self) -> None:
        self._tiny: list[Tiny] = []
        self._times: list[Fraction] = []
        self._count = 0
        self._found: list[_Change] = []

    def feed(self, batch: Batch) -> None:
        """Take the next pictures."""
        thin = batch.luma[:, ::_THIN, ::_THIN].astype(np.float32)
        for index, time in enumerate(batch.times):
            self._tiny.append(thin[index])
            self._times.append(time)
            self._count += 1
            if self._count % 2 == 0:
                self._look()
        surplus = len(self._tiny) - _KEPT
        if surplus > 0:
            del self._tiny[:surplus], self._times[:surplus]

    def _look(self) -> None:
        """Whether a change ended a few pictures ago."""
        last = len(self._tiny) - 1 - _REST
        starts = [last - length for length in _LENGTHS if last - length - _REST >= 0]
        if not starts:
            return
        offset = self._count - len(self._tiny)
        for start in starts:
            if self._found and offset + start < self._found[-1].last:
                continue
            change = self._change(start, last, offset)
            if change is not None:
                self._found.append(change)
                return

    def _change(self, start: int, last: int, offset: int) -> "_Change | None":
        tiny = self._tiny
        whole = _distance(tiny[start], tiny[last])
        if whole < _LEAST:
            return None
        rest = _RESTING * whole + _RESTING_LEVELS
        if _distance(tiny[last], tiny[last + _REST]) > rest:
            return None
        if _distance(tiny[start - _REST], tiny[start]) > rest:
            return None
        marks = [start + (last - start) * quarter // 4 for quarter in range(5)]
        steps = [_distance(tiny[a], tiny[b]) for a, b in pairwise(marks)]
        if sum(steps) > _DETOUR * whole + _DETOUR_LEVELS:
            return None
        if max(steps) > _STEADY_HIGH * whole or sum(s >= _STEADY_LOW * whole for s in steps) < 3:
            return None
        flats = float(tiny[start].std()) < _FLAT, float(tiny[last].std()) < _FLAT
        if not any(flats) and _likeness(tiny[start], tiny[last]) > _SAME_LAYOUT:
            return None
        at = last if flats[1] else start if flats[0] else self._middle(start, last)
        return _Change(offset + start, offset + last, self._times[at], flats)

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


class _Change:
    """A gradual change from picture number `first` to `last`; which of the two is flat."""

    __slots__ = ("first", "flats", "last", "time")

    def __init__(self, first: int, last: int, time: Fraction, flats: tuple[bool, bool]) -> None:
        self.first, self.last, self.time, self.flats = first, last, time, flats


def _holds_cut(change: _Change, cuts: NDArray[np.int64]) -> bool:
    inside = (cuts >= change.first - _GUARD) & (cuts <= change.last + _GUARD)
    return bool(inside.any())


def _distance(first: Tiny, second: Tiny) -> float:
    return float(np.abs(first - second).mean())


def _likeness(first: Tiny, second: Tiny) -> float:
    a, b = first - first.mean(), second - second.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale else 1.0
