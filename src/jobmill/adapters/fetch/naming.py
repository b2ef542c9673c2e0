"""Names and media types for fetched bytes, from what a server says of them. Opens no file."""

import mimetypes
import re
from email.message import Message
from urllib.parse import unquote

UNKNOWN = "application/octet-stream"
MAX_NAME_BYTES = 255
_GENERIC = frozenset({UNKNOWN, "binary/octet-stream", "application/x-download", "text/plain"})
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
# filename*=UTF-8''caf%C3%A9.mp4 (RFC 6266 §4.3, RFC 8187)
_EXTENDED = re.compile(r"filename\*\s*=\s*(utf-8|iso-8859-1)'[^']*'([^;\s]+)", re.IGNORECASE)
# Formats of this field that the standard table lacks or names by an outdated type.
_MORE_TYPES = {
    ".mkv": "video/x-matroska",
    ".mxf": "application/mxf",
    ".ts": "video/mp2t",
    ".m2ts": "video/mp2t",
    ".mts": "video/mp2t",
    ".m4v": "video/x-m4v",
    ".wmv": "video/x-ms-wmv",
    ".flv": "video/x-flv",
    ".ogv": "video/ogg",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".m4a": "audio/mp4",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".aiff": "audio/aiff",
    ".aif": "audio/aiff",
    ".wma": "audio/x-ms-wma",
    ".ac3": "audio/ac3",
    ".srt": "application/x-subrip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _table() -> mimetypes.MimeTypes:
    # No system files: the same name must mean the same type on every machine.
    table = mimetypes.MimeTypes(filenames=())
    for suffix, media_type in _MORE_TYPES.items():
        table.add_type(media_type, suffix)
    return table


_TYPES = _table()


def name_of(disposition: str | None, *paths: str) -> str:
    """A file name: the server's own, else the first path's last part that says a format.

    `paths` are percent-encoded URL paths in order of preference. Never empty, without folders
    and control characters, at most 255 bytes in UTF-8.
    """
    claimed = _plain_name(_disposed_name(disposition)) if disposition else ""
    if claimed:
        return claimed
    names = [name for path in paths if (name := _plain_name(unquote(path)))]
    telling = [name for name in names if _TYPES.guess_type(name)[0]]
    return (telling or names or ["download"])[0]


def media_type_of(content_type: str | None, name: str) -> str:
    """The type the server says, unless it says nothing in particular; then the name's."""
    claimed = (content_type or "").partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(claimed):
        claimed = ""
    if claimed and claimed not in _GENERIC:
        return claimed
    return _TYPES.guess_type(name)[0] or claimed or UNKNOWN


def _disposed_name(disposition: str) -> str:
    extended = _EXTENDED.search(disposition)
    if extended:
        return unquote(extended[2], encoding=extended[1].lower(), errors="replace")
    message = Message()
    message["Content-Disposition"] = disposition
    return message.get_filename() or ""


def _plain_name(text: str) -> str:
    last = re.split(r"[/\\]", text)[-1]
    printable = "".join(c for c in last if c.isprintable()).strip()
    if printable.strip(".") == "":
        return ""
    return _shortened(printable)


def _shortened(name: str) -> str:
    """The name within the limit of file systems, its suffix kept."""
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    tail = (dot + suffix).encode()
    if not stem or len(tail) > 32:
        stem, tail = name, b""
    kept = stem.encode()[: MAX_NAME_BYTES - len(tail)]
    return kept.decode(errors="ignore") + tail.decode()
