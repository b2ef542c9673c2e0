"""The moving picture of a file, frame by frame with its times: upright, in the size that is asked.

A window of it, and no more frames a second than a limit. Knows no person.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from jobmill_engines.media.clock import Clock
from jobmill_engines.media.decode import AnyPacket, Reader
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.media.pictures import PictureClock, Shown
from jobmill_engines.media.source import Source, open_source
from jobmill_engines.media.streams import picture_stream
from jobmill_engines.motion.cropping import Picture

_LARGEST = 8192 * 8192
_FAST = Fraction(95, 100)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to `end` (None: to the end), in seconds; at most `rate` frames a second."""

    start: Fraction = Fraction(0)
    end: Fraction | None = None
    rate: Fraction = Fraction(60)


@dataclass(slots=True)
class FilmFrame:
    """One picture as it is to be looked at: phones write it lying and say how to turn it."""

    shown: Shown
    _reformatter: VideoReformatter
    _ready: tuple[tuple[int, int], Picture] | None = field(default=None, init=False)
    turns: int = field(init=False)
    width: int = field(init=False)
    height: int = field(init=False)

    def __post_init__(self) -> None:
        frame = self.shown.frame
        self.turns = round(frame.rotation / 90) % 4
        lying = self.turns % 2 == 1
        self.width = frame.height if lying else frame.width
        self.height = frame.width if lying else frame.height

    def prepare(self, width: int, height: int, reformatter: VideoReformatter) -> None:
        """Make the picture in this size, because it is likely to be asked for."""
        self._ready = ((width, height), self._made(width, height, reformatter))

    def scaled(self, width: int, height: int) -> Picture:
        """The picture (height, width, 4) as bytes."""
        if self._ready is not None and self._ready[0] == (width, height):
            return self._ready[1]
        return self._made(width, height, self._reformatter)

    def planes(self, width: int, height: int) -> NDArray[np.uint8]:
        """The picture as the encoder wants it, YUV 4:2:0: (3/2 height, width); even sides."""
        if self.turns:
            pixels = self.scaled(width, height)
            upright = VideoFrame.from_ndarray(pixels, format="rgba")
            return np.asarray(upright.to_ndarray(format="yuv420p"), np.uint8)
        made = self._reformatter.reformat(self.shown.frame, width, height, format="yuv420p")
        return np.array(made.to_ndarray(), np.uint8)

    def _made(self, width: int, height: int, reformatter: VideoReformatter) -> Picture:
        size = (height, width) if self.turns % 2 else (width, height)
        made = reformatter.reformat(self.shown.frame, *size, format="rgba", interpolation="AREA")
        pixels = np.asarray(made.to_ndarray(), np.uint8)
        return np.ascontiguousarray(np.rot90(pixels, self.turns) if self.turns else pixels)


class Film:
    """The frames of an opened file; `reader` tells afterwards what was damaged."""

    def __init__(self, source: Source, window: Window) -> None:
        stream = picture_stream(source.container)
        if stream is None:
            raise MediaRejected("no_video", "The file holds no moving picture: give a video.")
        codec = stream.codec_context
        if codec.width * codec.height > _LARGEST:
            raise MediaRejected(
                "too_large",
                f"The picture has {codec.width} x {codec.height} pixels: give at most 8K.",
            )
        stream.thread_type = "AUTO"
        self.source, self.stream, self.window = source, stream, window
        self.reader = Reader(source.container, [stream])
        self.clock = Clock(source.origin, source.duration)
        self._pictures = PictureClock(stream, self.clock, source.format.demuxer == "avi")
        self._reformatter = VideoReformatter()
        self._next = Fraction(-1)

    @property
    def end(self) -> Fraction | None:
        """Where the window ends, if that is known."""
        ends = [each for each in (self.window.end, self.source.duration) if each is not None]
        return min(ends, default=None)

    def frames(self, likely: Callable[[], tuple[int, int] | None]) -> Iterator[FilmFrame]:
        """The pictures of the window, in the order of time, made ready in the size that is `likely`
        to be asked for. May be read in another thread than they are used in."""
        reformatter = VideoReformatter()
        for packet in self.reader.packets():
            for frame in self.decoded(packet):
                size = likely()
                if size is not None:
                    frame.prepare(*size, reformatter)
                yield frame
            if self.ended:
                return

    def decoded(self, packet: AnyPacket) -> Iterator[FilmFrame]:
        """The pictures of the window that a packet completes."""
        frames: list[VideoFrame] = self.reader.decode(packet)  # type: ignore[assignment]
        for shown in self._pictures.shown(frames):
            if self._wanted(shown):
                yield FilmFrame(shown, self._reformatter)

    @property
    def ended(self) -> bool:
        """Whether the window is behind us."""
        return self.window.end is not None and self.clock.reached >= self.window.end

    def _wanted(self, shown: Shown) -> bool:
        late = self.window.end is not None and shown.start >= self.window.end
        if late or shown.start < self.window.start or shown.start < self._next:
            return False
        self._next = shown.start + _FAST / self.window.rate
        return True


@contextmanager
def open_film(
    path: Path, window: Window, folder: Path, log: Callable[[str], None]
) -> Iterator[Film]:
    """The film of a file. Raises `MediaRejected`."""
    with path.open("rb") as stream, open_source(stream, path, folder, log) as source:
        yield Film(source, window)


def rate_of(stream: VideoStream) -> Fraction | None:
    """What the file says about its pictures per second."""
    rate = stream.average_rate or stream.guessed_rate
    return Fraction(rate) if rate else None
