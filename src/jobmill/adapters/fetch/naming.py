"""Names and media types for fetched bytes, from what a server says of them. Opens no file."""

import re
from email.message import Message
from urllib.parse import unquote

from jobmill.core.items.media_types import guessed_type

UNKNOWN = "application/octet-stream"
MAX_NAME_BYTES = 255
_GENERIC = frozenset({UNKNOWN, "binary/octet-stream", "application/x-download", "text/plain"})
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
# filename*=UTF-8''caf%C3%A9.mp4 (RFC 6266 §4.3, RFC 8187)
_EXTENDED = re.compile(r"filename\*\s*=\s*(utf-8|iso-8859-1)'[^']*'([^;\s]+)", re.IGNORECASE)


def name_of(disposition: str | None, *paths: str) -> str:
    """A file name: the server's own, else the first path's last part that says a format.

    `paths` are percent-encoded URL paths in order of preference. Never empty, without folders
    and control characters, at most 255 bytes in UTF-8.
    """
    claimed = _plain_name(_disposed_name(disposition)) if disposition else ""
    if claimed:
        return claimed
    names = [name for path in paths if (name := _plain_name(unquote(path)))]
    telling = [name for name in names if guessed_type(name)]
    return (telling or names or ["download"])[0]


def media_type_of(content_type: str | None, name: str) -> str:
    """The type the server says, unless it says nothing in particular; then the name's."""
    claimed = (content_type or "").partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(claimed):
        claimed = ""
    if claimed and claimed not in _GENERIC:
        return claimed
    return guessed_type(name) or claimed or UNKNOWN


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
