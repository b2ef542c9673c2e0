"""Reads the packets of chosen streams and decodes them, and goes on where some are broken.

Knows no detector. One reader is one pass over a part of the file.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import av.error
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame

_SEEK_WORTH = Fraction(10)
RUN_UP = Fraction(1)
"""Seconds of decoding before the place that was asked for: decoders need what came before."""
_MAX_FAILED_READS = 100


Frames: TypeAlias = list[AudioFrame] | list[VideoFrame]
AnyPacket: TypeAlias = "Packet[Any]"


def worth_a_seek(time: Fraction, reached: Fraction, exact: bool) -> bool:
    """Whether to seek to `time`, where seeks are `exact`, and not to decode what lies between."""
    return exact and time - reached >= _SEEK_WORTH


class Reader:
    """Decodes streams of one container. `errors` counts what could not be decoded or read.

    `marked` counts the packets which the container itself says are damaged. `look_up` is how many
    packets make up about a second.
    """

    look_up = 64

    def __init__(self, container: InputContainer, streams: Sequence[Stream]) -> None:
        self.errors = 0
        self.marked = 0
        self.decoded = 0
        self._container = container
        self._streams = list(streams)

    def frames(self) -> Iterator[tuple[int, Frames]]:
        """The frames of every packet from here to the end, with the number of their stream.

        In the order of the file. Reading is tried again a few times after an error.
        """
        for packet in self.packets():
            decoded = self.decode(packet)
            if decoded:
                # not its stream_index: that of the empty packets at the end is always 0
                yield packet.stream.index, decoded

    def packets(self) -> Iterator[AnyPacket]:
        """The packets from here to the end, and after them an empty one for each stream."""
        failed = 0
        while failed <= _MAX_FAILED_READS:
            try:
                for packet in self._container.demux(self._streams):
                    if packet.is_corrupt:
                        self.marked += 1
                    yield packet
                return
            except av.error.EOFError:
                return
            except (av.error.FFmpegError, ValueError, IndexError):
                # IndexError: a damaged table announced a stream that was not there at the start
                self.errors += 1
                failed += 1

    def decode(self, packet: AnyPacket) -> Frames:
        """The frames that this packet completes; an empty one gives those that are left."""
        try:
            decoded: Frames = packet.decode()
        except av.error.EOFError:
            return []
        except (av.error.FFmpegError, ValueError):
            self.errors += 1
            return []
        self.decoded += len(decoded)
        return decoded

    def skip_to(self, time: Fraction, reached: Fraction, origin: Fraction, exact: bool) -> bool:
        """Seek to shortly before `time` where that saves decoding; False when it did not."""
        if not worth_a_seek(time, reached, exact):
            return False
        target = int((time - RUN_UP + origin) * 1_000_000)
        try:
            self._container.seek(target, backward=True, any_frame=False)
        except av.error.FFmpegError:
            return False
        return True
