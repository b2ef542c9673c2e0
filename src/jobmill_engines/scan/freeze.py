"""Where the picture stands still.

A picture stands as long as its points differ from the first one of the stretch by at most `noise`
(a share of full scale) on average, and no cell of it by more than three levels: what a coder does
to a still picture stays below that, a ticking clock in a corner does not.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np

from jobmill_engines.scan.pictures import Batch, Bytes, means, strongest
from jobmill_engines.scan.spans import Span

_CELL_LEVELS = 3.0
_SHORTEST = Fraction(1, 4)
_BLACK = 20
_FIRST_LOOK = 2
"""Pictures compared at first with a new one that stands; more and more while none has drifted."""


class FreezeTracker:
    """Follows the picture that stands, frame by frame; still black is labelled `black`."""

    def __init__(self, noise: float) -> None:
        self._levels = noise * 255
        self._cell_levels = max(_CELL_LEVELS, 4 * self._levels)
        self._timeline: list[Span] = []
        self._standing: Bytes | None = None
        self._since = Fraction(0)
        self._steady = 0

    def feed(self, batch: Batch) -> None:
        """Take the next pictures."""
        moving = (batch.changed > self._levels) | (batch.strongest > self._cell_levels)
        moves = np.flatnonzero(moving).tolist()
        edges = [0, *(move for move in moves if move), len(batch.times)]
        for start, end in pairwise(edges):
            if self._standing is None or moving[start]:
                self._begin(batch.luma[start], batch.times[start])
            self._follow(batch, start, end)

    def _begin(self, picture: Bytes, time: Fraction) -> None:
        self._end(time)
        self._standing, self._since, self._steady = picture, time, 0

    def _follow(self, batch: Batch, start: int, end: int) -> None:
        """Compare pictures start..end, none of which jumped, with the one that stands."""
        width = _FIRST_LOOK
        while start < end and self._standing is not None:
            if end - start == 1 and batch.times[start] == self._since:
                return
            pictures = batch.luma[start : min(end, start + width)]
            drifted = np.flatnonzero(self._differ(pictures, self._standing))
            if drifted.size:
                start += int(drifted[0])
                self._begin(batch.luma[start], batch.times[start])
                width = _FIRST_LOOK
            else:
                self._steady += len(pictures)
                start += len(pictures)
                width *= 4

    def _differ(self, pictures: Bytes, standing: Bytes) -> np.ndarray:
        apart = np.maximum(pictures, standing) - np.minimum(pictures, standing)
        drifted = means(apart) > self._levels
        return np.asarray(drifted | (strongest(apart) > self._cell_levels))

    def _end(self, time: Fraction) -> None:
        if self._standing is not None and self._steady and time - self._since >= _SHORTEST:
            label = "black" if float(self._standing.mean()) <= _BLACK else "frozen"
            self._timeline.append(Span(self._since, time, label))

    def finish(self, end: Fraction) -> list[Span]:
        """The stretches in which the picture stood, up to `end`."""
        self._end(end)
        self._standing = None
        return self._timeline
