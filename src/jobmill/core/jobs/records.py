"""Copies of frozen records. Every transition of a job makes several, of records with dozens of
fields, and `dataclasses.replace` takes longer for one than SQLite for the row."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def altered(record: T, **values: Any) -> T:
    """The record with other values in some fields. For dataclasses with slots that check nothing
    when they are made. Raises TypeError for a field that they do not have."""
    kind = type(record)
    read, writers = _WAYS.get(kind) or _way(kind)
    made = object.__new__(kind)
    for write, value in zip(writers.values(), read(record), strict=True):
        write(made, value)
    for name, value in values.items():
        if name not in writers:
            raise TypeError(f"{kind.__name__} has no field {name!r}.")
        writers[name](made, value)
    return made


_Way = tuple[Callable[[Any], Any], Mapping[str, Callable[[Any, Any], None]]]
_WAYS: dict[type, _Way] = {}


def _way(kind: type) -> _Way:
    """How all fields are read at once, and how each is written: by its slot, past the freezing."""
    if hasattr(kind, "__post_init__"):
        raise TypeError(f"{kind.__name__} checks itself when it is made; use dataclasses.replace.")
    names = [each.name for each in fields(kind)]
    _WAYS[kind] = attrgetter(*names), {name: getattr(kind, name).__set__ for name in names}
    return _WAYS[kind]
