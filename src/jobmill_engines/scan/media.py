"""What is in an opened file: its streams, its timeline, and the facts that a result repeats.

Opens nothing and decodes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from jobmill_engines.media.streams import LONGEST, declared_end, picture_stream, sound_streams
from jobmill_engines.scan.spans import milliseconds

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Media:
    """The facts of a file. `origin` is the presentation time that its timeline counts from.

    `duration` is what the container declares, in seconds; None when it says nothing credible.
    `audio_end` and `video_end` are where the streams themselves say they end.
    """

    origin: Fraction
    duration: Fraction | None
    has_audio: bool
    has_video: bool
    audio_end: Fraction | None
    video_end: Fraction | None
    facts: Mapping[str, Any]


def describe(container: InputContainer) -> Media:
    """The facts of an opened container."""
    video = picture_stream(container)
    declared = container.duration
    duration = Fraction(declared, _MICRO) if declared and declared > 0 else None
    if duration is not None and duration > LONGEST:
        duration = None
    facts = {
        "format": container.format.name,
        "duration_ms": milliseconds(duration) if duration is not None else None,
        "streams": [_stream_facts(stream) for stream in container.streams],
    }
    origin = Fraction(container.start_time or 0, _MICRO)
    sounds = sound_streams(container)
    sound_ends = [declared_end(stream, origin) for stream in sounds]
    return Media(
        origin=origin,
        duration=duration,
        has_audio=bool(sounds),
        has_video=video is not None,
        audio_end=max((end for end in sound_ends if end is not None), default=None),
        video_end=declared_end(video, origin) if video is not None else None,
        facts=facts,
    )


def _stream_facts(stream: Stream) -> dict[str, Any]:
    facts: dict[str, Any] = {"index": stream.index, "type": stream.type}
    codec = stream.codec_context
    if codec is not None:
        facts["codec"] = codec.name
    if isinstance(stream, AudioStream) and codec is not None:
        facts |= {
            "channels": stream.codec_context.layout.nb_channels,
            "layout": stream.codec_context.layout.name,
            "rate": stream.codec_context.sample_rate,
        }
    if isinstance(stream, VideoStream) and codec is not None:
        rate = stream.average_rate
        facts |= {
            "width": stream.codec_context.width,
            "height": stream.codec_context.height,
            "fps": round(float(rate), 6) if rate else None,
            "pixel_format": stream.codec_context.pix_fmt,
            "cover": bool(stream.disposition & Disposition.attached_pic),
        }
    language = stream.metadata.get("language")
    if language and language != "und":
        facts["language"] = language
    return facts
