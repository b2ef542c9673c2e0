"""Turns a stream of states per hop into stretches without flicker. Integers only: it is in the way.

A new state counts once it has held for `least` hops; it is then dated back to where the old one
ended. What does not hold that long belongs to the state before it, or, at the very beginning, to
the one after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.scan.spans import Span, append


@dataclass(frozen=True, slots=True)
class Grid:
    """Where hops lie in time: hop k begins at `begin` + k * `hop` / `rate` seconds."""

    begin: Fraction
    rate: int
    hop: int

    def time(self, hop: int) -> Fraction:
        return self.begin + Fraction(hop * self.hop, self.rate)


class Runs:
    """Stretches (first hop, hop after the last, state), made from blocks of states."""

    def __init__(self, grid: Grid, least: int) -> None:
        self._grid = grid
        self._least = least
        self._done: list[tuple[int, int, int]] = []
        self._state = -1
        self._since = 0
        self._left = -1
        self._pending = -1
        self._pending_since = 0
        self._hops = 0

    def feed(self, states: NDArray[np.int8]) -> None:
        """The states of the next hops, each 0 or more."""
        if not states.size:
            return
        edges = (np.flatnonzero(np.diff(states)) + 1).tolist()
        values = states[[0, *edges]].tolist()
        starts, ends = [0, *edges], [*edges, states.size]
        base = self._hops
        for value, start, end in zip(values, starts, ends, strict=True):
            self._stretch(value, base + start, base + end)
        self._hops = base + int(states.size)

    def _stretch(self, value: int, start: int, end: int) -> None:
        if value == self._state:
            self._left = self._pending = -1
            return
        if self._state < 0:
            self._state, self._since = value, start
            return
        if self._left < 0:
            self._left = start
        if value != self._pending:
            self._pending, self._pending_since = value, start
        if end - self._pending_since >= self._least:
            self._switch()

    def _switch(self) -> None:
        """The pending state has held for long enough."""
        too_short = self._left - self._since < self._least
        if not (too_short and not self._done):
            self._done.append((self._since, self._left, self._state))
            self._since = self._left
        self._state, self._left, self._pending = self._pending, -1, -1

    def finish(self, end: Fraction, labels: Sequence[str]) -> list[Span]:
        """The timeline up to `end` (it never ends before its last hop begins)."""
        if self._state >= 0:
            self._done.append((self._since, self._hops, self._state))
        timeline: list[Span] = []
        for start, stop, state in self._done:
            last = end if stop == self._hops else self._grid.time(stop)
            append(timeline, Span(self._grid.time(start), last, labels[state]))
        self._done, self._state = [], -1
        return timeline
