"""Reads the packets of chosen streams and decodes them, and goes on where some are broken.

Knows no detector. One reader is one pass over a part of the file.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import av.error
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.stream import Stream
from av.video.frame import VideoFrame

_SEEK_WORTH = Fraction(10)
_RUN_UP = Fraction(1)
_MAX_FAILED_READS = 100


class Reader:
    """Decodes streams of one container. `errors` counts what could not be decoded or read."""

    def __init__(self, container: InputContainer, streams: Sequence[Stream]) -> None:
        self.errors = 0
        self.decoded = 0
        self._container = container
        self._streams = list(streams)

    def frames(self) -> Iterator[tuple[int, AudioFrame | VideoFrame]]:
        """Every frame from here to the end in the order of the file, with its stream's number."""
        for packet in self._packets():
            try:
                decoded = packet.decode()
            except av.error.EOFError:
                continue
            except (av.error.FFmpegError, ValueError):
                self.errors += 1
                continue
            for frame in decoded:
                self.decoded += 1
                yield packet.stream_index, frame  # type: ignore[misc]

    def _packets(self) -> Iterator[av.Packet]:  # type: ignore[type-arg]
        """Packets until the end; reading is tried again a few times after an error."""
        failed = 0
        while True:
            try:
                for packet in self._container.demux(self._streams):
                    yield packet
                    failed = 0
                return
            except av.error.EOFError:
                return
            except (av.error.FFmpegError, ValueError):
                self.errors += 1
                failed += 1
                if failed > _MAX_FAILED_READS:
                    return

    def skip_to(self, time: Fraction, reached: Fraction, origin: Fraction, exact: bool) -> bool:
        """Seek to shortly before `time` where that saves decoding; False when it did not."""
        if not exact or time - reached < _SEEK_WORTH:
            return False
        target = int((time - _RUN_UP + origin) * 1_000_000)
        try:
            self._container.seek(target, backward=True, any_frame=False)
        except av.error.FFmpegError:
            return False
        return True
