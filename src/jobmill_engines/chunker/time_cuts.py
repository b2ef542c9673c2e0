"""Where video is cut exactly: at multiples of the chunk's length, the pictures encoded anew."""

from fractions import Fraction
from math import floor
from pathlib import Path

from av.video.frame import VideoFrame

from jobmill_engines.chunker.video_chunks import VideoChunks
from jobmill_engines.media.aac import AacLane
from jobmill_engines.media.av_file import AvFile
from jobmill_engines.media.coded import Coded, Lane
from jobmill_engines.media.pictures import Shown

_LAG = 2
"""Seconds that sound may lag behind the picture in a file."""


class TimeCutter:
    """Chunk n answers for [n, n + 1) times the length, and carries `lead` seconds on both sides."""

    def __init__(
        self,
        length: Fraction,
        lead: Fraction,
        step: Fraction,
        sound: Lane | AacLane | None,
        chunks: VideoChunks,
    ) -> None:
        self._length = length
        self._lead = lead
        self._step = step
        self._lane = sound
        self._chunks = chunks
        self._first = 0
        self._begun = -1
        self._last: Shown | None = None
        self._picture_end = Fraction(0)
        self._sound_end = Fraction(0)

    def picture(self, shown: Shown) -> None:
        """The next picture; one that lasts over a gap is shown again where a chunk begins."""
        carrying = self._carrying(shown.start)
        self._begin(carrying[-1], shown)
        for number in carrying:
            self._show(number, shown)
        self._last = shown
        self._picture_end = max(self._picture_end, shown.end)
        self._close_what_is_through()

    def sound(self, coded: Coded) -> None:
        """The next packet of sound."""
        for number in self._carrying(max(Fraction(0), coded.shown)):
            if number >= self._first and self._chunks.needs(number):
                self._file(number).copy(coded)
        self._sound_end = max(self._sound_end, coded.end)
        self._close_what_is_through()

    def finish(self) -> None:
        """The end: close what is open, as far as there were pictures or sound."""
        if self._last is None:
            return
        end = max(self._picture_end, self._sound_end)
        while self._first * self._length < end:
            self._close(self._first, end)

    def _carrying(self, time: Fraction) -> range:
        """The chunks that carry this moment."""
        first = floor((time - self._lead) / self._length)
        return range(max(first, 0), floor((time + self._lead) / self._length) + 1)

    def _begin(self, number: int, shown: Shown) -> None:
        """Begin the chunks up to this one, which is the first that carries this picture."""
        if number <= self._begun:
            return
        frame = (self._last or shown).frame
        gap = shown.start - self._start(number) > self._step * 2
        self._fill(number if gap else number - 1, frame)
        self._begun = number

    def _fill(self, upto: int, frame: VideoFrame) -> None:
        """Begin chunks with a picture that is not their own."""
        while self._begun < upto:
            self._begun += 1
            start = self._start(self._begun)
            self._show(self._begun, Shown(frame, start, start))

    def _show(self, number: int, shown: Shown) -> None:
        if self._chunks.needs(number):
            self._file(number).picture(shown)

    def _start(self, number: int) -> Fraction:
        return max(Fraction(0), number * self._length - self._lead)

    def _file(self, number: int) -> AvFile:
        def make(path: Path) -> AvFile:
            return AvFile.mp4(path, self._start(number), None, self._lane)

        return self._chunks.file(number, make)

    def _close_what_is_through(self) -> None:
        while True:
            until = (self._first + 1) * self._length + self._lead
            picture, sound = self._picture_end, self._sound_end
            if picture <= until or (self._lane is not None and sound < until > picture - _LAG):
                return
            self._close(self._first, until)

    def _close(self, number: int, end: Fraction) -> None:
        self._first = number + 1
        if self._last is not None:
            self._fill(number, self._last.frame)
        own_start, own_end = number * self._length, (number + 1) * self._length
        self._chunks.close(
            number,
            self._start(number),
            min(own_end + self._lead, end),
            own_start,
            min(own_end, end),
        )
