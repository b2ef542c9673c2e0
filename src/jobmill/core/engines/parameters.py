"""Parameters against the JSON Schema of a manifest, with errors that name the field."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from jobmill.core.errors import InvalidInput

_NO_REGEX = (re.error, OverflowError, RecursionError)


@cache
def _checking() -> tuple[Any, Any]:
    """What checks, made once: slow to import, and most jobs bring no parameters."""
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    formats = FormatChecker(formats=())
    formats.checks("regex", raises=_NO_REGEX)(_is_regex)
    words: Any = extend
    return words(Draft202012Validator, {"uniqueKeys": _unique_keys}), formats


def check_parameters(parameters: Mapping[str, Any], schema: Mapping[str, Any], field: str) -> None:
    """Raise InvalidInput for the first parameter that the schema (draft 2020-12) refuses.

    Of its formats `regex` counts, in Python's syntax; `uniqueKeys` names members that no two
    objects of an array share."""
    if not schema or not (parameters or schema.get("required")):
        return
    checking, formats = _checking()
    validator = checking(dict(schema), format_checker=formats)
    error = next(iter(validator.iter_errors(dict(parameters))), None)
    if error is not None:
        where = ".".join([field, *(str(part) for part in error.absolute_path)])
        if error.validator == "additionalProperties" and "patternProperties" not in error.schema:
            known = error.schema.get("properties", {})
            raise _unknown(where, [each for each in error.instance if each not in known], known)
        if error.validator == "format":
            why = f"is no regular expression ({error.cause or 'nested too deep'})"
            raise InvalidInput(f"{where}: {why}.", field=where)
        raise InvalidInput(f"{where}: {error.message}.", field=where)


def _is_regex(text: object) -> bool:
    return not isinstance(text, str) or bool(re.compile(text))


def _unique_keys(_: Any, names: Sequence[str], items: Any, __: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    for name in names if isinstance(items, list) else ():
        seen: set[str] = set()
        for number, item in enumerate(items):
            value = item.get(name) if isinstance(item, dict) else None
            if isinstance(value, str) and value in seen:
                told = f"{value!r} is there twice; give each its own"
                yield ValidationError(told, path=(number, name))
            elif isinstance(value, str):
                seen.add(value)


def _unknown(field: str, names: Sequence[str], known: Collection[str]) -> InvalidInput:
    where = f"{field}.{names[0]}"
    close = get_close_matches(names[0], known, 1)
    fix = f"Did you mean {close[0]!r}?" if close else "Remove it."
    listed = f" Known here: {', '.join(sorted(known))}." if known else ""
    return InvalidInput(f"{where}: is not known.", field=where, fix=f"{fix}{listed}")
