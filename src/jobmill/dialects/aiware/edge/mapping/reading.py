"""Fields of a body, each of the type that it must have. Refusals name the field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic_core import from_json

from jobmill.core.errors import InvalidInput
from jobmill.dialects.aiware.mapping.times import moment_from

NUMBERS = range(-(2**63), 2**63)


def refused(where: str, what: str) -> InvalidInput:
    """A field that is not as it must be."""
    return InvalidInput(f"{where}: {what}.", field=where)


def mapping(value: Any, where: str) -> Mapping[str, Any]:
    """An object."""
    if not isinstance(value, Mapping):
        raise refused(where, "give an object")
    return value


def listed(given: Mapping[str, Any], key: str, where: str) -> list[Any]:
    """A list; absent or null is empty."""
    value = given.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise refused(f"{where}{key}", "give a list")
    return value


def text(given: Mapping[str, Any], key: str, where: str) -> str | None:
    """A text; an empty one is none."""
    value = given.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise refused(f"{where}{key}", "give a text")
    return value


def texts(given: Mapping[str, Any], key: str, where: str) -> list[str]:
    """A list of texts."""
    found = listed(given, key, where)
    if not all(isinstance(each, str) for each in found):
        raise refused(f"{where}{key}", "give a list of texts")
    return [each for each in found if each]


def number(given: Mapping[str, Any], key: str, where: str) -> int | None:
    """A whole number."""
    value = given.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in NUMBERS:
        raise refused(f"{where}{key}", "give a whole number")
    return value


def flag(given: Mapping[str, Any], key: str, where: str) -> bool | None:
    """True or false."""
    value = given.get(key)
    if value is not None and not isinstance(value, bool):
        raise refused(f"{where}{key}", "write true or false")
    return value


def moment(given: Mapping[str, Any], key: str, where: str) -> datetime | None:
    """A time, in any of the dialect's forms."""
    value = given.get(key)
    if value is None or value == "":
        return None
    found = moment_from(value)
    if found is None:
        raise refused(f"{where}{key}", "give a time such as 2020-02-18T20:49:18.331Z")
    return found


def word(given: Mapping[str, Any], key: str, where: str, words: tuple[str, ...]) -> str | None:
    """One of some words."""
    value = text(given, key, where)
    if value is not None and value not in words:
        raise refused(f"{where}{key}", f"write one of {', '.join(words)}")
    return value


def json_object(given: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    """An object that is written as JSON in a text; a plain one is taken too."""
    value = given.get(key)
    if isinstance(value, str):
        try:
            value = from_json(value, allow_inf_nan=False) if value.strip() else None
        except ValueError as error:
            raise refused(f"{where}{key}", f"not valid JSON: {error}") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refused(f"{where}{key}", "give an object, written as JSON in a text")
    return value
