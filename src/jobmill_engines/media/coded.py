"""Packets as they are, on the file's timeline: for copying without decoding.

Time stamps leave here in order, whatever came in. Writes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import av.error
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.video.stream import VideoStream

from jobmill_engines.media.clock import Clock
from jobmill_engines.media.decode import AnyPacket, Reader
from jobmill_engines.media.source import Source
from jobmill_engines.media.streams import codec_of

_STAMPED = frozenset(("mov", "matroska", "mpegts", "flv"))
"""Containers that store both time stamps of a packet, or whose demuxer can tell them."""
_BACK = Fraction(1)
_LATEST_SHOWN = 10
_MOST_UNDATED = 16
_MILLI = Fraction(1, 1000)
_LEAST_APART = Fraction(1, 2000)
"""Two packets stay apart in the coarser time base of any output."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A packet of one lane; `pts` and `dts` count ticks of `base` from the timeline's beginning."""

    video: bool
    pts: int
    dts: int
    length: int
    base: Fraction
    key: bool
    packet: AnyPacket

    @property
    def shown(self) -> Fraction:
        """When it is shown, in seconds."""
        return self.pts * self.base

    @property
    def read(self) -> Fraction:
        """When a decoder must have it, in seconds; never falls within a lane."""
        return self.dts * self.base

    @property
    def end(self) -> Fraction:
        """When it has been shown, in seconds."""
        return (self.pts + self.length) * self.base


def has_stamps(source: Source) -> bool:
    """Whether the packets of this source say when they are to be shown."""
    return source.format.demuxer in _STAMPED


class Lane:
    """The packets of one stream of a source, copied."""

    def __init__(self, source: Source, stream: VideoStream | AudioStream, reader: Reader) -> None:
        self._reader = reader
        self.clock = Clock(source.origin, source.duration)
        self.stream = stream
        self._video = isinstance(stream, VideoStream)
        self._unpack: BitStreamFilterContext | None = None
        if codec_of(stream) == "aac" and not stream.codec_context.extradata:
            self._unpack = BitStreamFilterContext("aac_adtstoasc", stream)
        self._base = _MILLI
        self._raw: int | None = None
        self._last: int | None = None
        self._near = self._offset = self._latest = 0
        self._least = 1
        self._undated: list[AnyPacket] | None = [] if self._video else None
        self._usual = self._usual_length()

    def coded(self, packet: AnyPacket) -> Iterator[Coded]:
        """What this packet completes, with its times; an empty one gives what is left.

        Some containers do not say when the first packets must be read: these are held until one
        comes that says it.
        """
        if packet.size and packet.dts is None and self._undated is not None:
            self._undated.append(packet)
            if len(self._undated) <= _MOST_UNDATED:
                return
        held, self._undated = self._undated or [], None
        if packet in held:
            held.remove(packet)
        for before, each in zip(range(len(held), 0, -1), held, strict=True):
            dts = None if packet.dts is None else packet.dts - before * self._length(each)
            yield from self._placed(each, dts)
        if packet.size:
            yield from self._placed(packet, packet.dts)

    @property
    def reached(self) -> Fraction:
        """Where the last packet ends, in seconds."""
        return Fraction(0) if self._last is None else (self._last + self._near) * self._base

    def _placed(self, packet: AnyPacket, dts: int | None) -> Iterator[Coded]:
        pts = packet.pts
        dts = pts if dts is None else dts
        base, length = packet.time_base or _MILLI, self._length(packet)
        placed = self._following(dts, base)
        if placed is None:
            placed = self._displaced(dts, base)
        shown = placed
        if pts is not None and dts is not None and 0 <= pts - dts <= self._latest:
            shown = placed + pts - dts
        if self._last is not None:
            placed = max(placed, self._last + self._least)
        self._raw, self._last, self._near = dts, placed, length
        key, shown = packet.is_keyframe, max(shown, placed)
        for each in self._unpacked(packet):
            yield Coded(self._video, shown, placed, length, base, key, each)

    def _unpacked(self, packet: AnyPacket) -> list[AnyPacket]:
        """The packet as a file holds it; nothing for one that is damaged, which is counted."""
        if self._unpack is None:
            return [packet]
        try:
            return self._unpack.filter(packet)
        except av.error.FFmpegError:
            self._reader.errors += 1
            return []

    def _following(self, dts: int | None, base: Fraction) -> int | None:
        """The place of a packet that comes soon after the one before it, as nearly all do."""
        if dts is None or self._raw is None or base != self._base:
            return None
        return dts + self._offset if 0 < dts - self._raw <= 2 * self._near else None

    def _displaced(self, dts: int | None, base: Fraction) -> int:
        if self._last is not None:
            self.clock.reached = self.reached
            self._last = floor(self._last * self._base / base)
        time = self.clock.place(None if dts is None else dts * base, back=_BACK)
        placed = round(time / base)
        self._base, self._latest = base, int(_LATEST_SHOWN / base)
        self._least = ceil(_LEAST_APART / base)
        self._offset = 0 if dts is None else placed - dts
        return placed

    def _length(self, packet: AnyPacket) -> int:
        return packet.duration or round(self._usual / (packet.time_base or _MILLI))

    def _usual_length(self) -> Fraction:
        stream = self.stream
        if isinstance(stream, VideoStream):
            rate = stream.average_rate or stream.guessed_rate
            return 1 / Fraction(rate) if rate else Fraction(1, 25)
        return Fraction(stream.codec_context.frame_size or 1024, stream.codec_context.sample_rate)
