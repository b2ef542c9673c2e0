"""Reads vendor objects: names in any case, values of the right kind, refusals that name them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jobmill.core.errors import InvalidInput

_DOCUMENT = re.compile(r"(?:^|/)v1(?:\.1)?/documents/([^/?#]+)(?:/contents)?/?(?:[?#].*)?$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Fields:
    """An object whose names count in any case; `rest` are those that nobody has asked for."""

    def __init__(self, given: Mapping[str, Any], where: str) -> None:
        self._given = given
        self._where = where
        self._names = _names_of(given, where)
        self._taken: set[str] = set()

    def take(self, name: str, default: Any = None) -> Any:
        """The value of this name, null and absent alike."""
        own = self._names.get(name.lower())
        self._taken.add(name.lower())
        value = None if own is None else self._given[own]
        return default if value is None else value

    def has(self, name: str) -> bool:
        """Whether the name is there, be it null."""
        return name.lower() in self._names

    def text(self, name: str, default: str | None = None) -> str | None:
        """A text. Raises InvalidInput for anything else."""
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise wrong(self.place(name), "give a text")
        return value

    def needed(self, name: str, such_as: str) -> str:
        """A text that must be there, and not empty."""
        value = self.text(name)
        if value is None or not value.strip():
            raise wrong(self.place(name), f"give one, such as {such_as}")
        return value

    def rest(self) -> dict[str, Any]:
        """What is left, under the names as they were sent."""
        return {own: self._given[own] for low, own in self._names.items() if low not in self._taken}

    def place(self, name: str) -> str:
        """How a refusal calls a field."""
        return name if self._where in ("", "body") else f"{self._where}.{name}"


def fields_of(value: Any, where: str) -> Fields:
    """An object. Raises InvalidInput for anything else, or for a name given twice."""
    if not isinstance(value, Mapping):
        raise wrong(where, "give a JSON object")
    return Fields(value, where)


def objects_of(value: Any, where: str) -> Iterator[Fields]:
    """A list of objects."""
    for i, each in enumerate(list_of(value, where)):
        yield fields_of(each, f"{where}.{i}")


def list_of(value: Any, where: str) -> list[Any]:
    """A list; none for null."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong(where, "give a list")
    return value


def document_id(given: str) -> str | None:
    """The id of the document of ours that an address (or a bare id) names; None for others."""
    found = _DOCUMENT.search(given.strip())
    if found is not None:
        return found.group(1).lower()
    return given.strip().lower() if _UUID.fullmatch(given.strip()) else None


def wrong(where: str, fix: str) -> InvalidInput:
    """The refusal of a field."""
    return InvalidInput(f"{where}: {fix}.", field=where)


def _names_of(given: Mapping[str, Any], where: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for own in given:
        if own.lower() in names:
            raise wrong(where, f"{own!r} is given twice, in different case; give one")
        names[own.lower()] = own
    return names
