"""Taxonomies: what to look for in a document. Checked by their JSON Schema beside this module."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jobmill_engine import InputRejected
from jobmill_engines.documents.patterns import Pattern

SCHEMA = Path(__file__).with_name("taxonomy.schema.json")
TERMS_SCHEMA = Path(__file__).with_name("terms.schema.json")

STRING, NUMBER, MONEY, DATE, IDENTIFIER, TABLE = (
    "string",
    "number",
    "money",
    "date",
    "identifier",
    "table",
)


@dataclass(frozen=True, slots=True)
class DataPoint:
    """One thing to find; of a table, `columns` are what its rows have."""

    key: str
    labels: tuple[str, ...]
    type: str = STRING
    pattern: Pattern | None = None
    values: tuple[str, ...] = ()
    required: bool = False
    repeated: bool = False
    multiline: bool = False
    columns: tuple["DataPoint", ...] = ()


@dataclass(frozen=True, slots=True)
class Conventions:
    """How numbers and dates are meant: None where the document is to show it."""

    date_order: str | None = None
    decimal: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """What to find in a document."""

    name: str
    points: tuple[DataPoint, ...]
    conventions: Conventions = field(default=Conventions())


def read_taxonomy(given: Mapping[str, Any] | None) -> Taxonomy:
    """A checked taxonomy. Raises InputRejected that names the place."""
    given = present(given)
    check(given, SCHEMA, "taxonomy")
    points = tuple(
        _point(each, f"datapoints[{number}]") for number, each in enumerate(given["datapoints"])
    )
    _once((point.key for point in points), "datapoints")
    conventions = Conventions(given.get("date_order"), given.get("decimal"), given.get("currency"))
    return Taxonomy(str(given.get("name", "")), points, conventions)


def present(given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The taxonomy of a parameter. Raises InputRejected where there is none."""
    if given is None:
        told = "There is no taxonomy: give one as the parameter `taxonomy`."
        raise InputRejected("taxonomy_invalid", told)
    return given


def check(given: Mapping[str, Any], schema: Path, what: str) -> None:
    """Raise InputRejected for a document that does not fit its schema."""
    problem = _best(_validator(schema), given)
    if problem:
        where, why = problem
        told = f"The {what} is not valid: {where or 'it'}: {why}"
        raise InputRejected("taxonomy_invalid", f"{told}. Its schema is {schema.name}.")


def _best(validator: Any, given: Mapping[str, Any]) -> tuple[str, str] | None:
    from jsonschema.exceptions import best_match

    error = best_match(validator.iter_errors(given))
    if error is None:
        return None
    return error.json_path.removeprefix("$").removeprefix("."), error.message[:300]


@cache
def _validator(schema: Path) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def _point(given: Mapping[str, Any], where: str, table: str = "") -> DataPoint:
    key = given["key"]
    columns = tuple(
        _point(each, f"{where}.columns[{number}]", f"{key}.")
        for number, each in enumerate(given.get("columns", ()))
    )
    _once((column.key for column in columns), f"{where}.columns")
    label = given.get("label") or key.rpartition(".")[2].replace("_", " ").replace("-", " ")
    return DataPoint(
        key=key,
        labels=tuple(dict.fromkeys([label, *given.get("synonyms", ())])),
        type=given.get("type", STRING),
        pattern=_pattern(given.get("pattern"), f"{table}{key}", where),
        values=tuple(given.get("values", ())),
        required=bool(given.get("required")),
        repeated=bool(given.get("repeated")),
        multiline=bool(given.get("multiline")),
        columns=columns,
    )


def _pattern(text: str | None, key: str, where: str) -> Pattern | None:
    if text is None:
        return None
    try:
        return Pattern(text, key)
    except (re.error, OverflowError, RecursionError) as error:
        told = f"The taxonomy is not valid: {where}.pattern is no regular expression ({error})"
        raise InputRejected("taxonomy_invalid", f"{told}.") from None


def _once(keys: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            told = f"The taxonomy is not valid: {where} has the key {key!r} twice"
            raise InputRejected("taxonomy_invalid", f"{told}; give each its own.")
        seen.add(key)
