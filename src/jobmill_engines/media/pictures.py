"""Decoded pictures with their place on the file's timeline, and single pictures as files.

Knows no packets and no containers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from jobmill_engines.media.clock import Clock

_USUAL_STEP = Fraction(1, 25)
_LONGEST_FRAME = 10
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
_ENCODERS = {"jpg": ("mjpeg", "yuvj420p"), "png": ("png", "rgb24")}
_OPTIONS = {"flags": "+bitexact", "qmin": "2", "qmax": "4"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and when it is shown, in seconds on the timeline."""

    frame: VideoFrame
    start: Fraction
    end: Fraction


class PictureClock:
    """Places the pictures of one stream; `counted`: its container has a rate, but no stamps.

    A picture soon after the one before it needs no doubt, whatever length that one has.
    """

    def __init__(self, stream: VideoStream, clock: Clock, counted: bool) -> None:
        rate = stream.average_rate or stream.guessed_rate
        self.step = 1 / Fraction(rate) if rate else _USUAL_STEP
        self.clock = clock
        self._counted = counted
        self._shown = Fraction(-1)
        self._last: tuple[Fraction, Fraction] | None = None

    @property
    def reached(self) -> Fraction:
        """Where the last picture ends, in seconds."""
        return self.clock.reached

    def shown(self, frames: Iterable[VideoFrame]) -> Iterator[Shown]:
        """These pictures with their times; a picture that would not come later is left out."""
        for frame in frames:
            start, length = self._place(frame), self._length(frame)
            self.clock.reached = start + length
            if start > self._shown:
                self._shown = start
                yield Shown(frame, start, start + length)

    def _place(self, frame: VideoFrame) -> Fraction:
        base = frame.time_base
        stamp = None if self._counted or frame.pts is None or base is None else frame.pts * base
        last, near = self._last, 2 * self._length(frame)
        if last is not None and stamp is not None and 0 < stamp - last[0] <= near:
            time = last[1] + stamp - last[0]
        else:
            time = self.clock.place(stamp, back=self.step / 2)
        self._last = None if stamp is None or self.clock.doubts else (stamp, time)
        return max(time, Fraction(0))

    def _length(self, frame: VideoFrame) -> Fraction:
        length = Fraction(frame.duration or 0) * (frame.time_base or 0)
        return length if 0 < length <= _LONGEST_FRAME and not self._counted else self.step


def upright(frame: VideoFrame) -> VideoFrame:
    """The picture as it is to be looked at: phones write it lying and say how to turn it."""
    turns = round(frame.rotation / 90) % 4
    if not turns:
        return frame
    pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    turned = np.ascontiguousarray(np.rot90(pixels, turns))
    made = VideoFrame.from_ndarray(turned, format="rgb24")
    made.pts, made.time_base = frame.pts, frame.time_base
    return made


def as_image(frame: VideoFrame, kind: str) -> bytes:
    """The picture as a `jpg` or `png` file; the same picture gives the same bytes."""
    encoder, pixel_format = _ENCODERS[kind]
    frame = upright(frame)
    codec = cast(VideoCodecContext, av.CodecContext.create(encoder, "w"))
    codec.width, codec.height, codec.pix_fmt = frame.width, frame.height, pixel_format
    codec.time_base = Fraction(1, 25)
    codec.options = _OPTIONS
    wanted = frame.reformat(format=pixel_format)
    wanted.pts = 0
    return b"".join(bytes(packet) for packet in [*codec.encode(wanted), *codec.encode(None)])
