"""AUDIO_FORMAT for one set of channels: what each group of them carries, from hop to hop.

Two channels are the same when their difference lies 36 dB below their sum, or 46 dB below 1.5 kHz;
they differ when it lies less than 30 dB below, and less than 40 dB below 1.5 kHz; between the two
they stay what they were. A channel 40 dB below its partner does not sound (34 dB brings it back).
Changes that hold less than 30 ms are ignored; a 5.1 group becomes its front pair only after a
second.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

import numpy as np

from jobmill_engines.scan.arrangement import Arrangement, Group
from jobmill_engines.scan.hysteresis import REACH, Context, States, hold, sounding
from jobmill_engines.scan.measure import Floats, Hops
from jobmill_engines.scan.runs import Grid, Runs
from jobmill_engines.scan.spans import Span

LABELS = ("silence", "mono", "stereo", "left-only", "right-only", "5.1")
_SILENCE, _MONO, _STEREO, _LEFT, _RIGHT, _SURROUND = range(6)
SHORTEST = Fraction(3, 100)
_FRONT_PAIR_ALONE = Fraction(1)

_ALIKE, _BETWEEN, _APART = np.float32(10**-3.6), np.float32(10**-3.3), np.float32(10**-3.0)
_LOW_ALIKE, _LOW_APART = np.float32(10**-4.6), np.float32(10**-4.0)
_INAUDIBLE = np.float32(10**-6.6)
_AUDIBLE = np.float32(10**-6.2)
_PARTNER_GONE, _PARTNER_BACK = np.float32(10**-4.0), np.float32(10**-3.4)
_BED_GONE = np.float32(10**-5.0)
_LOW_BAND_COUNTS = np.float32(1e-3)


def least_hops(grid: Grid) -> int:
    """How many hops a change has to hold."""
    return ceil(SHORTEST * grid.rate / grid.hop)


class GroupFormat:
    """The labels of one group over time. `excluded` channels (of the set) are taken as silent."""

    def __init__(self, group: Group, grid: Grid, excluded: frozenset[int] = frozenset()) -> None:
        self.group = group
        self._channels = list(range(group.first, group.first + group.width))
        self._muted = [c - group.first for c in self._channels if c in excluded]
        self._paired = group.kind != "single"
        self._context = Context(group.width + (4 if self._paired else 0))
        self._live = np.zeros(group.width, np.int8)
        self._alike = np.full(1, -1, np.int8)
        self._runs = Runs(grid, least_hops(grid))

    def feed(self, hops: Hops) -> None:
        """Take the next hops; decides all but the last few."""
        rows = [hops.power[self._channels]]
        if self._muted:
            rows[0][self._muted] = 0
        if self._paired:
            pair = self.group.first // 2
            rows += [
                row[pair : pair + 1] for row in (hops.side, hops.mid, hops.low_side, hops.low_mid)
            ]
        self._decide(self._context.feed(np.concatenate(rows)))

    def finish(self, end: Fraction) -> list[Span]:
        """The labels up to `end`, in seconds."""
        self._decide(self._context.close())
        timeline = self._runs.finish(end, LABELS)
        return _fronts_joined(timeline) if self.group.kind == "surround" else timeline

    def _decide(self, rows: Floats) -> None:
        if rows.shape[1] <= 2 * REACH:
            return
        width = self.group.width
        power = rows[:width]
        evidence = sounding(power)
        centre = power[:, REACH : power.shape[1] - REACH]
        if width > 1:
            _compare_partners(evidence[:2], centre[:2])
        if width > 2:
            evidence[centre < centre.max(axis=0) * _BED_GONE] = 0
        live = hold(evidence, self._live)
        self._live = live[:, -1].copy()
        self._runs.feed(self._codes(live, rows[width:, REACH : rows.shape[1] - REACH]))

    def _codes(self, live: States, pair: Floats) -> States:
        if not self._paired:
            return np.where(live[0] == 1, _MONO, _SILENCE).astype(np.int8)
        left, right = live[0] == 1, live[1] == 1
        alike = hold(_likeness(pair, left & right, first=self._alike[0] < 0)[None, :], self._alike)
        self._alike = alike[:, -1].copy()
        codes = np.full(left.shape, _SILENCE, np.int8)
        codes[left & right] = np.where(alike[0] == 0, _STEREO, _MONO)[left & right]
        codes[left & ~right] = _LEFT
        codes[right & ~left] = _RIGHT
        if live.shape[0] > 2:
            codes[np.any(live[2:] == 1, axis=0)] = _SURROUND
        return codes


def _compare_partners(evidence: States, power: Floats) -> None:
    """Silence the partner of a much louder channel."""
    other = power[::-1]
    evidence[(evidence == 1) & (power < other * _PARTNER_BACK)] = -1
    evidence[power < other * _PARTNER_GONE] = 0


def _likeness(pair: Floats, both: np.ndarray, first: bool) -> States:
    """Evidence that two channels carry the same: 1, 0, or -1 where it cannot be told.

    `pair` holds side, mid, low side and low mid power.
    `first`: nothing is known yet, so the first hop that sounds decides by a middle value.
    """
    side, mid, low_side, low_mid = pair
    low_counts = (low_side + low_mid) > _LOW_BAND_COUNTS * (side + mid)
    full_alike = (side < _ALIKE * mid) | (side < _INAUDIBLE)
    low_alike = low_counts & ((low_side < _LOW_ALIKE * low_mid) | (low_side < _INAUDIBLE))
    low_apart = ~low_counts | (low_side > _LOW_APART * low_mid)
    evidence = np.full(side.shape, -1, np.int8)
    evidence[both & low_apart & (side > _APART * mid) & (side > _AUDIBLE)] = 0
    evidence[both & (full_alike | low_alike)] = 1
    if first and np.any(both):
        place = int(np.argmax(both))
        if evidence[place] < 0:
            evidence[place] = 0 if side[place] > _BETWEEN * mid[place] else 1
    return evidence


def _fronts_joined(timeline: Sequence[Span]) -> list[Span]:
    """Short stretches of the front pair alone, between two of 5.1, are 5.1."""
    joined: list[Span] = []
    for index, span in enumerate(timeline):
        between = (
            0 < index < len(timeline) - 1
            and "5.1" in (joined[-1].label,)
            and timeline[index + 1].label == "5.1"
        )
        if between and span.label != "silence" and span.length < _FRONT_PAIR_ALONE:
            span = Span(span.start, span.end, "5.1")
        if joined and joined[-1].label == span.label:
            joined[-1] = Span(joined[-1].start, span.end, span.label)
        else:
            joined.append(span)
    return joined


class ChannelSet:
    """All possible arrangements of one set of channels, tracked side by side until the end."""

    def __init__(
        self, possible: Sequence[Arrangement], grid: Grid, excluded: frozenset[int]
    ) -> None:
        self._possible = possible
        groups = dict.fromkeys(group for arrangement in possible for group in arrangement)
        self._groups = {group: GroupFormat(group, grid, excluded) for group in groups}
        self._energy: Floats | None = None

    def feed(self, hops: Hops) -> None:
        """Take the next hops of the whole set."""
        for tracked in self._groups.values():
            tracked.feed(hops)

    def finish(self, end: Fraction, low_channels: frozenset[int]) -> list[list[Span]]:
        """The timeline of each group of the arrangement that fits the sound best.

        `low_channels`: channels that carried nothing above some 200 Hz, as an LFE channel does.
        """
        timelines = {group: tracked.finish(end) for group, tracked in self._groups.items()}
        chosen = self._choose(timelines, low_channels)
        return [timelines[group] for group in chosen]

    def _choose(
        self, timelines: dict[Group, list[Span]], low_channels: frozenset[int]
    ) -> Arrangement:
        if len(self._possible) == 1:
            return self._possible[0]
        for arrangement in self._possible:
            for group in arrangement:
                if group.kind == "surround" and _looks_surround(group, timelines, low_channels):
                    return arrangement
        silent = all(span.label == "silence" for line in timelines.values() for span in line)
        return self._possible[0] if silent else self._possible[-1]


def _looks_surround(
    group: Group, timelines: dict[Group, list[Span]], low_channels: frozenset[int]
) -> bool:
    """Its LFE place holds low sound only, or its centre sounds alone in its pair all along."""
    if group.first + 3 in low_channels:
        return True
    centre = timelines.get(Group("pair", group.first + 2), [])
    labels = {span.label for span in centre} - {"silence"}
    return labels == {"left-only"}
