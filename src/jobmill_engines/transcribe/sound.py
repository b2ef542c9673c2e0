"""The sound of a file as the model wants it: one channel, 16,000 samples a second.

Sample n lies n / 16,000 s after the file's start: what is missing is silence, what comes twice is
left out. Only a few seconds are in memory at a time. Knows no model.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from jobmill_engines.media.clock import Clock
from jobmill_engines.media.decode import Reader
from jobmill_engines.media.streams import LONGEST

Samples = NDArray[np.float32]

RATE = 16_000
_SLACK = Fraction(1, 20)
_MICRO = 1_000_000
_STILL = RATE * 10


@dataclass(slots=True)
class Heard:
    """What the decoding came across; complete when the last block is out."""

    frames: int = 0
    errors: int = 0
    breaks: int = 0


def declared_seconds(container: InputContainer) -> Fraction | None:
    """How long the file says it is; None when it says nothing credible."""
    declared = container.duration
    seconds = Fraction(declared, _MICRO) if declared and declared > 0 else None
    return seconds if seconds is not None and seconds <= LONGEST else None


def sound_blocks(container: InputContainer, stream: AudioStream, heard: Heard) -> Iterator[Samples]:
    """The sound of a stream in blocks, without holes, from the file's start to the stream's end."""
    origin = Fraction(container.start_time or 0, _MICRO)
    clock = Clock(origin, declared_seconds(container))
    line = _Line()
    reader = Reader(container, [stream])
    for _, frames in reader.frames():
        for frame in frames:
            if isinstance(frame, AudioFrame) and frame.sample_rate and frame.samples:
                heard.frames += 1
                yield from line.push(frame, clock)
    yield from line.flush()
    heard.errors, heard.breaks = reader.errors, clock.breaks


class _Line:
    """Lays frames one after the other; `_position` is the number of the next sample given out."""

    def __init__(self) -> None:
        self._resampler: AudioResampler | None = None
        self._position = 0

    def push(self, frame: AudioFrame, clock: Clock) -> Iterator[Samples]:
        length = Fraction(frame.samples, frame.sample_rate)
        base = frame.time_base
        stamp = frame.pts * base if frame.pts is not None and base is not None else None
        time = clock.place(stamp, back=Fraction(1))
        if time + length <= clock.reached - _SLACK:
            return  # it was heard already
        if abs(time - clock.reached) > _SLACK or (clock.reached == 0 and time != 0):
            yield from self._move_to(time)
            clock.reached = time
        clock.reached += length
        yield from self._resampled(frame)

    def flush(self) -> Iterator[Samples]:
        """What the resampler still holds."""
        resampler, self._resampler = self._resampler, None
        if resampler is not None:
            yield from self._given(resampler.resample(None))

    def _move_to(self, time: Fraction) -> Iterator[Samples]:
        """Fill up with silence; before what is out already, the next samples are left out."""
        yield from self.flush()
        target = round(time * RATE)
        while self._position < target:
            count = min(_STILL, target - self._position)
            self._position += count
            yield np.zeros(count, np.float32)
        self._position = min(self._position, target)

    def _resampled(self, frame: AudioFrame) -> Iterator[Samples]:
        frame.pts = None
        if self._resampler is None:
            self._resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
        try:
            yield from self._given(self._resampler.resample(frame))
        except ValueError:  # from here on it has another rate or layout
            yield from self.flush()
            self._resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
            yield from self._given(self._resampler.resample(frame))

    def _given(self, frames: list[AudioFrame]) -> Iterator[Samples]:
        for frame in frames:
            samples = frame.to_ndarray().reshape(-1).astype(np.float32, copy=False)
            early = min(max(0, -self._position), samples.size)
            self._position += samples.size
            if samples.size > early:
                yield samples[early:]
