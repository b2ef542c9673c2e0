"""From a JSON document to facts: strict where a key is ours, and silent about every other key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, NoReturn, TypeVar

from jobmill_engine.facts.model import (
    Alternative,
    Facts,
    Found,
    LanguageGuess,
    Media,
    Point,
    Sentiment,
    Span,
    Word,
)

FACTS_MEDIA_TYPE = "application/vnd.jobmill.facts+json"
"""An engine whose manifest names this in `media_out` has its result checked when it settles."""

T = TypeVar("T")
Keys = Mapping[str, Any]

_WORD = ("start_ms", "end_ms", "text", "confidence", "speaker", "alternatives")
_FOUND = (
    "type", "label", "text", "confidence", "start_ms", "end_ms", "box", "page", "paragraph",
    "sentence", "language", "sentiment",
)  # fmt: skip
_FACTS = (
    "language", "words", "text", "objects", "sentiment", "languages", "media", "spans", "summary",
    "own",
)  # fmt: skip


class FactsInvalid(ValueError):
    """A document of facts breaks a rule; `place` names where, the message also what to do."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}.")
        self.place = place


def read_facts(document: Mapping[str, Any]) -> Facts:
    """Read a document of facts. Raises `FactsInvalid` for the first thing that is wrong."""
    summary = _optional(document, "summary", "", _object)
    return Facts(
        language=_optional(document, "language", "", _word),
        words=_list(document, "words", "", _read_word),
        text=_optional(document, "text", "", _text),
        objects=_list(document, "objects", "", _read_found),
        sentiment=_optional(document, "sentiment", "", _read_sentiment),
        languages=_list(document, "languages", "", _read_language),
        media=_list(document, "media", "", _read_media),
        spans=_list(document, "spans", "", _read_span),
        summary=summary or {},
        own=_optional(document, "own", "", _read_own),
        more=_more(document, _FACTS),
    )


def _read_word(given: Any, place: str) -> Word:
    keys = _object(given, place)
    start, end = _times(keys, place)
    return Word(
        start,
        end,
        _required(keys, "text", place, _text),
        _optional(keys, "confidence", place, _share),
        _optional(keys, "speaker", place, _word),
        _list(keys, "alternatives", place, _read_alternative),
        _more(keys, _WORD),
    )


def _read_alternative(given: Any, place: str) -> Alternative:
    keys = _object(given, place)
    return Alternative(
        _required(keys, "text", place, _text), _optional(keys, "confidence", place, _share)
    )


def _read_found(given: Any, place: str) -> Found:
    keys = _object(given, place)
    start = end = None
    if keys.get("start_ms") is not None or keys.get("end_ms") is not None:
        start, end = _times(keys, place)
    box = _list(keys, "box", place, _read_point)
    if len(box) == 2:
        _refuse(f"{place}.box", "give one point, or the three or more corners of a polygon")
    return Found(
        type=_required(keys, "type", place, _word),
        label=_optional(keys, "label", place, _text),
        text=_optional(keys, "text", place, _text),
        confidence=_optional(keys, "confidence", place, _share),
        start_ms=start,
        end_ms=end,
        box=box,
        page=_optional(keys, "page", place, _count),
        paragraph=_optional(keys, "paragraph", place, _count),
        sentence=_optional(keys, "sentence", place, _count),
        language=_optional(keys, "language", place, _word),
        sentiment=_optional(keys, "sentiment", place, _read_sentiment),
        more=_more(keys, _FOUND),
    )


def _read_point(given: Any, place: str) -> Point:
    keys = _object(given, place)
    return Point(_required(keys, "x", place, _share), _required(keys, "y", place, _share))


def _read_sentiment(given: Any, place: str) -> Sentiment:
    keys = _object(given, place)
    return Sentiment(
        _required(keys, "positive", place, _share),
        _required(keys, "negative", place, _share),
        _more(keys, ("positive", "negative")),
    )


def _read_language(given: Any, place: str) -> LanguageGuess:
    keys = _object(given, place)
    return LanguageGuess(
        _required(keys, "language", place, _word), _optional(keys, "confidence", place, _share)
    )


def _read_media(given: Any, place: str) -> Media:
    keys = _object(given, place)
    return Media(
        _required(keys, "asset", place, _word),
        _optional(keys, "media_type", place, _word),
        _optional(keys, "language", place, _word),
        _more(keys, ("asset", "media_type", "language")),
    )


def _read_span(given: Any, place: str) -> Span:
    keys = _object(given, place)
    start, end = _times(keys, place)
    label = _optional(keys, "label", place, _text)
    return Span(start, end, label, _more(keys, ("start_ms", "end_ms", "label")))


def _read_own(given: Any, place: str) -> tuple[float, float]:
    if not isinstance(given, list | tuple) or len(given) != 2:
        _refuse(place, "give a start and an end, in milliseconds")
    return _times({"start_ms": given[0], "end_ms": given[1]}, place)


def _times(keys: Keys, place: str) -> tuple[float, float]:
    start = _required(keys, "start_ms", place, _milliseconds)
    end = _required(keys, "end_ms", place, _milliseconds)
    if end < start:
        _refuse(f"{place}.end_ms", f"{end:g} lies before the start, {start:g}")
    return start, end


def _required(keys: Keys, name: str, place: str, read: Callable[[Any, str], T]) -> T:
    inner = f"{place}.{name}" if place else name
    if keys.get(name) is None:
        _refuse(inner, "is missing")
    return read(keys[name], inner)


def _optional(keys: Keys, name: str, place: str, read: Callable[[Any, str], T]) -> T | None:
    given = keys.get(name)
    return None if given is None else read(given, f"{place}.{name}" if place else name)


def _list(keys: Keys, name: str, place: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
    inner, given = f"{place}.{name}" if place else name, keys.get(name)
    if given is None:
        return ()
    if not isinstance(given, list | tuple):
        _refuse(inner, f"give a list, not {_kind(given)}")
    return tuple(read(each, f"{inner}[{number}]") for number, each in enumerate(given))


def _object(given: Any, place: str) -> Keys:
    if not isinstance(given, Mapping):
        _refuse(place, f"give an object, not {_kind(given)}")
    return given


def _text(given: Any, place: str) -> str:
    if not isinstance(given, str):
        _refuse(place, f"give a text, not {_kind(given)}")
    return given


def _word(given: Any, place: str) -> str:
    if not _text(given, place).strip():
        _refuse(place, "is empty; leave it out instead")
    return str(given)


def _number(given: Any, place: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given):
        _refuse(place, f"give a number, not {_kind(given)}")
    return given


def _milliseconds(given: Any, place: str) -> float:
    if _number(given, place) < 0:
        _refuse(place, f"{given:g} lies before the start of the file")
    return float(given) if isinstance(given, float) else given


def _share(given: Any, place: str) -> float:
    if not 0 <= _number(given, place) <= 1:
        _refuse(place, f"{given:g} does not lie between 0 and 1")
    return float(given)


def _count(given: Any, place: str) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        _refuse(place, "give a whole number from 1 on")
    return given


def _more(keys: Keys, known: tuple[str, ...]) -> Mapping[str, Any]:
    return {name: value for name, value in keys.items() if name not in known}


def _kind(given: Any) -> str:
    names = {str: "a text", dict: "an object", list: "a list", bool: "true or false"}
    return names.get(type(given), "null" if given is None else repr(given))


def _refuse(place: str, problem: str) -> NoReturn:
    raise FactsInvalid(place or "the document", problem)
