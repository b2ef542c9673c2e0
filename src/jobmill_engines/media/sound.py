"""One audio stream as 16-bit samples on the file's timeline, without holes, in constant memory.

Sample number n of what comes out lies n / rate seconds after the timeline's beginning: missing
sound is silence, sound that comes twice is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TypeAlias

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from jobmill_engines.media.clock import Clock

Samples: TypeAlias = NDArray[np.int16]
"""Shape (n, channels)."""

_TOLERANCE = Fraction(1, 50)
_BACK = Fraction(1)
LAYOUTS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, slots=True)
class SoundShape:
    """What is asked for: samples a second, and one or two channels."""

    rate: int = 16000
    channels: int = 1

    def at(self, position: int) -> float:
        """The time of a sample, in milliseconds."""
        return position * 1000 / self.rate


class Sound:
    """Decoded frames in, samples out. `position` is the number of the next sample."""

    def __init__(self, shape: SoundShape, clock: Clock) -> None:
        self.position = 0
        self._shape = shape
        self._clock = clock
        self._resampler: av.AudioResampler | None = None
        self._kind: tuple[str, str, int] | None = None
        self._expected: Fraction | None = None
        self._drop = 0

    def samples(self, frames: Iterable[AudioFrame]) -> Iterator[Samples]:
        """The samples of these frames, about a quarter of a second at a time."""
        for frame in frames:
            if frame.samples and frame.sample_rate:
                yield from self._take(frame)
        yield from self._flush()

    def _take(self, frame: AudioFrame) -> Iterator[Samples]:
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        stamp = (
            None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
        )
        length = Fraction(frame.samples, frame.sample_rate)
        if kind != self._kind or self._is_displaced(stamp):
            yield from self._flush()
            yield from self._place(stamp, length)
            self._kind = kind
            self._resampler = av.AudioResampler(
                format="s16",
                layout=LAYOUTS[self._shape.channels],
                rate=self._shape.rate,
                frame_size=self._shape.rate // 4,
            )
            if stamp is not None:
                self._expected = stamp
        if self._expected is not None:
            self._expected += length
        frame.pts = None
        yield from self._resampled(frame)

    def _is_displaced(self, stamp: Fraction | None) -> bool:
        if stamp is None:
            return False
        return self._expected is None or abs(stamp - self._expected) > _TOLERANCE

    def _place(self, stamp: Fraction | None, length: Fraction) -> Iterator[Samples]:
        """Go to where the next frame belongs: over silence, or by dropping what comes twice."""
        rate = self._shape.rate
        if self._kind is not None:
            self._clock.reached = Fraction(self.position, rate)
        time = self._clock.place(stamp, back=_BACK)
        self._clock.reached = time + length
        index = floor(time * rate + Fraction(1, 2))
        self._drop = max(0, self.position - index)
        missing = index - self.position
        while missing > 0:
            step = min(missing, rate)
            self.position += step
            missing -= step
            yield np.zeros((step, self._shape.channels), np.int16)

    def _resampled(self, frame: AudioFrame | None) -> Iterator[Samples]:
        if self._resampler is None:
            return
        for made in self._resampler.resample(frame):
            samples = np.asarray(made.to_ndarray(), np.int16).reshape(-1, self._shape.channels)
            if self._drop:
                dropped = min(self._drop, len(samples))
                samples, self._drop = samples[dropped:], self._drop - dropped
            if len(samples):
                self.position += len(samples)
                yield samples

    def _flush(self) -> Iterator[Samples]:
        yield from self._resampled(None)
        self._resampler = None
