"""Writes one file of sound and picture: copies packets, or encodes H.264 and AAC.

The same input gives the same bytes, on every machine with the same libraries.
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import OutputContainer
from av.video.frame import PictureType, VideoFrame

from jobmill_engines.media.aac import AacLane, add_aac
from jobmill_engines.media.coded import Coded, Lane
from jobmill_engines.media.decode import AnyPacket
from jobmill_engines.media.pictures import upright

FRAGMENTED: Mapping[str, str] = {
    "movflags": "frag_keyframe+delay_moov+default_base_moof",
    "frag_duration": "4000000",
    "fflags": "+bitexact",
}
"""MP4 that is written from front to back: a player can begin before its end is there."""

_X264 = {
    "preset": "veryfast",
    "crf": "23",
    "threads": "2",
    "x264-params": "scenecut=0:open-gop=0:bframes=0",
    "flags": "+bitexact",
}
"""Without pictures that look ahead: they would set the file's first decoding time back by as much
as the first pictures lie apart, which may be seconds."""
_TICKS = 90_000
_MOST_LINES = 1080


class Muxing:
    """One output file; call `close` when all is written."""

    def __init__(self, path: Path, muxer: str, options: Mapping[str, str]) -> None:
        self.muxer = muxer
        self._output: OutputContainer = av.open(str(path), "w", format=muxer, options=dict(options))

    def copied(self, lane: Lane | AacLane) -> "Copied":
        """A track that takes the packets of this lane."""
        if isinstance(lane, AacLane):
            return Copied(self._output, add_aac(self._output))
        return Copied(self._output, self._output.add_stream_from_template(lane.stream, opaque=True))

    def pictures(self, frame: VideoFrame, every: Fraction | None = None) -> "Pictures":
        """A track of pictures like this one, with a key picture `every` so many seconds."""
        return Pictures(self._output, frame, every)

    def close(self) -> None:
        """Write what is left. The tracks must be finished."""
        self._output.close()


class Copied:
    """A track of packets as they are."""

    def __init__(self, output: OutputContainer, stream: Any) -> None:
        self._output = output
        self._stream = stream
        self._shifted: tuple[Fraction, Fraction] | None = None
        self._shift = 0

    def write(self, coded: Coded, start: Fraction) -> None:
        """The next packet; the track's time 0 lies at `start`."""
        packet, shift = coded.packet, self._shift_by(start, coded.base)
        packet.stream = self._stream
        packet.time_base = coded.base
        packet.pts, packet.dts = coded.pts - shift, coded.dts - shift
        packet.duration = coded.length
        self._output.mux(packet)

    def _shift_by(self, start: Fraction, base: Fraction) -> int:
        if self._shifted != (start, base):
            self._shifted = (start, base)
            self._shift = round(start / base)
        return self._shift


class Pictures:
    """A track of pictures, encoded as H.264 of at most 1080 lines."""

    def __init__(self, output: OutputContainer, first: VideoFrame, every: Fraction | None) -> None:
        self._output = output
        self._every = every
        self._next_key = Fraction(0)
        width, height = _fitting(upright(first))
        stream = output.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, _TICKS)
        stream.codec_context.options = _X264 | {"g": "600"}
        self._stream = stream
        self._last = -1
        self._lengths: dict[int, int] = {}

    def write(self, frame: VideoFrame, time: Fraction, length: Fraction) -> None:
        """The picture shown from `time` on for `length`, in seconds of this track."""
        ticks = round(time * _TICKS)
        if ticks <= self._last:
            return
        self._last = ticks
        made = upright(frame).reformat(self._stream.width, self._stream.height, "yuv420p")
        made.pts, made.time_base = ticks, Fraction(1, _TICKS)
        self._lengths[ticks] = max(1, round(length * _TICKS))
        made.pict_type = PictureType.NONE
        if self._every is not None and time >= self._next_key:
            made.pict_type = PictureType.I
            self._next_key = (time // self._every + 1) * self._every
        self._mux(self._stream.encode(made))

    def finish(self) -> None:
        """Write what the encoder holds back."""
        self._mux(self._stream.encode(None))

    def _mux(self, packets: list[AnyPacket]) -> None:
        for packet in packets:
            # the encoder guesses; playlists and the last picture's end are made of it
            packet.duration = self._lengths.pop(packet.pts or 0, packet.duration or 0)
        self._output.mux(packets)


def _fitting(frame: VideoFrame) -> tuple[int, int]:
    """The size in which it is encoded: even, not too large."""
    scale = min(Fraction(1), Fraction(_MOST_LINES, min(frame.width, frame.height)))
    width, height = (max(2, int(side * scale) // 2 * 2) for side in (frame.width, frame.height))
    return width, height
