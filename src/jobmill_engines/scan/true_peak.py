"""The true peak: the highest value of the waveform between the samples, by 4 times oversampling.

ITU-R BS.1770 Annex 2 asks for at least 192 kHz. Only stretches that could hold a new maximum are
oversampled: the interpolated value cannot exceed the sample peak times the filter's gain bound.
"""

from math import log10

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.scan.blocks import Samples

_HALF = 12
_STRETCH = 256


def _phases(factor: int) -> NDArray[np.float32]:
    """Windowed-sinc interpolators between two samples, shape (factor - 1, 2 * _HALF)."""
    taps = np.arange(-_HALF + 1, _HALF + 1, dtype=np.float64)
    rows = []
    for phase in range(1, factor):
        away = taps - phase / factor
        window = np.i0(8.0 * np.sqrt(np.clip(1 - (away / _HALF) ** 2, 0, None))) / np.i0(8.0)
        row = np.sinc(away) * window
        rows.append(row / row.sum())
    return np.asarray(rows, dtype=np.float32)


class TruePeak:
    """The running true peak over all channels, full scale at 1."""

    def __init__(self, channels: int, rate: int) -> None:
        self.value = 0.0
        factor = max(1, -(-192_000 // rate)) if rate < 192_000 else 1
        self._phases = _phases(max(2, factor))
        self._bound = float(np.abs(self._phases).sum(axis=1).max())
        self._tail = np.zeros((channels, 2 * _HALF), np.float32)

    @property
    def decibels(self) -> float | None:
        """In dBTP; None for digital silence."""
        return round(20 * log10(self.value), 2) if self.value > 0 else None

    def feed(self, samples: Samples) -> None:
        """Take the next samples, of shape (channels, n)."""
        joined = np.concatenate([self._tail, samples], axis=1)
        self._tail = joined[:, -2 * _HALF :]
        for channel in joined:
            self._channel(channel)

    def _channel(self, samples: NDArray[np.float32]) -> None:
        count = samples.size // _STRETCH
        whole = samples[: count * _STRETCH].reshape(count, _STRETCH)
        peaks = np.maximum(whole.max(axis=1), -whole.min(axis=1)) if count else np.zeros(0)
        rest = samples[count * _STRETCH :]
        last = float(np.abs(rest).max()) if rest.size else 0.0
        self.value = max(self.value, float(peaks.max(initial=0.0)), last)
        hot = np.flatnonzero(peaks * self._bound > self.value)
        for index in hot[np.argsort(-peaks[hot], kind="stable")]:
            if peaks[index] * self._bound > self.value:
                self._between(samples, int(index) * _STRETCH, (int(index) + 1) * _STRETCH)
        if last * self._bound > self.value:
            self._between(samples, count * _STRETCH, samples.size)

    def _between(self, samples: NDArray[np.float32], start: int, end: int) -> None:
        part = samples[max(0, start - 2 * _HALF) : end + 2 * _HALF]
        if part.size < 2 * _HALF:
            return
        for row in self._phases:
            found = np.convolve(part, row[::-1], mode="valid")
            self.value = max(self.value, float(np.abs(found).max()))
