"""One pass over the input: H.264 and AAC are copied, everything else is encoded to them."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from av.video.stream import VideoStream

from jobmill_engine import InputRejected, Task
from jobmill_engines.media.aac import AacLane, sound_lane
from jobmill_engines.media.av_file import AvFile
from jobmill_engines.media.clock import Clock
from jobmill_engines.media.coded import Lane, has_stamps
from jobmill_engines.media.decode import AnyPacket, Reader
from jobmill_engines.media.muxing import Muxing
from jobmill_engines.media.pictures import PictureClock
from jobmill_engines.media.progress import Told, tell_all_done, tell_troubles
from jobmill_engines.media.source import Source
from jobmill_engines.media.streams import codec_of, picture_stream, wanted_sound
from jobmill_engines.playback.segments import Segments, hls_options

_START = Fraction(0)
_TOLD_EVERY = 32


def make_rendition(
    task: Task, source: Source, seconds: Fraction, track: int | None
) -> dict[str, Any]:
    """Write the segments to port `media` while they are made; returns the facts of the whole."""
    rendition = _Rendition(task, source, seconds, track)
    told = Told(task, source)
    for count, packet in enumerate(rendition.reader.packets()):
        rendition.take(packet)
        if not count % _TOLD_EVERY:
            told.reached(rendition.reached)
    return rendition.finish()


class _Rendition:
    """What becomes of the packets of the input."""

    def __init__(self, task: Task, source: Source, seconds: Fraction, track: int | None) -> None:
        self._task = task
        self._source = source
        self._video = picture_stream(source.container)
        self._audio = wanted_sound(source.container, track)
        if self._video is None and self._audio is None:
            raise InputRejected("no_streams", "The file holds neither sound nor video to play.")
        streams = [each for each in (self._video, self._audio) if each is not None]
        self._streams = streams
        self.reader = Reader(source.container, streams)
        self._sound = sound_lane(source, self._audio, self.reader, ("aac",))
        self._copied = self._pictures = None
        if self._video is not None and _plays(source, self._video):
            self._copied = Lane(source, self._video, self.reader)
        elif self._video is not None:
            self._video.thread_type = "AUTO"
            clock = Clock(source.origin, source.duration)
            counted = source.format.demuxer == "avi"
            self._pictures = PictureClock(self._video, clock, counted)
        self._key_seen = False
        folder = task.workdir / "hls"
        folder.mkdir(exist_ok=True)
        self._segments = Segments(task, folder)
        self._file = self._open(folder, seconds)

    def _open(self, folder: Path, seconds: Fraction) -> AvFile:
        muxing = Muxing(self._segments.playlist, "hls", hls_options(folder, seconds))
        encodes = self._pictures is not None
        return AvFile(muxing, _START, self._copied, self._sound, encodes=encodes, every=seconds)

    @property
    def _lanes(self) -> list[Lane | PictureClock | AacLane]:
        return [each for each in (self._copied, self._pictures, self._sound) if each is not None]

    @property
    def reached(self) -> Fraction:
        """Where what was read so far ends, in seconds."""
        return max(lane.reached for lane in self._lanes)

    def take(self, packet: AnyPacket) -> None:
        """The next packet of the input."""
        if self._video is None or packet.stream.index != self._video.index:
            if self._sound is not None:
                for coded in self._sound.coded(packet):
                    self._file.copy(coded)
        elif self._copied is not None:
            for coded in self._copied.coded(packet):
                self._key_seen = self._key_seen or coded.key
                if self._key_seen:
                    self._file.copy(coded)
        elif self._pictures is not None:
            for shown in self._pictures.shown(self.reader.decode(packet)):  # type: ignore[arg-type]
                self._file.picture(shown)
        self._segments.look()

    def finish(self) -> dict[str, Any]:
        """Write what is left, and the playlist."""
        self._file.close()
        self._segments.finish()
        if not self._segments.count:
            raise InputRejected(
                "no_media_decoded",
                "Nothing of the file could be played: it is damaged, or its codecs are not known.",
            )
        breaks = sum(lane.clock.breaks for lane in self._lanes)
        tell_all_done(self._task, self._segments.reached)
        tell_troubles(self._task, self._source, self.reader, breaks, self.reached, self._streams)
        return {
            "segments": self._segments.count,
            "duration_ms": float(self._segments.reached * 1000),
            "pictures": self._how(),
            "sound": None if self._sound is None else _word(isinstance(self._sound, Lane)),
        }

    def _how(self) -> str | None:
        return None if self._video is None else _word(self._copied is not None)


def _word(copied: bool) -> str:
    return "copied" if copied else "encoded"


def _plays(source: Source, stream: VideoStream) -> bool:
    """Whether browsers play these pictures as they are: H.264, 8 bits, 4:2:0."""
    codec = stream.codec_context
    plain = codec_of(stream) == "h264" and codec.pix_fmt in ("yuv420p", "yuvj420p")
    return plain and bool(codec.extradata) and has_stamps(source)
