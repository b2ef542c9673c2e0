"""Writes samples into one audio file; the same samples always give the same bytes."""

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream

from jobmill_engines.media.sound import LAYOUTS, Samples, SoundShape

BITEXACT = {"fflags": "+bitexact"}
"""Nothing of the library's version, of the clock or of chance in what a muxer writes."""


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """A kind of file: FFmpeg's muxer and encoder, and the media type."""

    muxer: str
    encoder: str
    media_type: str


AUDIO_FORMATS = {
    "wav": AudioFormat("wav", "pcm_s16le", "audio/wav"),
    "flac": AudioFormat("flac", "flac", "audio/flac"),
    "mp3": AudioFormat("mp3", "libmp3lame", "audio/mpeg"),
    "m4a": AudioFormat("ipod", "aac", "audio/mp4"),
    "ogg": AudioFormat("ogg", "libopus", "audio/ogg"),
}


class AudioFile:
    """A file that is being written; complete when the `with` block is left."""

    def __init__(self, path: Path, kind: AudioFormat, shape: SoundShape) -> None:
        self._layout = LAYOUTS[shape.channels]
        self._rate = shape.rate
        self._written = 0
        self._output = av.open(os.fspath(path), "w", format=kind.muxer, options=BITEXACT)
        self._stream = cast(
            AudioStream, self._output.add_stream(kind.encoder, rate=shape.rate, layout=self._layout)
        )
        self._stream.codec_context.options = {"flags": "+bitexact"}

    def __enter__(self) -> "AudioFile":
        return self

    def __exit__(
        self,
        raised: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, samples: Samples) -> None:
        """The next samples."""
        packed = np.ascontiguousarray(samples).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=self._layout)
        frame.sample_rate, frame.pts = self._rate, self._written
        frame.time_base = Fraction(1, self._rate)
        self._written += len(samples)
        self._output.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Write what is left."""
        self._output.mux(self._stream.encode(None))
        self._output.close()
