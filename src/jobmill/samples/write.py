"""Writes a described sample to a file, its tracks interleaved as a player expects."""

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from jobmill.samples import picture, sound
from jobmill.samples.model import AudioTrack, Sample, VideoTrack
from jobmill.samples.truth import truth_of

AnyPacket: TypeAlias = "Packet[Any]"
Steps: TypeAlias = Iterator[tuple[float, list[AnyPacket]]]
_CHUNK_SECONDS = 0.25


def make_sample(
    path: Path,
    audio: tuple[AudioTrack, ...] = (),
    video: VideoTrack | None = None,
    container: str | None = None,
) -> Sample:
    """Write the tracks to `path` (its suffix, or `container`, chooses the format) with their truth.

    Times in the truth are of the first audio track and of the video track.
    """
    with av.open(os.fspath(path), "w", format=container) as output:
        feeds: list[Steps] = []
        if video is not None:
            feeds.append(_video(_video_stream(output, video), video))
        streams = [_audio_stream(output, track) for track in audio]
        counts = [stream.codec_context.layout.nb_channels for stream in streams]
        feeds += [_audio(*pair) for pair in zip(streams, audio, strict=True)]
        _interleave(output, feeds)
    return Sample(path, truth_of(tuple(zip(audio, counts, strict=True)), video))


def _interleave(output: OutputContainer, feeds: list[Steps]) -> None:
    """Always advance the track that is furthest behind."""
    reached = dict.fromkeys(range(len(feeds)), 0.0)
    while reached:
        behind = min(reached, key=lambda index: reached[index])
        step = next(feeds[behind], None)
        if step is None:
            del reached[behind]
        else:
            reached[behind] = step[0]
            output.mux(step[1])


def _audio_stream(output: OutputContainer, track: AudioTrack) -> AudioStream:
    stream = cast(AudioStream, output.add_stream(track.codec, rate=track.rate, layout=track.layout))
    if track.bit_rate:
        stream.bit_rate = track.bit_rate
    if track.language:
        stream.metadata["language"] = track.language
    return stream


def _audio(stream: AudioStream, track: AudioTrack) -> Steps:
    samples = sound.render(track, stream.codec_context.layout.nb_channels)
    step = round(track.rate * _CHUNK_SECONDS)
    for start in range(0, samples.shape[1], step):
        chunk = samples[:, start : start + step].T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(chunk), format="flt", layout=track.layout
        )
        frame.sample_rate, frame.pts = track.rate, start
        frame.time_base = Fraction(1, track.rate)
        yield (start + step) / track.rate, stream.encode(frame)
    yield track.seconds, stream.encode(None)


def _video_stream(output: OutputContainer, track: VideoTrack) -> VideoStream:
    stream = cast(VideoStream, output.add_stream(track.codec, rate=track.fps))
    stream.width, stream.height = track.width, track.height
    stream.pix_fmt = track.pixel_format
    stream.codec_context.time_base = 1 / track.fps
    if track.codec == "libx264":
        stream.codec_context.options = {"preset": "ultrafast", "crf": "20", "g": "60", "bf": "2"}
    return stream


def _video(stream: VideoStream, track: VideoTrack) -> Steps:
    planes = picture.frames(track.pictures, track.width, track.height)
    for index, frame_planes in enumerate(planes):
        if track.skip and index % track.skip == track.skip - 1:
            continue
        frame = _frame(frame_planes, track)
        frame.pts, frame.time_base = index, 1 / track.fps
        yield float((index + 1) / track.fps), stream.encode(frame)
    yield track.seconds, stream.encode(None)


def _frame(planes: picture.Planes, track: VideoTrack) -> av.VideoFrame:
    frame = av.VideoFrame(track.width, track.height, "yuv420p")
    for target, source in zip(frame.planes, planes, strict=True):
        rows = np.zeros((target.height, target.line_size), np.uint8)
        rows[:, : target.width] = source
        target.update(rows.tobytes())
    return frame if track.pixel_format == "yuv420p" else frame.reformat(format=track.pixel_format)
