"""Which streams of an opened file carry its sound and its picture, and where they say they end."""

import re
from fractions import Fraction

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from jobmill_engines.media.errors import MediaRejected

_DURATION_TAG = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")
LONGEST = Fraction(10 * 24 * 3600)
"""Seconds; a longer declared length is not believed."""


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The first moving picture; a cover or a thumbnail is not one."""
    still = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
    for stream in container.streams.video:
        if not stream.disposition & still and stream.codec_context is not None:
            return stream
    return None


def sound_streams(container: InputContainer) -> list[AudioStream]:
    """Every audio stream that has channels."""
    return [
        stream
        for stream in container.streams.audio
        if stream.codec_context is not None and stream.codec_context.sample_rate
    ]


def declared_end(stream: Stream, origin: Fraction) -> Fraction | None:
    """Where on the timeline a stream says it ends, if it says so (Matroska says it in a tag)."""
    base = stream.time_base
    if stream.duration and stream.duration > 0 and base is not None:
        end = (Fraction(stream.start_time or 0) + stream.duration) * base - origin
        return end if 0 < end <= LONGEST else None
    tag = _DURATION_TAG.fullmatch(stream.metadata.get("DURATION", ""))
    if tag is None:
        return None
    hours, minutes, seconds = tag.groups()
    return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)


def chosen_sound(container: InputContainer, number: int | None) -> tuple[AudioStream | None, int]:
    """The audio track with this number (from 0), and how many there are.

    None: the one that the container marks as default, else the first.
    """
    tracks = sound_streams(container)
    if number is not None:
        return (tracks[number] if 0 <= number < len(tracks) else None), len(tracks)
    marked = [track for track in tracks if track.disposition & Disposition.default]
    return next(iter(marked or tracks), None), len(tracks)


def wanted_sound(container: InputContainer, number: int | None) -> AudioStream | None:
    """The audio track to work on, as `chosen_sound`; None when there is none at all.

    Raises `MediaRejected` with code `bad_parameter` for a number beyond the last.
    """
    stream, count = chosen_sound(container, number)
    if stream is None and count:
        raise MediaRejected(
            "bad_parameter",
            f"track must be below {count}, the number of audio tracks, not {number}.",
        )
    return stream


def codec_of(stream: AudioStream | VideoStream) -> str:
    """The name of a stream's codec, whichever decoder is used for it (mp3, not mp3float)."""
    return stream.codec_context.codec.canonical_name
