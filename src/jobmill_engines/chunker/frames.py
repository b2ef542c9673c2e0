"""The template `frame`: single pictures at a steady pace, each as an image file."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from av.video.frame import VideoFrame

from jobmill_engine import InputRejected, Task
from jobmill_engines.chunker.request import Request
from jobmill_engines.media.clock import Clock
from jobmill_engines.media.decode import Reader
from jobmill_engines.media.parts import Parts
from jobmill_engines.media.pictures import MEDIA_TYPES, PictureClock, Shown, as_image
from jobmill_engines.media.progress import Told, tell_all_done, tell_troubles
from jobmill_engines.media.source import Source
from jobmill_engines.media.streams import picture_stream

NO_VIDEO = "The file has no moving picture. Give one with video, or cut its sound."


def cut_frames(task: Task, source: Source, request: Request) -> dict[str, Any]:
    """Write the picture that is shown at each tick to port `out`; returns the facts of the whole.

    Tick n lies n / frames_per_second seconds after the beginning.
    """
    stream = picture_stream(source.container)
    if stream is None:
        raise InputRejected("no_video", NO_VIDEO)
    stream.thread_type = "AUTO"
    reader = Reader(source.container, [stream])
    clock = Clock(source.origin, source.duration)
    pictures = PictureClock(stream, clock, counted=source.format.demuxer == "avi")
    ticks = _Ticks(task, request)
    told = Told(task, source)
    for shown in pictures.shown(_frames(reader)):
        ticks.take(shown)
        told.reached(shown.start)
    end = ticks.finish()
    tell_all_done(task, end)
    tell_troubles(task, source, reader, clock.breaks, end, [stream])
    return {"chunks": ticks.parts.number, "duration_ms": float(end * 1000)}


def _frames(reader: Reader) -> Iterator[VideoFrame]:
    for _, decoded in reader.frames():
        yield from decoded  # type: ignore[misc]


class _Ticks:
    """Holds the last picture until it is known that no later one is shown at the next tick."""

    def __init__(self, task: Task, request: Request) -> None:
        self.parts = Parts(task)
        self._step = 1 / request.frames_per_second
        self._kind = request.format
        self._held: Shown | None = None

    def take(self, shown: Shown) -> None:
        self._send_until(shown.start)
        self._held = shown

    def finish(self) -> Fraction:
        """Send what is left; returns the end of the last picture."""
        if self._held is None:
            raise InputRejected(
                "no_video_decoded",
                "The file has video, but nothing of it could be decoded: it is damaged, or its"
                " codec is not known. Export it again.",
            )
        self._send_until(self._held.end)
        return self._held.end

    def _send_until(self, end: Fraction) -> None:
        """The held picture at every tick before `end`; before the first there is nothing to see."""
        while self._held is not None and (time := self.parts.number * self._step) < end:
            if not self.parts.wanted:
                self.parts.passed()
                continue
            start, stop = float(time * 1000), float((time + self._step) * 1000)
            span = {"start_ms": start, "end_ms": stop}
            own = {"own_start_ms": start, "own_end_ms": stop}
            image = as_image(self._held.frame, self._kind)
            self.parts.send(image, MEDIA_TYPES[self._kind], span | own)
