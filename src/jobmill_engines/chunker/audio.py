"""The template `audio`: one audio track as chunks for speech, cut where it is quiet."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.audio.frame import AudioFrame

from jobmill_engine import InputRejected, Task
from jobmill_engines.chunker.audio_file import AUDIO_FORMATS, AudioFile
from jobmill_engines.chunker.cutting import ChunkEnd, CutPlan, Cutter, Piece
from jobmill_engines.chunker.request import Request
from jobmill_engines.media.clock import Clock
from jobmill_engines.media.decode import Reader
from jobmill_engines.media.parts import Parts
from jobmill_engines.media.progress import Told, tell_all_done, tell_troubles
from jobmill_engines.media.sound import Sound
from jobmill_engines.media.source import Source
from jobmill_engines.media.streams import wanted_sound


def cut_audio(task: Task, source: Source, request: Request) -> dict[str, Any]:
    """Write the chunks to port `out`; returns the facts of the whole."""
    stream = wanted_sound(source.container, request.track)
    if stream is None:
        raise InputRejected(
            "no_audio", "The file has no audio track. Give one with sound, or cut its pictures."
        )
    shape = request.shape
    clock = Clock(source.origin, source.duration)
    reader = Reader(source.container, [stream])
    sound = Sound(shape, clock)
    cutter = Cutter(_plan(request), shape.channels)
    chunks = _Chunks(task, request)
    told = Told(task, source)
    for samples in sound.samples(_frames(reader)):
        told.reached(Fraction(sound.position, shape.rate))
        for step in cutter.feed(samples):
            chunks.take(step)
    for step in cutter.finish():
        chunks.take(step)
    if not sound.position:
        raise InputRejected(
            "no_audio_decoded",
            "The file has audio, but nothing of it could be decoded: it is damaged, or its codec"
            " is not known. Export it again.",
        )
    end = Fraction(sound.position, shape.rate)
    tell_all_done(task, end)
    tell_troubles(task, source, reader, clock.breaks, end, [stream])
    return {"chunks": chunks.parts.number, "duration_ms": float(end * 1000)}


def _plan(request: Request) -> CutPlan:
    rate = request.shape.rate
    return CutPlan(
        rate,
        chunk=round(request.chunk * rate),
        lead=round(request.overlap * rate / 2),
        search=round(request.search * rate),
    )


def _frames(reader: Reader) -> Iterator[AudioFrame]:
    for _, decoded in reader.frames():
        yield from decoded  # type: ignore[misc]


class _Chunks:
    """Writes each chunk into a file and hands it over when it is complete."""

    def __init__(self, task: Task, request: Request) -> None:
        self.parts = Parts(task)
        self._task = task
        self._format = request.format
        self._kind = AUDIO_FORMATS[request.format]
        self._shape = request.shape
        self._file: AudioFile | None = None

    def take(self, step: Piece | ChunkEnd) -> None:
        """A piece of the chunk, or its end."""
        if isinstance(step, ChunkEnd):
            self._close(step)
        elif self.parts.wanted:
            if self._file is None:
                self._file = AudioFile(self._path, self._kind, self._shape)
            self._file.write(step.samples)

    @property
    def _path(self) -> Path:
        return self._task.workdir / f"chunk-{self.parts.number}.{self._format}"

    def _close(self, end: ChunkEnd) -> None:
        if self._file is None:
            self.parts.passed()
            return
        self._file.close()
        self._file = None
        at = self._shape.at
        meta = {
            "start_ms": at(end.start),
            "end_ms": at(end.end),
            "own_start_ms": at(end.own_start),
            "own_end_ms": at(end.own_end),
        }
        self.parts.send(self._path, self._kind.media_type, meta)
