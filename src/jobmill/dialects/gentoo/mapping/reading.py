"""Reads a vendor's JSON object, forgiving as the vendor's device: aliases are taken for what they
mean and unknown fields are passed over, but a field that is clearly a slip is named.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from jobmill.core.errors import InvalidInput

TEXT_LIMIT = 4096
LIKE = 0.8
SLIPS = 1.5


def object_of(value: Any, field: str) -> Mapping[str, Any]:
    """The value as an object; nothing is an empty one. Raises InvalidInput."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{field}: give an object {{…}}, not {_kind(value)}.", field=field)
    return value


def read_fields(
    given: Mapping[str, Any], known: Iterable[str], aliases: Mapping[str, str], where: str
) -> dict[str, Any]:
    """The known fields of an object under their proper names; null counts as absent.

    Raises InvalidInput for an unknown field that is one slip away from a known one, and for a
    field given in two spellings.
    """
    known, found = tuple(known), dict[str, Any]()
    for key, value in given.items():
        name = aliases.get(key, key)
        if name not in known:
            meant = {alias: real for alias, real in aliases.items() if real in known}
            _refuse_slip(key, {**meant, **{each: each for each in known}}, where)
            continue
        if value is None:
            continue
        if name in found and found[name] != value:
            field = f"{where}{name}"
            raise InvalidInput(f"{field}: given twice, also as {key!r}; keep one.", field=field)
        found[name] = value
    return found


def text_of(value: Any, field: str) -> str:
    """The value as a text that is not blank. Raises InvalidInput."""
    if not isinstance(value, str):
        raise InvalidInput(f"{field}: give a text, not {_kind(value)}.", field=field)
    if not value.strip() or len(value) > TEXT_LIMIT or "\0" in value:
        raise InvalidInput(f"{field}: give 1 to {TEXT_LIMIT} characters.", field=field)
    return value


def whole_of(value: Any, allowed: range, field: str) -> int:
    """The value as a whole number within a range. Raises InvalidInput."""
    whole = isinstance(value, int | float) and not isinstance(value, bool) and value in allowed
    if not whole:
        raise InvalidInput(
            f"{field}: give a whole number from {allowed[0]} to {allowed[-1]}, not {value!r}.",
            field=field,
        )
    return int(value)


def flag_of(value: Any, field: str) -> bool:
    """The value as true or false. Raises InvalidInput."""
    if not isinstance(value, bool):
        raise InvalidInput(f"{field}: give true or false, not {value!r}.", field=field)
    return value


def _refuse_slip(key: str, known: Mapping[str, str], where: str) -> None:
    lower = {name.lower(): real for name, real in known.items()}
    # One slip: many names of this API differ from others in a few letters of a long word.
    close = get_close_matches(key.lower(), lower, 1, max(LIKE, 1 - SLIPS / max(len(key), 1)))
    if close:
        raise InvalidInput(
            f"{where}{key}: there is no such field; did you mean {lower[close[0]]!r}?",
            field=f"{where}{key}",
        )


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", dict: "an object"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "null")
