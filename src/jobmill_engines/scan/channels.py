"""Brings the channels of one or several streams together and measures them once for all checks."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

import numpy as np

from jobmill_engines.scan.arrangement import arrangements
from jobmill_engines.scan.audio_format import ChannelSet
from jobmill_engines.scan.blocks import BLOCK_SECONDS, HOPS_A_SECOND, Block, Shape
from jobmill_engines.scan.measure import Hops, joined, measure
from jobmill_engines.scan.report import Failures
from jobmill_engines.scan.request import AUDIO_FORMAT
from jobmill_engines.scan.runs import Grid
from jobmill_engines.scan.silence import SilenceTracker
from jobmill_engines.scan.spans import Span

_MOST_AHEAD = 15
"""Blocks (of four seconds) one stream may run ahead of another before that one counts as silent."""

_HOPS_AT_ONCE = 4 * BLOCK_SECONDS * HOPS_A_SECOND
"""Hops that the trackers are given together: their work is mostly the same for few and for many."""

_LOW_LEVEL = 1e-7
_LOW_ONLY = 4 * np.sin(np.pi * 200 / 48000) ** 2


@dataclass(frozen=True, slots=True)
class Heard:
    """What one set of channels carried; `first` orders the sets as their streams are ordered."""

    first: int
    begin: Fraction
    end: Fraction
    formats: Sequence[Sequence[Span]]
    silences: Mapping[str, Sequence[Span]]


@dataclass(slots=True)
class _Queue:
    blocks: deque[Block] = field(default_factory=deque)
    ended: bool = False


class Section:
    """One set of channels from one point in time on: the streams that share a shape and a grid.

    `members` are stream numbers; each is fed by its own `BlockMaker` on the same grid.
    """

    def __init__(
        self,
        members: Sequence[int],
        shape: Shape,
        begin: Fraction,
        excluded: frozenset[int],
        silences: Sequence[tuple[str, float]],
        want_format: bool,
        failures: Failures,
    ) -> None:
        self.members = tuple(members)
        self.shape = shape
        self.begin = begin
        self.end = begin
        channels = shape.channels * len(members)
        grid = Grid(begin, shape.rate, shape.hop)
        possible = arrangements(channels, shape.layout)
        self._formats = ChannelSet(possible, grid, excluded) if want_format else None
        self._silences = {name: SilenceTracker(channels, grid, level) for name, level in silences}
        self._failures = failures
        self._queues = {member: _Queue() for member in members}
        self._excluded = sorted(excluded)
        self._choosing = len(possible) > 1
        self._rough = np.zeros(channels)
        self._energy = np.zeros(channels)
        self._measured: list[Hops] = []
        self._waiting = 0

    def feed(self, member: int, block: Block) -> None:
        """Take a block of one member; measures as soon as all have theirs."""
        if len(self._queues) == 1:
            self._take(block)
            return
        self._queues[member].blocks.append(Block(block.start, block.samples.copy()))
        self._advance(_MOST_AHEAD)

    def ended(self, member: int) -> None:
        """That member has no more; it is silent from here on."""
        self._queues[member].ended = True
        self._advance(_MOST_AHEAD)

    def _advance(self, most_ahead: int) -> None:
        queues = self._queues.values()
        while any(queue.blocks for queue in queues):
            waiting = any(not queue.blocks and not queue.ended for queue in queues)
            if waiting and max(len(queue.blocks) for queue in queues) <= most_ahead:
                return
            start = min(queue.blocks[0].start for queue in queues if queue.blocks)
            self._take(self._stacked(start))

    def _stacked(self, start: int) -> Block:
        """The blocks that begin at `start`, one under the other, silence for who has none."""
        parts = []
        for queue in self._queues.values():
            while queue.blocks and queue.blocks[0].start < start:
                queue.blocks.popleft()
            mine = bool(queue.blocks) and queue.blocks[0].start == start
            parts.append(queue.blocks.popleft().samples if mine else None)
        longest = max(part.shape[1] for part in parts if part is not None)
        stacked = np.zeros((len(parts) * self.shape.channels, longest), np.float32)
        for index, part in enumerate(parts):
            if part is not None:
                row = index * self.shape.channels
                stacked[row : row + self.shape.channels, : part.shape[1]] = part
        return Block(start, stacked)

    def _take(self, block: Block) -> None:
        hops = measure(block, self.shape.hop)
        end = self.begin + Fraction(block.start + block.samples.shape[1], self.shape.rate)
        self.end = max(self.end, end)
        if self._choosing:
            steps = np.diff(block.samples, axis=1)
            self._rough += np.einsum("cs,cs->c", steps, steps)
            self._energy += hops.power.sum(axis=1) * self.shape.hop
        self._measured.append(hops)
        self._waiting += hops.count
        if self._waiting >= _HOPS_AT_ONCE:
            self._track()

    def _track(self) -> None:
        """Hand what was measured to the trackers."""
        if not self._measured:
            return
        hops = joined(self._measured)
        self._measured, self._waiting = [], 0
        formats = self._formats
        if formats is not None:
            self._failures.guard(AUDIO_FORMAT, lambda: formats.feed(hops))
        if self._silences:
            audible = self._audible(hops)
            for feature, tracker in self._silences.items():
                self._failures.guard(feature, partial(tracker.feed, audible))

    def _audible(self, hops: Hops) -> Hops:
        if self._excluded:
            hops.power[self._excluded] = 0
        return hops

    def finish(self) -> Heard:
        """Close every tracker and say what was heard."""
        for member in self.members:
            self._queues[member].ended = True
        self._advance(0)
        self._track()
        return Heard(
            first=self.members[0],
            begin=self.begin,
            end=self.end,
            formats=self._finish_formats(),
            silences={name: self._finish_silence(name) for name in self._silences},
        )

    def _finish_formats(self) -> Sequence[Sequence[Span]]:
        formats, found = self._formats, list[list[Span]]()
        if formats is None:
            return found
        loud = self._energy > _LOW_LEVEL * max(
            1.0, float((self.end - self.begin) * self.shape.rate)
        )
        low = np.flatnonzero(loud & (self._rough < _LOW_ONLY * self._energy)).tolist()
        self._failures.guard(
            AUDIO_FORMAT, lambda: found.extend(formats.finish(self.end, frozenset(low)))
        )
        return found

    def _finish_silence(self, feature: str) -> Sequence[Span]:
        found: list[Span] = []
        tracker = self._silences[feature]
        self._failures.guard(feature, lambda: found.extend(tracker.finish(self.end)))
        return found
