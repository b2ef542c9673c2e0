"""An answer put together from places in a document that JSON pointers name. Pure."""

from collections.abc import Mapping
from typing import Any

_NOTHING = object()


def picked(
    document: Mapping[str, Any], pick: Mapping[str, str], sure: str | None
) -> tuple[dict[str, Any], float | None]:
    """What stands at each pointer, by name; without any, the document itself.

    `sure` points to its confidence; without, it is what the document says of itself.
    """
    said = value_at(document, sure or "/confidence")
    number = isinstance(said, int | float) and not isinstance(said, bool)
    confidence = min(1.0, max(0.0, float(said))) if number else None
    if not pick:
        return {key: value for key, value in document.items() if key != "confidence"}, confidence
    found = {name: value_at(document, pointer) for name, pointer in pick.items()}
    return {name: value for name, value in found.items() if value is not _NOTHING}, confidence


def value_at(document: Any, pointer: str) -> Any:
    """What a JSON pointer (RFC 6901) finds; a mark of our own for nothing."""
    found = document
    for word in pointer.split("/")[1:]:
        key = word.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        else:
            return _NOTHING
    return found
