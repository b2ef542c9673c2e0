"""One audio stream as 16-bit samples on the file's timeline, without holes, in constant memory.

Sample number n of what comes out lies n / rate seconds after the timeline's beginning: missing
sound is silence, sound that comes twice is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, TypeAlias

import av
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
    """Decoded frames in, samples out. `position` is the number of the next sample.

    A frame that follows the one before it costs one copy in C; everything else takes the slow road.
    """

    def __init__(self, shape: SoundShape, clock: Clock) -> None:
        self.position = 0
        self._shape = shape
        self._clock = clock
        self._started = False
        self._resampler: av.AudioResampler | None = None
        self._fifo = av.AudioFifo()
        self._enough = 0
        self._expected: float | None = None
        self._tick = 1.0
        self._slack = 0.0
        self._drop = 0

    def samples(self, frames: Iterable[AudioFrame]) -> Iterator[Samples]:
        """The samples of these frames, about a quarter of a second at a time."""
        for frame in frames:
            yield from self.take(frame)
        yield from self.finish()

    def take(self, frame: AudioFrame) -> Iterator[Samples]:
        """The samples that this frame completes."""
        if not self._follows(frame):
            yield from self._place(frame)
        elif self._fifo.samples >= self._enough:
            yield from self._resampled(self._fifo.read(0, True))

    def finish(self) -> Iterator[Samples]:
        """The samples that are left."""
        if self._fifo.samples:
            yield from self._resampled(self._fifo.read(0, True))
        yield from self._resampled(None)
        self._resampler = None

    def _follows(self, frame: AudioFrame) -> bool:
        """Take a frame that goes on where the one before it ended."""
        stamp, expected, count = frame.pts, self._expected, frame.samples
        if self._resampler is None:
            return False
        if stamp is not None and (expected is None or abs(stamp - expected) > self._slack):
            return False
        frame.pts = None
        try:
            self._fifo.write(frame)
        except ValueError:  # another rate, layout or kind of samples
            frame.pts = stamp
            return False
        if expected is not None:
            self._expected = expected + count * self._tick
        return True

    def _place(self, frame: AudioFrame) -> Iterator[Samples]:
        """Go to where this frame belongs, over silence or by dropping what comes twice."""
        if not frame.samples or not frame.sample_rate:
            return
        yield from self.finish()
        base = frame.time_base or Fraction(1, frame.sample_rate)
        stamp = None if frame.pts is None else frame.pts * base
        rate = self._shape.rate
        if self._started:
            self._clock.reached = Fraction(self.position, rate)
        self._started = True
        time = self._clock.place(stamp, back=_BACK)
        self._clock.reached = time + Fraction(frame.samples, frame.sample_rate)
        index = floor(time * rate + Fraction(1, 2))
        self._drop = max(0, self.position - index)
        yield from self._silence(index - self.position)
        self._begin(frame, stamp, base)

    def _begin(self, frame: AudioFrame, stamp: Fraction | None, base: Fraction) -> None:
        """Start anew with this frame's rate, layout and kind of samples."""
        rate = frame.sample_rate
        self._resampler = av.AudioResampler("s16", LAYOUTS[self._shape.channels], self._shape.rate)
        self._fifo = av.AudioFifo()
        self._enough = rate // 4
        self._tick = float(1 / (rate * base))
        self._slack = float(_TOLERANCE / base)
        count = frame.samples
        self._expected = None if stamp is None else float(stamp / base) + count * self._tick
        frame.pts = None
        self._fifo.write(frame)

    def _silence(self, count: int) -> Iterator[Samples]:
        while count > 0:
            step = min(count, self._shape.rate)
            self.position += step
            count -= step
            yield np.zeros((step, self._shape.channels), np.int16)

    def _resampled(self, frame: Any) -> Iterator[Samples]:
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
