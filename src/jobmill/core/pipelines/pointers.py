"""JSON pointers (RFC 6901): read and write a place in a document. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from jobmill.core.errors import InvalidInput

MISSING: Final = object()
"""What a pointer finds where nothing is."""
_POINTER = re.compile(r"(/([^~/]|~[01])*)+")
LENGTH_LIMIT = 1000


def checked_pointer(text: Any, where: str) -> str:
    """A pointer to something inside a document. Raises InvalidInput, naming `where`."""
    if not isinstance(text, str) or len(text) > LENGTH_LIMIT or not _POINTER.fullmatch(text):
        raise InvalidInput(f"{where}: write a JSON pointer, such as '/document_url'.", field=where)
    return text


def words_of(pointer: str) -> list[str]:
    """The words of a pointer, without their escapes."""
    return [word.replace("~1", "/").replace("~0", "~") for word in pointer.split("/")[1:]]


def dotted(pointer: str) -> str:
    """The words with dots between them, as refusals name a field."""
    return ".".join(words_of(pointer))


def value_at(document: Any, pointer: str) -> Any:
    """What stands there; MISSING for nothing."""
    found = document
    for word in words_of(pointer):
        if isinstance(found, Mapping) and word in found:
            found = found[word]
        elif isinstance(found, list) and word.isdecimal() and int(word) < len(found):
            found = found[int(word)]
        else:
            return MISSING
    return found


def with_value(document: Mapping[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """The document with an object's field set; objects on the way are made. Pure."""
    first, *more = words_of(pointer)
    if not more:
        return {**document, first: value}
    inner = document.get(first)
    below = inner if isinstance(inner, Mapping) else {}
    rest = "".join(f"/{word.replace('~', '~0').replace('/', '~1')}" for word in more)
    return {**document, first: with_value(below, rest, value)}
