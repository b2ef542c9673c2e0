"""Sound of any kind as AAC packets on the file's timeline, for files that cannot hold it itself."""

from collections.abc import Container, Iterator
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer

from jobmill_engines.media.clock import Clock
from jobmill_engines.media.coded import Coded, Lane, has_stamps
from jobmill_engines.media.decode import AnyPacket, Reader
from jobmill_engines.media.sound import LAYOUTS, Samples, Sound, SoundShape
from jobmill_engines.media.source import Source
from jobmill_engines.media.streams import codec_of

_SHAPE = SoundShape(48000, 2)
_LAYOUT = LAYOUTS[_SHAPE.channels]
_BASE = Fraction(1, _SHAPE.rate)
_BIT_RATE = 128_000
_OPTIONS = {"flags": "+bitexact", "aac_coder": "fast"}
"""The usual coder takes two to three times as long, and most of what a rendition of sound costs."""


class AacLane:
    """The sound of one stream, decoded and encoded anew; the same packets each time."""

    def __init__(self, source: Source, stream: AudioStream, reader: Reader) -> None:
        self.stream = stream
        self.clock = Clock(source.origin, source.duration)
        self._reader = reader
        self._sound = Sound(_SHAPE, self.clock)
        self._written = 0
        self._codec = av.CodecContext.create("aac", "w")
        self._codec.sample_rate = _SHAPE.rate
        self._codec.layout = _LAYOUT
        self._codec.format = "fltp"
        self._codec.bit_rate = _BIT_RATE
        self._codec.time_base = _BASE
        self._codec.options = _OPTIONS

    @property
    def reached(self) -> Fraction:
        """Where the sound so far ends, in seconds."""
        return Fraction(self._written, _SHAPE.rate)

    def coded(self, packet: AnyPacket) -> Iterator[Coded]:
        """What this packet completes; an empty one gives what is left."""
        for frame in self._reader.decode(packet):
            if isinstance(frame, AudioFrame):
                for samples in self._sound.take(frame):
                    yield from self._encoded(samples)
        if not packet.size:
            for samples in self._sound.finish():
                yield from self._encoded(samples)
            yield from self._told(self._codec.encode(None) if self._written else [])

    def _encoded(self, samples: Samples) -> Iterator[Coded]:
        packed = np.ascontiguousarray(samples).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=_LAYOUT)
        frame.sample_rate, frame.pts, frame.time_base = _SHAPE.rate, self._written, _BASE
        self._written += len(samples)
        yield from self._told(self._codec.encode(frame))

    def _told(self, packets: list[AnyPacket]) -> Iterator[Coded]:
        for packet in packets:
            pts = packet.pts or 0
            yield Coded(False, pts, pts, packet.duration or 1024, _BASE, True, packet)


def add_aac(output: OutputContainer) -> AudioStream:
    """A stream of an output that takes the packets of an `AacLane`."""
    stream = output.add_stream("aac", rate=_SHAPE.rate, layout=_LAYOUT)
    stream.bit_rate = _BIT_RATE
    stream.codec_context.options = _OPTIONS
    return stream


def sound_lane(
    source: Source, stream: AudioStream | None, reader: Reader, copied: Container[str]
) -> Lane | AacLane | None:
    """The lane of a stream: as it is if its codec is one of `copied`, else encoded anew."""
    if stream is None:
        return None
    if codec_of(stream) in copied and has_stamps(source):
        return Lane(source, stream, reader)
    return AacLane(source, stream, reader)
