"""JSON Schemas that callers give: checked when they come, and applied to what they are about.

They come from strangers: nothing in them is fetched, or searched for without an end. Pure.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jobmill.core.errors import GraphInvalid
from jobmill.core.pipelines.plain_schemas import Plain, plain_check

_COSTLY = ("pattern", "uniqueItems")
"""What may take for ever on a large document."""
SCHEMA_LIMIT = 64 * 1024
STEPS = 500_000
"""How many rules are looked at: schemas that refer to themselves can make a small one endless."""
MOST_PROBLEMS = 20
LONGEST_WORDS = 400
"""Characters that are said of one problem."""


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """Where a document breaks its schema (`pages.0.url`; empty: the document itself), and how."""

    path: str
    message: str


def checked_schema(value: Any, where: str) -> Mapping[str, Any]:
    """A schema that can be applied. Raises GraphInvalid, naming `where`."""
    if not isinstance(value, Mapping):
        raise GraphInvalid(f"{where}: give a JSON Schema.", field=where)
    _check_words(value, where)
    if len(json.dumps(value)) > SCHEMA_LIMIT:
        raise GraphInvalid(f"{where}: {SCHEMA_LIMIT} bytes at most.", field=where)
    from jsonschema import Draft202012Validator, SchemaError  # slow to import, and seldom needed

    try:
        Draft202012Validator.check_schema(dict(value))
    except SchemaError as error:
        raise GraphInvalid(f"{where}: {error.message}.", field=where) from None
    return value


def _check_words(value: Any, where: str) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _COSTLY and not isinstance(inner, Mapping):
                raise GraphInvalid(f"{where}: {key!r} cannot be used in a form.", field=where)
            if key == "$ref" and isinstance(inner, str) and not inner.startswith("#"):
                raise GraphInvalid(f"{where}: a $ref must begin with '#'.", field=where)
            if key == "patternProperties":
                raise GraphInvalid(f"{where}: {key!r} cannot be used in a form.", field=where)
            _check_words(inner, where)
    elif isinstance(value, list):
        for inner in value:
            _check_words(inner, where)


class SchemaCheck:
    """A schema to be applied many times: what is plainly right costs a few microseconds."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._plain: Plain | None = plain_check(schema)

    def problems(self, document: Any, most: int = MOST_PROBLEMS) -> tuple[SchemaProblem, ...]:
        """Where the document breaks it; nothing if it does not."""
        if self._plain is not None and self._plain(document):
            return ()
        found = []
        try:
            for error in bounded(self._schema).iter_errors(document):
                found.append(SchemaProblem(_place(error), shortened(f"{error.message}.")))
                if len(found) == most:
                    break
        except Exception as problem:  # it may refer to what is not there, or to itself
            said = problem or type(problem).__name__
            return (SchemaProblem("", f"The schema cannot be applied: {said}."),)
        return tuple(found)


def shortened(words: str) -> str:
    """Words that may quote a whole document: how they begin and how they end."""
    half = LONGEST_WORDS // 2
    return words if len(words) <= LONGEST_WORDS else f"{words[:half]} … {words[-half:]}"


def _place(error: Any) -> str:
    """The field that is wrong: of one that is missing, or too many, that one itself."""
    path = [str(word) for word in error.absolute_path]
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        named = [name for name in missing if error.message.startswith(f"{name!r} ")]
        path += (named or missing)[:1]
    elif error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        known = error.schema.get("properties", {})
        path += [name for name in error.instance if name not in known][:1]
    return shortened(".".join(path))


def bounded(schema: Mapping[str, Any]) -> Any:
    """A validator that fetches nothing and gives up after so many steps."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry

    left = STEPS

    def counted(check: Any) -> Any:
        def run(*given: Any) -> Iterator[Any]:
            nonlocal left
            left -= 1
            if left < 0:
                raise OverflowError("it takes too many steps")
            yield from check(*given) or ()

        return run

    known = Draft202012Validator.VALIDATORS
    extended: Any = extend
    counting = extended(Draft202012Validator, {word: counted(known[word]) for word in known})
    return counting(dict(schema), registry=Registry())
