"""What a row is, and what can be wrong with one, or with the file."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LONGEST_ROW = 4 * 2**20
"""Bytes of one row."""


class RowFormat(StrEnum):
    """How rows lie in a file."""

    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be taken, and the field that is wrong (empty: the row itself)."""

    message: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number from 0, the place in bytes behind it, and its value or its problem."""

    number: int
    end: int
    value: Any = None
    problem: RowProblem | None = None


class RowsBroken(Exception):
    """The file cannot be read any further; the message says where and why."""


_OF_TYPE = {
    "text/csv": RowFormat.CSV,
    "application/csv": RowFormat.CSV,
    "application/jsonl": RowFormat.JSONL,
    "application/x-ndjson": RowFormat.JSONL,
    "application/x-jsonlines": RowFormat.JSONL,
    "application/json": RowFormat.JSON,
}
_OF_NAME = {
    ".csv": RowFormat.CSV,
    ".tsv": RowFormat.CSV,
    ".jsonl": RowFormat.JSONL,
    ".ndjson": RowFormat.JSONL,
    ".json": RowFormat.JSON,
}


def format_of(name: str, media_type: str) -> RowFormat | None:
    """The format that a file's name tells, or else its type."""
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    return _OF_NAME.get(ending) or _OF_TYPE.get(media_type.partition(";")[0].strip().lower())
