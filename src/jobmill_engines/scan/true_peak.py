"""The true peak: the highest value of the waveform between the samples, by 4 times oversampling.

ITU-R BS.1770 Annex 2 asks for at least 192 kHz. Only stretches that could hold a new maximum are
oversampled, many in one matrix product: what lies between the samples of a stretch cannot exceed
their peak times the gain bound of the interpolator.
"""

from functools import lru_cache
from math import log10

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from jobmill_engines.scan.blocks import Samples

_HALF = 12
_STRETCH = 64
_AROUND = 2 * _HALF
_LOUDEST, _AT_ONCE = 32, 2048
"""Stretches in the first product, which spares most others, and in each one after it."""


def _phases(factor: int) -> NDArray[np.float64]:
    """Windowed-sinc interpolators between two samples, shape (factor - 1, 2 * _HALF)."""
    taps = np.arange(-_HALF + 1, _HALF + 1, dtype=np.float64)
    rows = []
    for phase in range(1, factor):
        away = taps - phase / factor
        window = np.i0(8.0 * np.sqrt(np.clip(1 - (away / _HALF) ** 2, 0, None))) / np.i0(8.0)
        row = np.sinc(away) * window
        rows.append(row / row.sum())
    return np.asarray(rows)


@lru_cache(maxsize=4)
def _interpolator(factor: int) -> tuple[NDArray[np.float32], float]:
    """The matrix from _STRETCH + _AROUND samples to all points between, and its gain bound."""
    phases = _phases(factor)
    matrix = np.zeros((_STRETCH + _AROUND, _STRETCH + 1, factor - 1))
    for place in range(_STRETCH + 1):
        matrix[place : place + _AROUND, place] = phases.T
    bound = float(np.abs(phases).sum(axis=1).max())
    return matrix.reshape(_STRETCH + _AROUND, -1).astype(np.float32), bound


class TruePeak:
    """The running true peak over all channels, full scale at 1."""

    def __init__(self, channels: int, rate: int) -> None:
        self.value = 0.0
        factor = -(-192_000 // rate) if rate < 192_000 else 1
        self._matrix, self._bound = _interpolator(max(2, factor))
        self._tail = np.zeros((channels, _AROUND), np.float32)

    @property
    def decibels(self) -> float | None:
        """In dBTP; None for digital silence."""
        return round(20 * log10(self.value), 2) if self.value > 0 else None

    def feed(self, samples: Samples) -> None:
        """Take the next samples, of shape (channels, n)."""
        joined = np.concatenate([self._tail, samples], axis=1)
        count = (joined.shape[1] - _AROUND) // _STRETCH
        self._tail = joined[:, count * _STRETCH :]
        for channel in joined:
            self._channel(channel, count)

    def finish(self) -> None:
        """Take the samples that did not fill a stretch; silence follows them."""
        self.feed(np.zeros((self._tail.shape[0], _STRETCH + _AROUND), np.float32))

    def _channel(self, samples: NDArray[np.float32], count: int) -> None:
        """Look at the points after each of the first `count` stretches' own samples."""
        whole = samples[: count * _STRETCH].reshape(count, _STRETCH)
        peaks = np.zeros(count + 1, np.float32)
        peaks[:count] = np.maximum(whole.max(axis=1), -whole.min(axis=1))
        rest = samples[count * _STRETCH :]
        peaks[count] = max(float(rest.max(initial=0.0)), -float(rest.min(initial=0.0)))
        self.value = max(self.value, float(peaks.max()))
        reach = np.maximum(peaks[:-1], peaks[1:])
        hot = np.flatnonzero(reach * self._bound > self.value)
        if hot.size > _LOUDEST:
            loudest = np.argpartition(-reach[hot], _LOUDEST)[:_LOUDEST]
            self._between(samples, hot[loudest])
            hot = hot[reach[hot] * self._bound > self.value]
        for start in range(0, hot.size, _AT_ONCE):
            self._between(samples, hot[start : start + _AT_ONCE])

    def _between(self, samples: NDArray[np.float32], stretches: NDArray[np.intp]) -> None:
        windows = sliding_window_view(samples, _STRETCH + _AROUND)[::_STRETCH]
        between = windows[stretches] @ self._matrix
        self.value = max(self.value, float(between.max()), -float(between.min()))
