"""Reads bodies: JSON objects with values of the right kind, and refusals that name the field."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jobmill.core.errors import InvalidInput, MalformedBody

_DEEPEST = 200


class _Doubled(dict[str, Any]):
    """An object in which a key stood twice; `key` says which."""

    key = ""


def check_strictly(body: bytes) -> None:
    """Raise MalformedBody unless it is JSON in UTF-8, InvalidInput where a key stands twice in an
    object."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedBody(
            f"The body is not UTF-8: byte {error.start} is 0x{body[error.start]:02x}."
        ) from None
    if not text.strip():
        raise MalformedBody("The body is empty; send a JSON object.")
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedBody(f"The body is not valid JSON: {error}.") from None
    check_keys(value, "")


def check_keys(value: Any, where: str, depth: int = 0) -> None:
    """Raise InvalidInput where a key stands twice, or where nothing could be written back."""
    if depth > _DEEPEST:
        raise MalformedBody(f"The body is nested deeper than {_DEEPEST} levels.")
    if isinstance(value, _Doubled):
        place = f"{where}.{value.key}" if where else value.key
        raise wrong(place, "the key stands twice in its object; keep one")
    for key, inner in _inside(value):
        if isinstance(inner, dict | list):
            check_keys(inner, f"{where}.{key}" if where else str(key), depth + 1)


def _inside(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    doubled = _Doubled(found)
    for key, _ in pairs:
        if key in seen:
            doubled.key = key
            break
        seen.add(key)
    return doubled


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def object_of(value: Any, field: str) -> Mapping[str, Any]:
    """The value as an object; null is an empty one. Raises InvalidInput."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise wrong(field, "give an object {…}")
    return value


def text_of(value: Any, field: str) -> str | None:
    """The value as a text; null is none. Raises InvalidInput."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong(field, "give a text")
    return value


def flag_of(value: Any, field: str) -> bool | None:
    """True or false, as JSON or as a word in any case; null is none. Raises InvalidInput."""
    if value is None or isinstance(value, bool):
        return value
    words = {"true": True, "false": False, "1": True, "0": False}
    if isinstance(value, str) and value.strip().lower() in words:
        return words[value.strip().lower()]
    raise wrong(field, f"give true or false, not {value!r}")


def tags_of(value: Any, field: str = "tags") -> tuple[str, ...]:
    """Tags: a list of texts, or one text with commas between them. Raises InvalidInput."""
    if value is None:
        return ()
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise wrong(field, 'give a list of texts, such as ["poodle", "pink"]')
    return tuple(word.strip() for word in words if word.strip())


def wrong(field: str, fix: str) -> InvalidInput:
    """The refusal of a field."""
    return InvalidInput(f"{field}: {fix}.", field=field)
