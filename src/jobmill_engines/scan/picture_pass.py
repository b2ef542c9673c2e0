"""One decode of the moving picture, feeding every picture check. Opens nothing itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from jobmill_engines.media.clock import Clock
from jobmill_engines.media.decode import Reader
from jobmill_engines.media.streams import picture_stream
from jobmill_engines.scan.black import BlackTracker
from jobmill_engines.scan.damage import Damage
from jobmill_engines.scan.freeze import FreezeTracker
from jobmill_engines.scan.media import Media
from jobmill_engines.scan.pictures import Batch, Gatherer
from jobmill_engines.scan.report import Failures, Meter
from jobmill_engines.scan.request import FREEZE, IN_BLACK, SHOT_CHANGE_DETECTION
from jobmill_engines.scan.shots import ShotTracker
from jobmill_engines.scan.spans import Span, Window

_START = Fraction(0)
_USUAL_STEP = Fraction(1, 25)


@dataclass(frozen=True, slots=True)
class PictureAsked:
    """What the picture pass is to find; None or False leaves a check out."""

    shots: bool
    black: float | None
    freeze: float | None


@dataclass(slots=True)
class PictureFound:
    """What it found, not yet cut to the windows; `cuts` are the first moments of new shots."""

    cuts: list[Fraction] = field(default_factory=list)
    black: list[Span] = field(default_factory=list)
    still: list[Span] = field(default_factory=list)
    end: Fraction = Fraction(0)
    frames: int = 0
    errors: int = 0
    breaks: int = 0


class PicturePass:
    """Decodes the first video stream once, over all windows."""

    def __init__(
        self,
        container: InputContainer,
        media: Media,
        asked: PictureAsked,
        failures: Failures,
        meter: Meter,
        exact_seek: bool,
    ) -> None:
        stream = picture_stream(container)
        if stream is None:
            raise ValueError("a picture pass needs a video stream")
        self._stream: VideoStream = stream
        self._stream.thread_type = "AUTO"
        self._media = media
        self._asked = asked
        self._failures = failures
        self._meter = meter
        self._exact_seek = exact_seek
        self._reader = Reader(container, [stream])
        self._clock = Clock(media.origin, media.duration)
        self._counted = container.format.name == "avi"  # it stores no time stamps, only a rate
        self._damage = Damage()
        self._last: _Placed | None = None
        self.found = PictureFound()
        rate = stream.average_rate or stream.guessed_rate
        self._step = 1 / Fraction(rate) if rate else _USUAL_STEP

    def run(self, windows: Sequence[Window]) -> PictureFound:
        """Analyse the windows, in order; the last frame of one may still be shown in the next."""
        frames = self._timed()
        held: list[_Timed] = []
        for window in windows:
            reached = self._clock.reached
            if self._reader.skip_to(window.start, reached, self._media.origin, self._exact_seek):
                self._clock.restart()
                self._last, held = None, []
            checks = _Checks(self._asked, self._failures)
            gatherer: Gatherer | None = None
            if held and held[-1].time <= window.start:
                del held[:-1]
            again, held = held, []
            for frame, time in chain(again, frames):
                held = [*held[-1:], _Timed(frame, time)]
                if window.end is not None and time >= window.end:
                    break
                if self._clock.reached <= window.start:
                    self._meter.at(time)
                    continue
                gatherer = gatherer or Gatherer(frame)
                time = max(time, window.start)
                errors = self._reader.errors + self._reader.marked
                batch = gatherer.add(frame, time, self._damage.doubts(frame, time, errors))
                if batch is not None:
                    checks.feed(batch)
                    self._meter.at(time)
            rest = gatherer.take() if gatherer is not None else None
            if rest is not None:
                checks.feed(rest)
            end = (
                self._clock.reached if window.end is None else min(self._clock.reached, window.end)
            )
            checks.finish(self.found, end)
            self.found.end = max(self.found.end, end)
        self.found.errors = self._reader.errors + self._damage.pictures
        self.found.frames = self._reader.decoded
        self.found.breaks = self._clock.breaks
        self._meter.finished()
        return self.found

    def _timed(self) -> Iterator["_Timed"]:
        for _, decoded in self._reader.frames():
            for frame in decoded:
                yield _Timed(frame, self._time(frame))  # type: ignore[arg-type]

    def _time(self, frame: VideoFrame) -> Fraction:
        """The frame's time on the timeline; sets the clock to the frame's end."""
        base = frame.time_base
        pts = None if self._counted or base is None else frame.pts
        last, self._last = self._last, None
        if last is not None and pts is not None and 0 < pts - last.pts <= last.near:
            time = last.time + (pts - last.pts) * last.base
        else:
            stamp = None if pts is None or base is None else pts * base
            time = self._clock.place(stamp, back=self._step / 2)
        length = frame.duration * base if frame.duration and base is not None else self._step
        length = length if length < 10 else self._step
        self._clock.reached = time + length
        if pts is not None and base is not None:
            self._last = _Placed(pts, time, base, int(2 * length / base))
        return max(time, _START)


class _Timed(NamedTuple):
    """A frame and when it is first shown, on the timeline."""

    frame: VideoFrame
    time: Fraction


class _Placed(NamedTuple):
    """A frame that has its place: a time stamp at most `near` ticks later needs no doubt."""

    pts: int
    time: Fraction
    base: Fraction
    near: int


class _Checks:
    """The picture checks of one window, each guarded by itself."""

    def __init__(self, asked: PictureAsked, failures: Failures) -> None:
        self._failures = failures
        self._shots = ShotTracker() if asked.shots else None
        self._black = BlackTracker(asked.black) if asked.black is not None else None
        self._freeze = FreezeTracker(asked.freeze) if asked.freeze is not None else None

    def feed(self, batch: Batch) -> None:
        for feature, check in (
            (SHOT_CHANGE_DETECTION, self._shots),
            (IN_BLACK, self._black),
            (FREEZE, self._freeze),
        ):
            if check is not None:
                self._failures.guard(feature, lambda check=check: check.feed(batch))  # type: ignore[misc]

    def finish(self, found: PictureFound, end: Fraction) -> None:
        shots, black, freeze = self._shots, self._black, self._freeze
        if shots is not None:
            self._failures.guard(SHOT_CHANGE_DETECTION, lambda: found.cuts.extend(shots.finish()))
        if black is not None:
            self._failures.guard(IN_BLACK, lambda: found.black.extend(black.finish(end)))
        if freeze is not None:
            self._failures.guard(FREEZE, lambda: found.still.extend(freeze.finish(end)))
