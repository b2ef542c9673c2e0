"""Where the picture is black. Silence is joined to it later.

The black value is measured on luma in limited range (16 is black, 235 white). Up to 1 it is the
share of that range by which the picture's points lie above black on average, the first two levels
(coding noise) not counted. Above 1 it is the highest mean luma, as an 8-bit level, that is black.
"""

from fractions import Fraction

import numpy as np

from jobmill_engines.scan.pictures import Batch, means
from jobmill_engines.scan.spans import Span, append

_BLACK, _NOISE, _RANGE = 16, 2, 219


class BlackTracker:
    """Follows whether the picture is black, frame by frame."""

    def __init__(self, black_value: float) -> None:
        self._value = black_value
        self._timeline: list[Span] = []
        self._since: Fraction | None = None

    def feed(self, batch: Batch) -> None:
        """Take the next pictures."""
        for time, black in zip(batch.times, self._is_black(batch), strict=True):
            if black and self._since is None:
                self._since = time
            elif not black:
                self._end(time)

    def _is_black(self, batch: Batch) -> list[bool]:
        if self._value > 1:
            dark = means(batch.luma) <= self._value
        else:
            above = np.maximum(batch.luma, _BLACK + _NOISE) - np.uint8(_BLACK + _NOISE)
            dark = means(above) <= self._value * _RANGE
        return [bool(flag) for flag in dark]

    def _end(self, time: Fraction) -> None:
        if self._since is not None:
            append(self._timeline, Span(self._since, time, "black"))
        self._since = None

    def finish(self, end: Fraction) -> list[Span]:
        """The stretches of black up to `end`."""
        self._end(end)
        return self._timeline
