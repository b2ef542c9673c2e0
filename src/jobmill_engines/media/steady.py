"""The sound of one stream in long frames, read and decoded within FFmpeg, ahead of its caller.

A packet costs nothing in Python here; where packets are read one by one (`decode.Reader`) the
calls for them take as long as the decoder of a lossy codec. The price: what is wrong with a file
cannot be told, only that something is. Its user then reads it again, packet by packet.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise
from os import fspath
from pathlib import Path

import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.filter import Graph

from jobmill_engines.media.containers import Format, local_only
from jobmill_engines.media.decode import RUN_UP, Frames, worth_a_seek
from jobmill_engines.media.layouts import MOST_PLANES
from jobmill_engines.media.streams import declared_end

FRAME_SECONDS = 4
_AHEAD = 3
"""Frames that are made before they are asked for, so that the decoder never waits."""

_SLACK = Fraction(12, 1000)
"""Seconds between a frame and the one before: so far may the samples of the latter be shifted."""
_END_SLACK = Fraction(20, 1000)


class NotSteady(Exception):
    """The sound has a fault, a gap, another shape than was declared, or ends before it should."""


class SteadyReader:
    """Reads one stream from a file; used like `decode.Reader`.

    `origin` is the presentation time that the file's timeline counts from. Frames are planar floats
    (packed beyond seven channels) and say when they begin.
    """

    look_up = 1
    errors = 0

    def __init__(
        self, path: Path, container: Format, stream: AudioStream, origin: Fraction
    ) -> None:
        codec = stream.codec_context
        self.decoded = 0
        self._path = path
        self._format = container
        self._stream = stream.index
        self._rate = codec.sample_rate
        self._samples = "fltp" if codec.layout.nb_channels <= MOST_PLANES else "flt"
        self._origin = origin
        self._end = declared_end(stream, origin)
        self._start = Fraction(0)

    @staticmethod
    def suits(container: Format, stream: AudioStream) -> bool:
        """Whether the stream may be tried: its container knows times, and its channels are named.

        Channels without names would be given some, or come as a list that PyAV cannot hold.
        """
        layout = stream.codec_context.layout
        unnamed = container.demuxer in ("wav", "w64") and layout.nb_channels <= 2
        return container.exact_seek and (unnamed or " " not in layout.name)

    def frames(self) -> Iterator[tuple[int, Frames]]:
        """The frames from here to the end, with the number of their stream.

        Raises `NotSteady`; what came before may then be shifted by what is missing.
        """
        graph = self._connected()
        reached: Fraction | None = None
        with ThreadPoolExecutor(1, "steady") as thread:
            ahead = deque(thread.submit(_pull, graph) for _ in range(_AHEAD))
            while (frame := ahead.popleft().result()) is not None:
                ahead.append(thread.submit(_pull, graph))
                reached = self._end_of(frame, reached)
                self.decoded += 1
                yield self._stream, [frame]
        if reached is None or self._end is None:
            raise NotSteady("nothing says where it ends")
        if reached - self._origin < self._end - _END_SLACK:
            raise NotSteady("it ends too early")

    def skip_to(self, time: Fraction, reached: Fraction, origin: Fraction, exact: bool) -> bool:
        """Begin the next `frames` shortly before `time` where that saves decoding."""
        if not worth_a_seek(time, reached, exact):
            return False
        self._start = time - RUN_UP
        return True

    def _connected(self) -> Graph:
        graph = Graph()
        try:
            steps = [
                graph.add(
                    "amovie",
                    filename="file:" + fspath(self._path),
                    format_name=self._format.demuxer,
                    format_opts=":".join(f"{k}={v}" for k, v in local_only(self._format).items()),
                    streams=str(self._stream),
                    seek_point=str(float(self._start)),
                ),
                graph.add("aformat", sample_fmts=self._samples),
                graph.add("asetnsamples", n=str(FRAME_SECONDS * self._rate), p="0"),
                graph.add("abuffersink"),
            ]
            for step, following in pairwise(steps):
                step.link_to(following)
            graph.configure()
        except (av.error.FFmpegError, ValueError) as error:
            raise NotSteady("it cannot be opened in one piece") from error
        return graph

    def _end_of(self, frame: AudioFrame, reached: Fraction | None) -> Fraction:
        """The presentation time at which a frame ends that begins where the one before ended."""
        if frame.pts is None or frame.sample_rate != self._rate:
            raise NotSteady("it does not say its times, or has another rate")
        time = frame.pts * (frame.time_base or Fraction(1, self._rate))
        if reached is not None and abs(time - reached) > _SLACK:
            raise NotSteady("it has a gap")
        return time + Fraction(frame.samples, self._rate)


def _pull(graph: Graph) -> AudioFrame | None:
    """The next frame, None at the end."""
    try:
        frame = graph.pull()
    except av.error.EOFError:
        return None
    except (av.error.FFmpegError, ValueError) as error:
        raise NotSteady("it has a fault") from error
    if not isinstance(frame, AudioFrame):
        raise NotSteady("it is not sound")
    return frame
