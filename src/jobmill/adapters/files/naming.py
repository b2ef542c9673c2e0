"""Reads what a caller wrote for a file into the parts of a path. Looks at no file system."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from jobmill.core.errors import PathNotAllowed

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_DRIVE = re.compile(r"[a-z]:(/|\Z)", re.IGNORECASE)
_FILE = re.compile(r"file:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class NamedPath:
    """A path as its parts, without `.`, `..` and empty ones; `absolute` if it began with `/`."""

    absolute: bool
    parts: tuple[str, ...]


def read_path(text: str) -> NamedPath:
    """Read a path or a `file:` address. Raises PathNotAllowed when it is malformed.

    `file://a/b` names a/b relatively, as the clients of seed 000 write it; `file:///a/b` and
    `file://localhost/a/b` are absolute. Only `file:` addresses are percent-decoded.
    """
    path = _without_scheme(text)
    if "\\" in path or _DRIVE.match(path):
        raise PathNotAllowed("A path is written with forward slashes and without a drive.")
    if _CONTROL.search(path):
        raise PathNotAllowed("A path must not hold control characters. Rename the file.")
    if not _is_unicode(path):
        raise PathNotAllowed("A path must be valid Unicode. Rename the file.")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if ".." in parts:
        raise PathNotAllowed("A path must not hold '..'. Write the folders that lead to the file.")
    if not parts:
        raise PathNotAllowed("The path names no file. Write a file's path under a media root.")
    return NamedPath(path.startswith("/"), parts)


def _without_scheme(text: str) -> str:
    if not _FILE.match(text):
        scheme = _SCHEME.match(text)
        if scheme:
            raise PathNotAllowed(
                f"A file is named by its path or a file:// address, not by {scheme[1]}://."
            )
        return text
    rest = text[len("file:") :]
    if rest.startswith("//"):
        rest = rest[2:]
        if rest[:10].lower() == "localhost/":  # RFC 8089 §2: this machine
            rest = rest[9:]
    try:
        return unquote(rest, errors="strict")
    except UnicodeDecodeError:
        raise PathNotAllowed("The percent-encoding of the file:// address is not UTF-8.") from None


def _is_unicode(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
