"""Cells of CSV, which are all text, as the values that a schema expects; and rows told apart by a
key."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from jobmill.core.jobs.batches.rows.model import Row, RowProblem
from jobmill.core.jobs.batches.rows.values import NotARow, value_of

_KEPT = 100
_WORDS = {"true": True, "false": False}


def typed_cells(cells: Mapping[str, str], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a row as its schema's properties have them; empty ones are left out.

    What is no text by its schema is read as JSON. A cell that cannot be stays as it is: the schema
    refuses it, and names it.
    """
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    found: dict[str, Any] = {}
    for name, cell in cells.items():
        kinds = _kinds(properties.get(name))
        text = not kinds or "string" in kinds
        if cell:
            found[name] = cell if text else _read(cell)
        elif "string" in kinds and name in required:
            found[name] = cell
    return found


def _kinds(rule: Any) -> frozenset[str]:
    said = rule.get("type", ()) if isinstance(rule, Mapping) else ()
    return frozenset([said] if isinstance(said, str) else said)


def _read(cell: str) -> Any:
    word = cell.strip()
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    try:
        return value_of(word.encode())
    except NotARow:
        return cell


class SeenKeys:
    """The values that one field has had so far."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._words = key.split(".")
        self._seen: dict[str, int] = {}

    def checked(self, rows: Iterable[Row]) -> list[Row]:
        """The rows; one whose value was there before, or that has none, with that problem."""
        return [row if row.problem else self._checked(row) for row in rows]

    def _checked(self, row: Row) -> Row:
        value: Any = row.value
        for word in self._words:
            value = value.get(word) if isinstance(value, Mapping) else None
        if value is None or value == "":
            return self._wrong(row, f"It has no {self._key!r}, by which rows are told apart.")
        said = json.dumps(value, sort_keys=True, ensure_ascii=False)
        # A hundred thousand long values would not fit into memory.
        mark = said if len(said) <= _KEPT else sha256(said.encode()).hexdigest()
        first = self._seen.setdefault(mark, row.number)
        if first == row.number:
            return row
        return self._wrong(row, f"{said[:100]} is the {self._key!r} of row {first} already.")

    def _wrong(self, row: Row, message: str) -> Row:
        return replace(row, value=None, problem=RowProblem(message, self._key))
