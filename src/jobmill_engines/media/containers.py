"""Decides by its first bytes whether a file is media, before any decoder sees it.

Only containers that carry their media inside themselves are let through: playlists, scripts,
session descriptions, image patterns and subtitles name other files or addresses, and a demuxer
would follow them. The file's name plays no part.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
from av.container import InputContainer

from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.media.layouts import settle_layouts

_HEAD = 4096
_MOV_ATOMS = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid"})
_GUESSED = frozenset(
    ("mpegts", "mpeg", "ogg", "aac", "ac3", "eac3", "mpegvideo", "h264", "hevc", "gxf")
)
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_MXF = bytes.fromhex("060e2b34020501010d010201")
_W64 = b"riff\x2e\x91\xcf\x11"
_SEEKING = frozenset(("avi", "mxf", "gxf", "caf", "aiff"))
_LOOK_AHEAD = 8 << 20

Look = Callable[[int, int], bytes]
"""`look(offset, size)`: that many bytes from there, fewer at the end of the file."""


@dataclass(frozen=True, slots=True)
class Format:
    """A container that may be opened: FFmpeg's demuxer, and whether its seeks are exact."""

    demuxer: str
    exact_seek: bool = False

    @property
    def stores_length(self) -> bool:
        """Whether a declared length was written down, and not guessed from the last bytes."""
        return self.demuxer not in _GUESSED


MOV = Format("mov", exact_seek=True)
MATROSKA = Format("matroska", exact_seek=True)


def sniff(path: Path) -> Format:
    """The container of a file, by its content.

    Raises `MediaRejected` with code `empty` or `not_media`.
    """
    with path.open("rb") as file:

        def look(offset: int, size: int) -> bytes:
            file.seek(offset)
            return file.read(size)

        return identify(look)


def identify(look: Look) -> Format:
    """The container of what can be looked at by its bytes, as `sniff`."""
    head = look(0, _HEAD)
    if not head:
        raise MediaRejected("empty", "The file is empty. Give a file with audio or video in it.")
    head = _after_id3(look, head)
    found = _by_magic(head) or _mpegts(head) or _elementary(head)
    if found is None:
        raise MediaRejected(
            "not_media",
            "The file is not a media container that can be read (its first bytes decide, not"
            " its name). Give MP4/MOV, Matroska/WebM, MPEG-TS/PS, AVI, WAV, AIFF, MP3, AAC, FLAC,"
            " Ogg, MXF, FLV, ASF, GXF, AC-3, CAF or raw H.264/HEVC.",
        )
    return found


def reads_forwards(look: Look, container: Format) -> bool:
    """Whether it can be read from its first byte to its last without going back.

    AVI, MXF, GXF, CAF and AIFF keep tables behind the media; so does an MP4 whose `moov` box is
    not met before the media within the first 8 MiB.
    """
    if container is not MOV:
        return container.demuxer not in _SEEKING
    place = 0
    while place < _LOOK_AHEAD:
        box = look(place, 16)
        if len(box) < 8 or box[4:8] == b"mdat":
            return False
        if box[4:8] == b"moov":
            return True
        size = int.from_bytes(box[:4], "big")
        if size == 1 and len(box) == 16:
            size = int.from_bytes(box[8:], "big")
        if size < 8:
            return False
        place += size
    return False


def open_media(path: Path, container: Format) -> InputContainer:
    """Open a sniffed file with that one demuxer, with nothing but local files allowed.

    Raises `MediaRejected` with code `damaged` when the demuxer cannot make sense of it.
    """
    try:
        opened = av.open(
            "file:" + os.fspath(path),
            "r",
            format=container.demuxer,
            options=local_only(container),
            metadata_errors="replace",
        )
    except (av.error.FFmpegError, ValueError) as error:
        # Not str(error): that names a path which is nobody's business.
        why = error.strerror if isinstance(error, av.error.FFmpegError) else error
        raise MediaRejected(
            "damaged",
            f"The file begins like {container.demuxer} media but cannot be opened ({why})."
            " It may be cut off or incomplete: copy or export it again.",
        ) from error
    settle_layouts(opened)
    return opened


def local_only(container: Format) -> dict[str, str]:
    """The options with which FFmpeg opens a file of this kind and nothing that it names."""
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": container.demuxer + ",mov,mp4,m4a,3gp,3g2,mj2,webm",
    }
    if container is MOV:
        options |= {"use_absolute_path": "0", "enable_drefs": "0"}
    return options


def _after_id3(look: Look, head: bytes) -> bytes:
    """What follows the tag that MP3, AAC and some other files begin with."""
    if not head.startswith(b"ID3") or len(head) < 10:
        return head
    size = sum(
        (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
    )
    after = look(10 + size, _HEAD).lstrip(b"\0")
    return after or head


def _by_magic(head: bytes) -> Format | None:
    if head[4:8] in _MOV_ATOMS:
        return MOV
    for magic, container in _MAGIC:
        if head.startswith(magic):
            return container
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return _riff(head)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return Format("aiff")
    return Format("mxf", exact_seek=True) if _MXF in head else None


_MAGIC = (
    (b"\x1a\x45\xdf\xa3", MATROSKA),
    (b"\x00\x00\x01\xba", Format("mpeg")),
    (b"OggS", Format("ogg")),
    (b"fLaC", Format("flac", exact_seek=True)),
    (b"FLV\x01", Format("flv")),
    (b"caff", Format("caf")),
    (_W64, Format("w64", exact_seek=True)),
    (_ASF, Format("asf")),
    (b"\x00\x00\x00\x00\x01\xbc", Format("gxf")),
)


def _riff(head: bytes) -> Format | None:
    kinds = {b"WAVE": Format("wav", exact_seek=True), b"AVI ": Format("avi")}
    return kinds.get(head[8:12])


def _mpegts(head: bytes) -> Format | None:
    """A sync byte every 188 bytes (192 with time codes, 204 with error correction).

    A recording may begin in the middle of a packet; then more of them must agree.
    """
    for size in (188, 192, 204):
        for offset in range(size):
            marks = head[offset : offset + size * 8 : size]
            enough = 2 if offset in (0, 4) else 8
            if len(marks) >= enough and set(marks) == {0x47}:
                return Format("mpegts")
    return None


def _elementary(head: bytes) -> Format | None:
    """Bare streams: AC-3, ADTS, MPEG audio, and H.264/HEVC/MPEG video behind a start code."""
    if head[:2] == b"\x0b\x77":
        return Format("eac3") if len(head) > 5 and head[5] >> 3 > 10 else Format("ac3")
    if head[0] == 0xFF and len(head) > 3:
        if head[1] & 0xF6 == 0xF0:
            return Format("aac")
        if head[1] & 0xE0 == 0xE0 and head[1] & 0x06 and head[2] >> 4 != 0xF:
            return Format("mp3")
    start = 3 if head[:3] == b"\x00\x00\x01" else 4 if head[:4] == b"\x00\x00\x00\x01" else 0
    if not start or len(head) <= start:
        return None
    unit = head[start]
    if unit == 0xB3:
        return Format("mpegvideo")
    if unit & 0x9F in (7, 9) or unit in (0x67, 0x27):
        return Format("h264")
    return Format("hevc") if unit >> 1 in (32, 33, 35) else None
