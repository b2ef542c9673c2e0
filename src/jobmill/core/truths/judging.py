"""How right an answer is beside what is known to be right, as a whole and field by field. Pure.

Fields are the leaves of the known answer, by JSON pointer; a list is one leaf. What the known
answer does not speak of is not judged.
"""

import json
import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

MOST_FIELDS = 200
"""A known answer of more fields is judged as a whole alone."""
WORD_LENGTH = 100
TOLERANCE = 1e-9
"""Relative; what writing a number down and reading it again may change."""
SELF_ASSESSMENT = "confidence"
"""What an answer says of itself is no part of it."""
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class FieldJudged:
    """One field. `truth` and `given` are words if the known value is one that can be confused with
    others: a text of 100 characters at most, a whole number, true or false."""

    field: str
    right: bool
    truth: str | None = None
    given: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """`correct`: every field is right; `score`: the share of those that are, 0 to 1."""

    correct: bool
    score: float
    fields: tuple[FieldJudged, ...] = ()


def judge(truth: Any, given: Any) -> Judgement:
    """An answer beside the known one."""
    try:
        leaves = list(islice(_leaves("", truth), MOST_FIELDS + 1))
        if len(leaves) > MOST_FIELDS:
            return _whole(alike(truth, given))
        fields = tuple(_judged(path, known, given) for path, known in leaves)
    except RecursionError:
        return _whole(False)
    right = sum(each.right for each in fields)
    return Judgement(right == len(fields), right / len(fields) if fields else 1.0, fields)


def judge_unread(*, same: bool) -> Judgement:
    """An answer too large to be looked into: it is the known one, or it is not."""
    return _whole(same)


def likeness(one: Any, other: Any) -> float:
    """The share of fields in which two answers are the same, seen from both sides alike."""
    return (judge(one, other).score + judge(other, one).score) / 2


def alike(known: Any, given: Any) -> bool:
    """Equal but for what nobody means: spaces, how letters are composed, rounding, a null that is
    left out, and fields of which the known value does not speak."""
    if given is _ABSENT:
        given = None
    if isinstance(known, Mapping) and isinstance(given, Mapping):
        return all(alike(value, given.get(key)) for key, value in _spoken_of(known))
    if _is_list(known) and _is_list(given):
        return len(known) == len(given) and all(map(alike, known, given))
    if isinstance(known, str) and isinstance(given, str):
        return _plain(known) == _plain(given)
    if isinstance(known, bool) is not isinstance(given, bool):
        return False
    if isinstance(known, int | float) and isinstance(given, int | float):
        return known == given or _close(known, given)
    return bool(known == given)


def _close(known: float, given: float) -> bool:
    try:
        return math.isclose(known, given, rel_tol=TOLERANCE)
    except OverflowError:  # a whole number that no float can hold
        return False


def _whole(right: bool) -> Judgement:
    return Judgement(right, float(right))


def _judged(path: str, known: Any, given: Any) -> FieldJudged:
    found = _at(path, given)
    right = alike(known, found)
    truth = _word(known)
    if truth is None:
        return FieldJudged(path, right)
    return FieldJudged(path, right, truth, truth if right else _said(found))


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping) or not value:
        yield path, value
        return
    for key, inner in _spoken_of(value):
        yield from _leaves(f"{path}/{key.replace('~', '~0').replace('/', '~1')}", inner)


def _spoken_of(known: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in known.items():
        if key != SELF_ASSESSMENT or not isinstance(value, int | float):
            yield key, value


def _at(path: str, document: Any) -> Any:
    """What stands at a pointer made of members alone."""
    for word in path.split("/")[1:]:
        key = word.replace("~1", "/").replace("~0", "~")
        if not isinstance(document, Mapping) or key not in document:
            return _ABSENT
        document = document[key]
    return document


def _word(value: Any) -> str | None:
    """The value as a label, if it can be one."""
    if isinstance(value, str):
        return _plain(value) if len(value) <= WORD_LENGTH else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) and abs(value) < 10**15 else None


def _said(value: Any) -> str | None:
    """What stood in the place of a label; None for nothing at all."""
    if value is _ABSENT or value is None:
        return None
    return _word(value) or json.dumps(value, ensure_ascii=False)[:WORD_LENGTH]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
