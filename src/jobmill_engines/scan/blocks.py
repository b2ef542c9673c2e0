"""Gathers decoded audio frames into long blocks on the window's own grid.

The common frame costs one copy in C; everything else (gaps, overlaps, a start inside a frame)
takes the slow road through arrays. No detector in here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from jobmill_engines.media.clock import Clock
from jobmill_engines.media.layouts import MOST_PLANES
from jobmill_engines.scan.spans import Window

Samples = NDArray[np.float32]
Row = NDArray[np.float32]
"""The samples of one channel."""

HOPS_A_SECOND = 200
BLOCK_SECONDS = 4
_TOLERANCE = Fraction(1, 50)
_READS_A_BLOCK = 8
"""A block is filled by so many reads from the fifo: few calls, and memory that stays in cache."""


@dataclass(frozen=True, slots=True)
class Block:
    """Samples of shape (channels, n) in -1..1 from sample number `start` of the window on.

    The memory is written again after the receiver returns: who keeps samples copies them.
    """

    start: int
    samples: Samples


@dataclass(frozen=True, slots=True)
class Shape:
    """What must stay the same for samples to share a block."""

    rate: int
    channels: int
    layout: str
    sample_format: str

    @classmethod
    def of(cls, frame: AudioFrame) -> "Shape":
        layout = frame.layout
        return cls(frame.sample_rate, layout.nb_channels, layout.name, frame.format.name)

    def alike(self, other: "Shape") -> bool:
        """Whether the same channels come at the same rate, however the samples are written."""
        return (self.rate, self.channels) == (other.rate, other.channels)

    @property
    def hop(self) -> int:
        """Samples in a hop of about 5 ms; a multiple of ten, so that it can be decimated."""
        return 10 * max(1, round(self.rate / (10 * HOPS_A_SECOND)))

    @property
    def block(self) -> int:
        return self.hop * HOPS_A_SECOND * BLOCK_SECONDS


class BlockMaker:
    """Blocks of one shape of one stream, without holes: missing sound is digital silence.

    `window` is where they begin and end, in seconds; sample 0 of the blocks lies at its start.
    Blocks begin at multiples of the block length, also when the stream begins late.
    """

    def __init__(
        self, shape: Shape, clock: Clock, window: Window, emit: Callable[[Block], None]
    ) -> None:
        self._shape = shape
        self._clock = clock
        self.begin = window.start
        self._most = None if window.end is None else round((window.end - self.begin) * shape.rate)
        self._emit = emit
        self._fifo = av.AudioFifo()
        self._length = shape.block
        self._chunk = shape.block // _READS_A_BLOCK
        self._direct = shape.sample_format == "fltp" and shape.channels <= MOST_PLANES
        self._block = np.zeros((shape.channels, shape.block), np.float32)
        self._filled = 0
        self._start = 0
        self._expected: float | None = None
        self._tick = 1.0
        self._slack = 0.0

    @property
    def position(self) -> int:
        """The number of the next sample."""
        return self._start + self._filled + int(self._fifo.samples)

    @property
    def time(self) -> Fraction:
        return self.begin + Fraction(self.position, self._shape.rate)

    def push(self, frame: AudioFrame) -> None:
        """Take the next frame; emits a block whenever one is full.

        Raises `ValueError`, before anything is taken, when the frame has another shape.
        """
        stamp, expected = frame.pts, self._expected
        count = frame.samples
        if expected is None or stamp is None or not -self._slack <= stamp - expected <= self._slack:
            self._push_displaced(frame)
            return
        if count >= self._chunk:
            self._push_long(frame)
        else:
            frame.pts = None
            try:
                self._fifo.write(frame)
            finally:
                frame.pts = stamp
            if self._fifo.samples >= self._chunk:
                self._read(min(self._chunk, self._length - self._filled))
        self._expected = expected + count * self._tick

    def _push_long(self, frame: AudioFrame) -> None:
        """A frame that is worth a copy of its own."""
        self._require_shape(frame)
        self._drain()
        self._append(self._rows(frame))

    def _require_shape(self, frame: AudioFrame) -> None:
        if Shape.of(frame) != self._shape:
            raise ValueError("the frame has another shape")

    def _push_displaced(self, frame: AudioFrame) -> None:
        """A frame that does not follow the one before: fill the gap or drop the overlap."""
        rate, base = self._shape.rate, frame.time_base or Fraction(1, self._shape.rate)
        count, stamp = frame.samples, frame.pts
        self._require_shape(frame)
        if self._expected is not None:
            self._clock.reached = self.time
        time = self._clock.place(None if stamp is None else stamp * base, back=Fraction(1))
        self._clock.reached = time + Fraction(count, rate)
        self._expected = None
        index = floor((time - self.begin) * rate + Fraction(1, 2))
        if index + count <= self.position:
            return
        samples = as_floats(frame)
        self._drain()
        if index > self.position:
            self._silence(index - self.position)
        self._append(samples[:, max(0, self.position - index) :])
        if stamp is not None:
            self._tick = float(1 / (rate * base))
            self._slack = float(_TOLERANCE / base)
            self._expected = stamp + count * self._tick

    def _silence(self, count: int) -> None:
        """Digital silence; at most a block of it exists at a time."""
        quiet = np.zeros((self._shape.channels, self._shape.block), np.float32)
        while count > 0:
            step = min(count, self._shape.block)
            self._append(quiet[:, :step])
            count -= step

    def _append(self, rows: Sequence[Row] | Samples) -> None:
        """Copy the channels' samples into the block, and hand it over whenever it is full."""
        taken, count = 0, len(rows[0])
        while taken < count:
            step = min(self._length - self._filled, count - taken)
            for place, row in zip(self._block, rows, strict=True):
                place[self._filled : self._filled + step] = row[taken : taken + step]
            self._filled += step
            taken += step
            if self._filled == self._length:
                self._hand_over(self._block)

    def _rows(self, frame: AudioFrame) -> Sequence[Row] | Samples:
        """The samples of each channel, where they can be had without a copy."""
        if not self._direct:
            return as_floats(frame)
        return [
            np.frombuffer(memoryview(plane), np.float32, frame.samples) for plane in frame.planes
        ]

    def _read(self, count: int) -> None:
        """Move samples from the fifo into the block."""
        frame = self._fifo.read(count, True)
        if isinstance(frame, AudioFrame):
            self._append(self._rows(frame))

    def _drain(self) -> None:
        if self._fifo.samples:
            self._read(0)

    def _hand_over(self, samples: Samples) -> None:
        start, count = self._start, samples.shape[1]
        self._start += count
        self._filled = 0
        if self._most is not None:
            samples = samples[:, : max(0, self._most - start)]
        if samples.shape[1]:
            self._emit(Block(start, samples))

    def finish(self) -> None:
        """Emit the last, shorter block."""
        self._drain()
        if self._filled:
            self._hand_over(self._block[:, : self._filled])


def _packed(frame: AudioFrame) -> AudioFrame:
    """The same samples with their channels interleaved in one plane."""
    frame.pts = None
    made = av.AudioResampler(format="flt", layout=frame.layout, rate=frame.sample_rate)
    return made.resample(frame)[0]


_SCALES = {"u8": 128.0, "s16": 32768.0, "s32": 2147483648.0, "s64": 9223372036854775808.0}


def as_floats(frame: AudioFrame) -> Samples:
    """The samples of a frame as float32 of shape (channels, n), full scale at 1."""
    if frame.format.is_planar and frame.layout.nb_channels > MOST_PLANES:
        frame = _packed(frame)
    raw = frame.to_ndarray()
    name = frame.format.name
    if not name.endswith("p"):
        raw = raw.reshape(-1, frame.layout.nb_channels).T
    kind = name.removesuffix("p")
    if kind in ("flt", "dbl"):
        return np.asarray(raw, dtype=np.float32)
    floats = raw.astype(np.float32)
    if kind == "u8":
        floats -= np.float32(128.0)
    floats *= np.float32(1.0 / _SCALES[kind])
    return floats
