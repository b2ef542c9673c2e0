"""Where sound is cut: near each multiple of the chunk's length, at the quietest moment.

Pure: samples in, pieces out. Memory is that of the search around one border, whatever the length
of a chunk; everything is whole numbers, so that the same samples are always cut the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.media.sound import Samples

_WINDOWS = (0.25, 0.12, 0.06, 0.03)
"""Seconds: a long pause is a better border than a short one, if it is about as quiet."""
_AS_QUIET = 4.0
_HOP = 0.005
_ALIKE = 1.5
_FLOOR = 10.0**2


@dataclass(frozen=True, slots=True)
class CutPlan:
    """In samples: a border each `chunk`, moved by at most `search`; `lead` of the neighbours'
    sound on both sides of what a chunk answers for."""

    rate: int
    chunk: int
    lead: int
    search: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Some samples of the chunk that is being filled, from sample number `start` on."""

    start: int
    samples: Samples


@dataclass(frozen=True, slots=True)
class ChunkEnd:
    """The chunk is complete: it carries [start, end) and answers for [own_start, own_end)."""

    start: int
    end: int
    own_start: int
    own_end: int


class Cutter:
    """Give samples to `feed` in order, then call `finish`; both yield pieces and ends of chunks."""

    def __init__(self, plan: CutPlan, channels: int) -> None:
        self._plan = plan
        self._held: Samples = np.zeros((0, channels), np.int16)
        self._held_start = 0
        self._chunk_start = 0
        self._own_start = 0
        self._written = 0
        self._nominal = plan.chunk
        self._reach = plan.search + max(plan.lead, round(_WINDOWS[0] * plan.rate / 2))

    def feed(self, samples: Samples) -> Iterator[Piece | ChunkEnd]:
        """The next samples."""
        self._held = np.concatenate((self._held, samples))
        plan = self._plan
        ahead = self._reach if plan.search else plan.lead
        while self._end >= self._nominal + ahead:
            yield from self._cut(self._border(self._nominal + plan.search))
        yield from self._write(min(self._end, self._nominal - plan.search + plan.lead))
        keep = min(self._written, self._nominal - self._reach)
        self._forget(keep)

    def finish(self) -> Iterator[Piece | ChunkEnd]:
        """The end: a rest that is shorter than the search stays with the chunk before it."""
        while self._end > self._nominal + self._plan.search:
            yield from self._cut(self._border(self._nominal + self._plan.search))
        if self._end > self._own_start:
            yield from self._write(self._end)
            yield ChunkEnd(self._chunk_start, self._end, self._own_start, self._end)

    @property
    def _end(self) -> int:
        return self._held_start + len(self._held)

    def _cut(self, border: int) -> Iterator[Piece | ChunkEnd]:
        end = min(border + self._plan.lead, self._end)
        yield from self._write(end)
        yield ChunkEnd(self._chunk_start, end, self._own_start, border)
        self._own_start = border
        self._chunk_start = self._written = max(0, border - self._plan.lead)
        self._nominal += self._plan.chunk
        self._forget(min(self._written, self._nominal - self._reach))

    def _write(self, upto: int) -> Iterator[Piece]:
        if upto > self._written:
            first = self._written - self._held_start
            yield Piece(self._written, self._held[first : upto - self._held_start])
            self._written = upto

    def _forget(self, before: int) -> None:
        if before > self._held_start:
            self._held = self._held[before - self._held_start :]
            self._held_start = before

    def _border(self, latest: int) -> int:
        """The quietest moment between nominal - search and `latest`; of alike ones the nearest."""
        plan = self._plan
        if not plan.search:
            return self._nominal
        begin = max(self._held_start, self._nominal - self._reach)
        end = min(self._end, latest + self._reach)
        power = _power(self._held[begin - self._held_start : end - self._held_start])
        step = max(1, round(_HOP * plan.rate))
        centres = np.arange(self._nominal - plan.search, latest + 1, step)
        levels = [
            _levels(power, centres - begin, round(seconds * plan.rate / 2)) for seconds in _WINDOWS
        ]
        least = float(levels[-1].min())
        level = next(each for each in levels if each.min() <= max(least * _AS_QUIET, _FLOOR))
        quiet = centres[level <= max(float(level.min()) * _ALIKE, _FLOOR)]
        return int(quiet[np.argmin(np.abs(quiet - self._nominal))])


def _power(samples: Samples) -> NDArray[np.int64]:
    """The running sum of squares, over all channels, beginning with 0."""
    squares = (samples.astype(np.int64) ** 2).sum(axis=1)
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(squares)))


def _levels(power: NDArray[np.int64], centres: NDArray[np.int64], half: int) -> NDArray[np.float64]:
    """The mean square around each centre, over `half` samples on both sides."""
    last = len(power) - 1
    low, high = np.clip(centres - half, 0, last), np.clip(centres + half, 0, last)
    return np.asarray((power[high] - power[low]) / np.maximum(high - low, 1))
