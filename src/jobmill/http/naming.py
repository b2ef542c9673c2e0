"""What uploaded bytes are called: a name and a media type, out of what clients say of them."""

import re
from contextlib import suppress
from urllib.parse import unquote

from jobmill.core.errors import InvalidInput
from jobmill.core.items import Naming, data_path, name_of
from jobmill.core.items.media_types import guessed_type

NAME_LIMIT = 255
ANY = "application/octet-stream"
# What curl and others say when nobody told them what they send.
UNTOLD = {"", ANY, "application/x-www-form-urlencoded"}
_MEDIA = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,99}/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}")


def header_word(given: str | None) -> str | None:
    """A header's value as its sender meant it: raw or percent-encoded UTF-8."""
    if given is None:
        return None
    with suppress(UnicodeError):
        given = given.encode("latin-1").decode("utf-8")
    return unquote(given)


def naming_of(
    name: str | None,
    media_type: str,
    path: str | None = None,
    asset: str | None = None,
    *,
    field: str = "name",
    type_field: str = "Content-Type",
) -> Naming:
    """How to call an upload. A missing name is the path's, a missing type the name's."""
    path = data_path(path) if path else None
    by_path = name_of(path) if path else "upload"
    name = by_path if name is None else file_name(name, field)
    return Naming(name, media_type_of(media_type, name, type_field), path, asset)


def file_name(given: str, field: str = "name") -> str:
    """The last part of a name, without control characters. Raises InvalidInput."""
    name = re.split(r"[/\\]", given)[-1].strip()
    if not name or len(name) > NAME_LIMIT or not name.isprintable() or name in (".", ".."):
        raise InvalidInput(
            f"{field}: give a file name of 1 to {NAME_LIMIT} printable characters.", field=field
        )
    return name


def media_type_of(told: str, name: str, field: str = "Content-Type") -> str:
    """The type that was told, else the one that the name lets guess. Raises InvalidInput."""
    told = told.split(";")[0].strip().lower()
    if told in UNTOLD:
        return guessed_type(name) or ANY
    if not _MEDIA.fullmatch(told):
        raise InvalidInput(f"{field}: give a media type such as video/mp4.", field=field)
    return told
