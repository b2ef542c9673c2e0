"""Opens media that comes as a pipe or as a file, the same way, so that both give the same frames.

What can be read forwards is read so, from a file too; what needs seeking and comes through a pipe
is written to the work folder first. Decodes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import av.error
import av.logging
from av.container import InputContainer
from av.stream import Stream

from jobmill_engines.media.containers import Format, Look, identify, open_media, reads_forwards
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.media.layouts import settle_layouts
from jobmill_engines.media.streams import LONGEST, declared_end

_MOST_AHEAD = 64 << 20
_READ = 8192
"""Bytes of one read: few enough that live sound is not kept waiting, and always full, so that the
same bytes come in the same pieces however the pipe delivers them."""
_SLACK = 32 << 10
_MICRO = 1_000_000


class Ahead:
    """A stream of bytes that can be looked into before it is read."""

    def __init__(self, stream: BinaryIO) -> None:
        self.position = 0
        self._stream = stream
        self._held = bytearray()

    def look(self, offset: int, size: int) -> bytes:
        """Bytes that are not read yet, counted from here; none beyond 64 MiB."""
        if offset + size > _MOST_AHEAD:
            return b""
        self._hold(offset + size)
        return bytes(self._held[offset : offset + size])

    def read(self, size: int, /) -> bytes:
        """The next bytes: as many as asked for, unless the stream ends."""
        self._hold(size)
        taken = bytes(self._held[:size])
        del self._held[:size]
        self.position += len(taken)
        return taken

    def _hold(self, size: int) -> None:
        while len(self._held) < size:
            more = self._stream.read(size - len(self._held))
            if not more:
                return
            self._held += more


@dataclass(frozen=True, slots=True)
class Source:
    """Opened media. `origin` is the presentation time that its timeline counts from, in seconds.

    `size` is how many bytes it says that it has, `place` how many were read.
    """

    container: InputContainer
    format: Format
    origin: Fraction
    duration: Fraction | None
    size: int | None
    place: Callable[[], int]

    def ends_early(self, end: Fraction, streams: Sequence[Stream]) -> bool:
        """Whether media that ended at `end` says that it goes on for more than a second."""
        if self.size is not None:
            return self.place() < self.size - _SLACK
        if not self.format.stores_length:
            return False
        ends = [declared_end(stream, self.origin) for stream in streams]
        declared = [each for each in ends if each is not None]
        if not declared and self.duration is not None:
            declared = [self.duration]
        return bool(declared) and end < max(declared) - 1


def unusable(error: av.error.InvalidDataError) -> MediaRejected:
    """What it means when media that could be opened can be neither copied nor encoded."""
    return MediaRejected(
        "damaged", f"What is in the file cannot be used ({error}): it is damaged. Export it again."
    )


@contextmanager
def open_source(
    stream: BinaryIO, path: Path | None, folder: Path, log: Callable[[str], None]
) -> Iterator[Source]:
    """Open the media in `stream`; `path` is where it lies if it is a plain file.

    `folder` takes the file that must be kept to be read at all. Raises `MediaRejected`.
    """
    av.logging.set_level(None)
    ahead = Ahead(stream)
    container = identify(ahead.look)
    if reads_forwards(ahead.look, container):
        declared = _riff_size(ahead.look) if container.demuxer == "wav" else None
        with _forwards(ahead, container) as opened:
            yield _source(opened, container, declared, lambda: ahead.position)
        return
    if path is None:
        path = folder / "spooled"
        log(
            f"This {container.demuxer} file cannot be read from front to back; all of it is"
            " fetched before the work begins."
        )
        with path.open("wb") as kept:
            while data := ahead.read(1 << 20):
                kept.write(data)
    size = path.stat().st_size
    with open_media(path, container) as opened:
        yield _source(opened, container, None, lambda: size)


def _forwards(ahead: Ahead, container: Format) -> InputContainer:
    try:
        opened = av.open(
            _Forwards(ahead),
            "r",
            format=container.demuxer,
            options={"protocol_whitelist": "none", "use_absolute_path": "0", "enable_drefs": "0"},
            metadata_errors="replace",
            buffer_size=_READ,
        )
    except (av.error.FFmpegError, ValueError) as error:
        raise MediaRejected(
            "damaged",
            f"The file begins like {container.demuxer} media but cannot be opened ({error})."
            " It may be cut off or incomplete: copy or export it again.",
        ) from error
    settle_layouts(opened)
    return opened


class _Forwards:
    """What FFmpeg may do with the bytes: read them. A `seek` here would be used."""

    def __init__(self, ahead: Ahead) -> None:
        self.read = ahead.read


def _riff_size(look: Look) -> int | None:
    """How many bytes a WAV file says that it has; one that was written to a pipe does not know."""
    head = look(0, 8)
    size = int.from_bytes(head[4:8], "little")
    return size + 8 if head[:4] == b"RIFF" and 0 < size < 0x7FFF_FFFF else None


def _source(
    opened: InputContainer, container: Format, size: int | None, place: Callable[[], int]
) -> Source:
    declared = opened.duration
    duration = Fraction(declared, _MICRO) if declared and declared > 0 else None
    if duration is not None and duration > LONGEST:
        duration = None
    origin = Fraction(opened.start_time or 0, _MICRO)
    return Source(opened, container, origin, duration, size, place)
