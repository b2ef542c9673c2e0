"""A quick answer to "does this fit?" for schemas that use the usual words alone. Pure.

It only ever says that a document surely fits; whatever it does not know is left to the library,
which also says what is wrong.
"""

from collections.abc import Callable, Mapping, Sequence, Sized
from typing import Any

Plain = Callable[[Any], bool]
_NOTES = {
    "title", "description", "default", "examples", "$schema", "$id", "$comment", "format",
    "deprecated", "readOnly", "writeOnly", "contentMediaType", "contentEncoding",
}  # fmt: skip
_TYPES: Mapping[str, Plain] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
}
DEPTH = 32


def plain_check(schema: Any, depth: int = 0) -> Plain | None:
    """Whether a value surely fits, as a function; None for a schema with unusual words."""
    if schema is True:
        return lambda value: True
    if not isinstance(schema, Mapping) or depth > DEPTH:
        return None
    rules: list[Plain] = []
    for word, said in schema.items():
        if word in _NOTES or word == "additionalProperties":
            continue
        rule = _RULES[word](said, depth) if word in _RULES else None
        if rule is None:
            return None
        rules.append(rule)
    if schema.get("additionalProperties", True) is not True:
        closed = _closed(schema)
        if closed is None:
            return None
        rules.append(closed)
    return _every(rules)


def _every(rules: Sequence[Plain]) -> Plain:
    """Plain loops: with `all` a batch would spend most of its time in generators."""
    if len(rules) == 1:
        return rules[0]

    def every(value: Any) -> bool:
        for rule in rules:  # noqa: SIM110
            if not rule(value):
                return False
        return True

    return every


def _type(said: Any, depth: int) -> Plain | None:
    names = said if isinstance(said, list) else [said]
    if not all(name in _TYPES for name in names):
        return None
    if len(names) == 1:
        return _TYPES[names[0]]
    checks = [_TYPES[name] for name in names]
    return lambda value: any(check(value) for check in checks)


def _enum(said: Any, depth: int) -> Plain | None:
    # Only texts: of numbers and truths equality in Python is not that of JSON.
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        return None
    known = frozenset(said)
    return lambda value: isinstance(value, str) and value in known


def _const(said: Any, depth: int) -> Plain | None:
    return _enum([said], depth)


def _required(said: Any, depth: int) -> Plain | None:
    names = frozenset(said)
    return lambda value: not isinstance(value, dict) or names <= value.keys()


def _properties(said: Any, depth: int) -> Plain | None:
    checks = {name: plain_check(inner, depth + 1) for name, inner in said.items()}
    known = {name: check for name, check in checks.items() if check is not None}
    if len(known) != len(checks):
        return None
    checked = tuple(known.items())

    def fit(value: Any) -> bool:
        if isinstance(value, dict):
            for name, check in checked:
                if name in value and not check(value[name]):
                    return False
        return True

    return fit


def _items(said: Any, depth: int) -> Plain | None:
    check = plain_check(said, depth + 1)
    if check is None:
        return None
    return lambda value: not isinstance(value, list) or all(check(each) for each in value)


def _closed(schema: Mapping[str, Any]) -> Plain | None:
    if schema["additionalProperties"] is not False:
        return None
    known = frozenset(schema.get("properties", ()))
    return lambda value: not isinstance(value, dict) or known.issuperset(value)


def _number(holds: Callable[[Any, Any], bool]) -> Callable[[Any, int], Plain | None]:
    is_number = _TYPES["number"]
    return lambda said, depth: lambda value: not is_number(value) or holds(value, said)


def _size(
    kind: type[Sized], holds: Callable[[int, Any], bool]
) -> Callable[[Any, int], Plain | None]:
    return lambda said, depth: lambda value: not isinstance(value, kind) or holds(len(value), said)


_RULES: Mapping[str, Callable[[Any, int], Plain | None]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "properties": _properties,
    "items": _items,
    "minimum": _number(lambda value, said: value >= said),
    "maximum": _number(lambda value, said: value <= said),
    "exclusiveMinimum": _number(lambda value, said: value > said),
    "exclusiveMaximum": _number(lambda value, said: value < said),
    "minLength": _size(str, lambda size, said: size >= said),
    "maxLength": _size(str, lambda size, said: size <= said),
    "minItems": _size(list, lambda size, said: size >= said),
    "maxItems": _size(list, lambda size, said: size <= said),
    "minProperties": _size(dict, lambda size, said: size >= said),
    "maxProperties": _size(dict, lambda size, said: size <= said),
}
