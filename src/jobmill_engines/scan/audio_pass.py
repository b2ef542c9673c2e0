"""One decode of all audio streams, feeding every audio check. Opens nothing itself."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from itertools import chain, zip_longest
from typing import Any, NamedTuple, Protocol

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from jobmill_engines.media.clock import Clock
from jobmill_engines.media.decode import Frames
from jobmill_engines.scan.blocks import Block, BlockMaker, Shape
from jobmill_engines.scan.channels import Section
from jobmill_engines.scan.loudness import LayoutNotMeasured, LoudnessMeter
from jobmill_engines.scan.media import Media
from jobmill_engines.scan.programme import append_named, append_silence, same_programme
from jobmill_engines.scan.report import Failures, Meter
from jobmill_engines.scan.request import AUDIO_FORMAT, LOUDNESS
from jobmill_engines.scan.spans import Span, Window
from jobmill_engines.scan.track import Track, declared_shape

MOST_CHANNELS = 16
_FURTHEST_APART = Fraction(60)
"""Seconds that one stream of a file may be ahead of another."""


@dataclass(frozen=True, slots=True)
class AudioAsked:
    """What the audio pass is to find; `silences` are (feature, threshold in dBFS)."""

    formats: bool
    loudness: bool
    silences: tuple[tuple[str, float], ...]
    compressed_channels: frozenset[int]


@dataclass(slots=True)
class AudioFound:
    """What it found; `formats` and `silences` (by feature) are not yet cut to the windows."""

    formats: list[Span] = field(default_factory=list)
    silences: dict[str, list[Span]] = field(default_factory=dict)
    tracks: list[dict[str, Any]] = field(default_factory=list)
    end: Fraction = Fraction(0)
    frames: int = 0
    errors: int = 0
    breaks: int = 0
    not_measured: int = 0


class SoundReader(Protocol):
    """Where frames come from: `decode.Reader`, or `steady.SteadyReader` for sound without faults.

    `look_up` is how many steps of `frames` make up about a second.
    """

    look_up: int
    errors: int
    decoded: int

    def frames(self) -> Iterator[tuple[int, Frames]]: ...

    def skip_to(self, time: Fraction, reached: Fraction, origin: Fraction, exact: bool) -> bool: ...


class _Again(NamedTuple):
    """A frame that reaches into the next window, and the time that its stream had before it."""

    number: int
    frame: AudioFrame
    reached: Fraction


class AudioPass:
    """Goes once through the sound of a file, over all windows, and collects what is found."""

    def __init__(
        self,
        streams: Sequence[AudioStream],
        reader: SoundReader,
        media: Media,
        asked: AudioAsked,
        failures: Failures,
        meter: Meter,
        exact_seek: bool,
    ) -> None:
        self._streams = streams
        self._reader = reader
        self._media = media
        self._asked = asked
        self._failures = failures
        self._meter = meter
        self._exact_seek = exact_seek
        self.found = AudioFound()
        self._clocks = {s.index: Clock(media.origin, media.duration) for s in streams}
        self._sections: list[Section] = []
        self._meters: list[LoudnessMeter] = []
        self._again: deque[_Again] = deque()

    def run(self, windows: Sequence[Window]) -> AudioFound:
        """Analyse the windows, in order."""
        frames = self._reader.frames()
        reached = Fraction(0)
        for window, following in zip_longest(windows, windows[1:]):
            if self._reader.skip_to(window.start, reached, self._media.origin, self._exact_seek):
                for clock in self._clocks.values():
                    clock.restart()
                self._again.clear()
                frames = self._reader.frames()
            self._sections, self._meters = [], []
            tracks = {s.index: Track(s, self._clocks[s.index]) for s in self._streams}
            self._plan(list(tracks.values()), window)
            self._listen(frames, tracks, window, following)
            reached = _reached(tracks.values())
            self._close(list(tracks.values()), window)
        self.found.errors = self._reader.errors
        self.found.frames = self._reader.decoded
        self.found.breaks = sum(clock.breaks for clock in self._clocks.values())
        self._meter.finished()
        return self.found

    def _listen(
        self,
        frames: Iterator[tuple[int, Frames]],
        tracks: dict[int, Track],
        window: Window,
        following: Window | None,
    ) -> None:
        """Take the frames of a window; those that reach into the next one are taken twice."""
        again: list[_Again] = []
        look_up = self._reader.look_up if window.end is None else 1
        for count, (number, decoded) in enumerate(chain(self._taken_again(), frames)):
            track = tracks[number]
            for frame in decoded:
                before = track.reached if following is not None else Fraction(0)
                try:
                    track.push(frame)  # type: ignore[arg-type]
                except ValueError:  # the first frame, or one of another shape
                    self._reshape(track, frame, window)  # type: ignore[arg-type]
                if following is not None and track.reached > following.start:
                    again.append(_Again(number, frame, before))  # type: ignore[arg-type]
            if not count % look_up:
                reached = _reached(tracks.values())
                self._meter.at(reached)
                if window.end is not None and reached >= window.end:
                    break
        self._again.extendleft(reversed(again))

    def _taken_again(self) -> Iterator[tuple[int, Frames]]:
        for each in reversed(self._again):
            self._clocks[each.number].reached = each.reached
        while self._again:
            each = self._again.popleft()
            yield each.number, [each.frame]

    def _plan(self, tracks: list[Track], window: Window) -> None:
        """Sections by what the streams declare: mono streams of one programme make one set."""
        first_channel = 0
        waiting: list[Track] = []
        for track in tracks:
            shape = declared_shape(track.stream)
            if waiting and not self._belongs(waiting[0], track, shape):
                first_channel = self._open(waiting, window.start, first_channel)
                waiting = []
            track.shape = shape
            waiting.append(track)
        self._open(waiting, window.start, first_channel)

    @staticmethod
    def _belongs(first: Track, track: Track, shape: Shape) -> bool:
        """Mono streams of one rate carry one programme unless they say otherwise."""
        known = first.shape
        mono = known is not None and known.channels == shape.channels == 1
        alike = known is not None and mono and known.rate == shape.rate
        return alike and same_programme(first.stream, track.stream)

    def _open(self, tracks: list[Track], begin: Fraction, first_channel: int) -> int:
        """Start a section of these tracks; returns the number of the channel after them."""
        shape = tracks[0].shape
        if shape is None:
            return first_channel
        count = shape.channels * len(tracks)
        excluded = {
            channel - first_channel
            for channel in self._asked.compressed_channels
            if first_channel <= channel < first_channel + count
        }
        section = Section(
            [track.number for track in tracks],
            shape,
            begin,
            frozenset(excluded),
            self._asked.silences,
            self._asked.formats,
            self._failures,
        )
        self._sections.append(section)
        for index, track in enumerate(tracks):
            track.section = section
            track.first_channel = first_channel + index * shape.channels
        return first_channel + count

    def _reshape(self, track: Track, frame: AudioFrame, window: Window) -> None:
        """Take the first frame of a stream, or one whose rate, channels or format differ."""
        if not frame.samples or not frame.sample_rate:
            return
        shape, planned, started = Shape.of(frame), track.shape, track.maker
        if started is not None:
            started.finish()
            track.clock.reached = started.time
            window = Window(started.time, window.end)
        same = planned is not None and planned.alike(shape)
        track.shape = shape
        if started is not None or not same:
            if track.section is not None:
                track.section.ended(track.number)
            self._open([track], window.start, track.first_channel)
        track.loudness = self._loudness_meter(track.number, shape)
        section = track.section

        def emit(block: Block) -> None:
            self._emit(track, section, block)

        track.start(BlockMaker(shape, track.clock, window, emit))
        track.push(frame)

    def _loudness_meter(self, number: int, shape: Shape) -> LoudnessMeter | None:
        if not self._asked.loudness:
            return None
        try:
            meter = LoudnessMeter(number, shape)
        except LayoutNotMeasured:
            self.found.not_measured += 1
            return None
        self._meters.append(meter)
        return meter

    def _emit(self, track: Track, section: Section | None, block: Block) -> None:
        if section is not None:
            section.feed(track.number, block)
        meter = track.loudness
        if meter is not None:
            self._failures.guard(LOUDNESS, lambda: meter.feed(block.samples))

    def _close(self, tracks: list[Track], window: Window) -> None:
        for track in tracks:
            if track.maker is None:
                continue
            track.maker.finish()
            end = track.maker.time
            self.found.end = max(
                self.found.end, end if window.end is None else min(end, window.end)
            )
        heard = sorted((section.finish() for section in self._sections), key=lambda h: h.first)
        self._failures.guard(
            AUDIO_FORMAT, lambda: append_named(self.found.formats, heard, self._streams)
        )
        for feature, _ in self._asked.silences:
            quiet = self.found.silences.setdefault(feature, [])
            self._failures.guard(
                feature, partial(append_silence, quiet, feature, heard, window.start)
            )
        self._failures.guard(
            LOUDNESS, lambda: self.found.tracks.extend(meter.finish() for meter in self._meters)
        )


def first_channels(streams: Sequence[AudioStream]) -> list[AudioStream]:
    """The streams whose channels are the first sixteen."""
    chosen: list[AudioStream] = []
    channels = 0
    for stream in streams:
        channels += stream.codec_context.layout.nb_channels
        if channels <= MOST_CHANNELS or not chosen:
            chosen.append(stream)
    return chosen


def _reached(tracks: Iterable[Track]) -> Fraction:
    """The time that all tracks have reached; one that stays far behind has ended."""
    times = [track.reached for track in tracks]
    return max(min(times), max(times) - _FURTHEST_APART)
