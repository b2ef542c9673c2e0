"""The template `video`: the picture with its sound as chunks, each a fragmented MP4.

Copied where an MP4 can hold it, cut at key pictures; encoded anew where it cannot, or where exact
cuts are asked for.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from av.video.stream import VideoStream

from jobmill_engine import InputRejected, Task
from jobmill_engines.chunker.frames import NO_VIDEO
from jobmill_engines.chunker.key_cuts import Closed, Given, KeyCutter, OpenChunk
from jobmill_engines.chunker.request import Request
from jobmill_engines.chunker.time_cuts import TimeCutter
from jobmill_engines.chunker.video_chunks import VideoChunks
from jobmill_engines.media.aac import AacLane, sound_lane
from jobmill_engines.media.av_file import AvFile
from jobmill_engines.media.clock import Clock
from jobmill_engines.media.coded import Lane, has_stamps
from jobmill_engines.media.decode import Reader
from jobmill_engines.media.pictures import PictureClock
from jobmill_engines.media.progress import Told, tell_all_done, tell_troubles
from jobmill_engines.media.source import Source
from jobmill_engines.media.streams import codec_of, picture_stream, wanted_sound

_PICTURES = frozenset(("h264", "hevc", "av1", "vp9", "mpeg4"))
_SOUND = frozenset(("aac", "mp3", "opus", "flac", "alac"))
"""AC-3 is not among them: a chunk in which it is silent by absence could not be written."""
_TOLD_EVERY = 32


def cut_video(task: Task, source: Source, request: Request) -> dict[str, Any]:
    """Write the chunks to port `out`; returns the facts of the whole."""
    video = picture_stream(source.container)
    if video is None:
        raise InputRejected("no_video", NO_VIDEO)
    audio = wanted_sound(source.container, request.track)
    reader = Reader(source.container, [video, *([audio] if audio is not None else [])])
    sound = sound_lane(source, audio, reader, _SOUND)
    chunks = VideoChunks(task)
    work = _copy if _can_copy(source, video) and not request.exact else _encode
    breaks = work(task, source, request, video, sound, reader, chunks)
    if not chunks.parts.number:
        raise InputRejected(
            "no_video_decoded",
            "The file has video, but nothing of it could be read: it is damaged, or its codec is"
            " not known. Export it again.",
        )
    breaks += sound.clock.breaks if sound is not None else 0
    streams = [video] if audio is None else [video, audio]
    tell_all_done(task, chunks.end)
    tell_troubles(task, source, reader, breaks, chunks.end, streams)
    how = "copied" if work is _copy else "encoded"
    return {
        "chunks": chunks.parts.number,
        "duration_ms": float(chunks.end * 1000),
        "pictures": how,
    }


def _can_copy(source: Source, stream: VideoStream) -> bool:
    codec = stream.codec_context
    name = codec_of(stream)
    known = name in _PICTURES and bool(codec.width)
    return known and has_stamps(source) and (bool(codec.extradata) or name in ("av1", "vp9"))


def _copy(
    task: Task,
    source: Source,
    request: Request,
    video: VideoStream,
    sound: Lane | AacLane | None,
    reader: Reader,
    chunks: VideoChunks,
) -> int:
    pictures = Lane(source, video, reader)
    cutter = KeyCutter(request.chunk, request.overlap / 2)
    told = Told(task, source)

    def make(chunk: OpenChunk, path: Path) -> AvFile:
        return AvFile.mp4(path, chunk.start, pictures, sound)

    def follow(steps: Iterator[Given | Closed]) -> None:
        for step in steps:
            chunk = step.chunk
            if isinstance(step, Closed):
                own_end = chunk.end if chunk.own_end is None else chunk.own_end
                chunks.close(chunk.number, chunk.start, chunk.end, chunk.own_start, own_end)
            elif chunks.needs(chunk.number):
                chunks.file(chunk.number, partial(make, chunk)).copy(step.coded)

    for count, packet in enumerate(reader.packets()):
        lane = pictures if packet.stream.index == video.index else sound
        if lane is not None:
            for coded in lane.coded(packet):
                follow(cutter.feed(coded))
        if not count % _TOLD_EVERY:
            told.reached(pictures.reached)
    follow(cutter.finish())
    return pictures.clock.breaks


def _encode(
    task: Task,
    source: Source,
    request: Request,
    video: VideoStream,
    sound: Lane | AacLane | None,
    reader: Reader,
    chunks: VideoChunks,
) -> int:
    video.thread_type = "AUTO"
    clock = Clock(source.origin, source.duration)
    pictures = PictureClock(video, clock, counted=source.format.demuxer == "avi")
    cutter = TimeCutter(request.chunk, request.overlap / 2, pictures.step, sound, chunks)
    told = Told(task, source)
    for packet in reader.packets():
        if packet.stream.index == video.index:
            for shown in pictures.shown(reader.decode(packet)):  # type: ignore[arg-type]
                cutter.picture(shown)
            told.reached(clock.reached)
        elif sound is not None:
            for coded in sound.coded(packet):
                cutter.sound(coded)
    cutter.finish()
    return clock.breaks
