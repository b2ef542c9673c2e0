"""One transcription: opens the media, hears window after window, warns of what was wrong.

Memory is that of one window, however long the file is.
"""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from jobmill_engine import InputRejected, Result, Task
from jobmill_engines.media.clock import Clock
from jobmill_engines.media.containers import open_media
from jobmill_engines.media.decode import Reader
from jobmill_engines.media.progress import tell_troubles
from jobmill_engines.media.sound import Sound, SoundShape
from jobmill_engines.media.source import Source, open_source
from jobmill_engines.media.streams import LONGEST, chosen_sound
from jobmill_engines.transcribe.document import Transcript, own_span
from jobmill_engines.transcribe.recognise import Recogniser
from jobmill_engines.transcribe.request import Request
from jobmill_engines.transcribe.windows import RATE, Samples, Window, windows

_SHAPE = SoundShape(rate=RATE, channels=1)
_FULL_SCALE = np.float32(1 << 15)


def transcribe(task: Task, recogniser: Recogniser, request: Request) -> Result:
    """The document of the task's input. Raises `MediaRejected` and `InputRejected`."""
    given = task.input()
    transcript = Transcript(recogniser.name, own_span(given.meta))
    path = None if given.live else given.path
    with given.open() as stream, open_source(stream, path, task.workdir, task.log) as source:
        track = _track(task, source, request.track)
        if track is not None:
            _hear(task, source, track, _Ear(task, recogniser, request, transcript))
    return transcript.document(word_times=request.word_times)


def _track(task: Task, source: Source, number: int | None) -> AudioStream | None:
    """The track to hear. A whole file without sound is a mistake, a chunk without has no words."""
    stream, count = chosen_sound(source.container, number)
    if stream is None and count:
        told = f"track must be below {count}, the number of audio tracks, not {number}."
        raise InputRejected("bad_parameter", told)
    if stream is None and task.mode != "chunk":
        raise InputRejected("no_audio", "The file has no audio track: there is nothing to hear.")
    if stream is None:
        task.warn("no_audio", "A chunk has no audio track: it has no words.")
    return stream


def _hear(task: Task, source: Source, track: AudioStream, ear: "_Ear") -> None:
    clock = Clock(source.origin, source.duration)
    reader = Reader(source.container, [track])
    sound = Sound(_SHAPE, clock)
    total = _total_ms(task, source)
    for window in windows(_blocks(task, sound, reader)):
        ear.hear(window, total)
    if reader.errors and not reader.decoded:
        raise InputRejected(
            "no_audio_decoded",
            "The file has audio, but nothing of it could be decoded: it is damaged, or its codec"
            " is not known. Export it again.",
        )
    end = Fraction(sound.position, RATE)
    tell_troubles(task, source, reader, clock.breaks, end, [track])


def _total_ms(task: Task, source: Source) -> float | None:
    """How long the media says it is. What is read forwards often says so only at its end."""
    given, declared = task.input(), source.duration
    if declared is None and not given.live:
        with open_media(given.path, source.format) as whole:
            declared = Fraction(whole.duration or 0, 1_000_000)
    return float(declared * 1000) if declared is not None and 0 < declared <= LONGEST else None


def _blocks(task: Task, sound: Sound, reader: Reader) -> Iterator[Samples]:
    for samples in sound.samples(_frames(reader)):
        task.check_cancelled()
        yield samples.reshape(-1).astype(np.float32) / _FULL_SCALE


def _frames(reader: Reader) -> Iterator[AudioFrame]:
    for _, decoded in reader.frames():
        yield from decoded  # type: ignore[misc]


class _Ear:
    """Hears windows one after the other; the language of the first words is that of all."""

    def __init__(
        self, task: Task, recogniser: Recogniser, request: Request, transcript: Transcript
    ) -> None:
        self._task = task
        self._recogniser = recogniser
        self._request = request
        self._transcript = transcript
        self._language = request.language
        self._word_times = request.word_times or transcript.own is not None

    def hear(self, window: Window, total_ms: float | None) -> None:
        start_ms = window.start * 1000 / RATE
        found, phrases = self._recogniser.recognise(
            window.samples, self._request, self._language, self._word_times
        )
        if found is not None:
            self._transcript.speaks(found)
            self._language = found.code
        for phrase in phrases:
            self._transcript.add(phrase, start_ms)
            self._reached(start_ms + phrase.end_ms, total_ms)
        self._reached(start_ms + window.samples.size * 1000 / RATE, total_ms)

    def _reached(self, done_ms: float, total_ms: float | None) -> None:
        self._task.check_cancelled()
        done = done_ms if total_ms is None else min(done_ms, total_ms)
        self._task.progress(done, total_ms, "ms")
