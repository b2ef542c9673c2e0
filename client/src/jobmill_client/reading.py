"""From a server's JSON to frozen dataclasses, by their type hints.

Tolerant on purpose: unknown members are kept in `raw` and otherwise passed over, missing ones take
their default, so that an older client goes on working with a newer server.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from jobmill_client.errors import AnswerNotUnderstood

T = TypeVar("T")
_MEMBERS: dict[type[Any], tuple[tuple[str, Any, bool], ...]] = {}


def read(kind: type[T], data: Any) -> T:
    """An object of this dataclass. Raises AnswerNotUnderstood when a needed member is missing."""
    if not isinstance(data, Mapping):
        raise AnswerNotUnderstood(f"{kind.__name__}: expected an object, got {data!r:.80}.")
    given: dict[str, Any] = {}
    for name, hint, needed in _members(kind):
        if name == "raw":
            given[name] = data
        elif data.get(name) is not None:
            given[name] = _value(hint, data[name], f"{kind.__name__}.{name}")
        elif needed:
            raise AnswerNotUnderstood(f"{kind.__name__}.{name} is missing in the answer.")
    return kind(**given)


def _members(kind: type[Any]) -> tuple[tuple[str, Any, bool], ...]:
    """Name, type and whether it must be there, of each field; worked out once a class."""
    if kind not in _MEMBERS:
        hints = get_type_hints(kind)
        _MEMBERS[kind] = tuple(
            (each.name, hints[each.name], each.default is each.default_factory is MISSING)
            for each in fields(kind)
        )
    return _MEMBERS[kind]


def _value(hint: Any, value: Any, where: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        hint = next(each for each in get_args(hint) if each is not types.NoneType)
        return _value(hint, value, where)
    if origin is tuple:
        return tuple(_value(get_args(hint)[0], each, where) for each in value)
    if origin is not None and issubclass(origin, Mapping):
        _, inner = get_args(hint)
        return {key: _value(inner, each, where) for key, each in dict(value).items()}
    if is_dataclass(hint) and isinstance(hint, type):
        return read(hint, value)
    if hint is datetime:
        return _time(value, where)
    if hint in (int, float, str, bool):
        return _plain(hint, value, where)
    return value


def _time(value: Any, where: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise AnswerNotUnderstood(f"{where}: {value!r:.80} is not a time.") from None


def _plain(hint: Any, value: Any, where: str) -> Any:
    try:
        return hint(value)
    except (TypeError, ValueError):
        raise AnswerNotUnderstood(f"{where}: {value!r:.80} is not {hint.__name__}.") from None
