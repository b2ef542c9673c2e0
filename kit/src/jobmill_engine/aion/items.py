"""The small things of AION, one by one: words, objects, sentiments, and back. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from jobmill_engine.aion.format import OBJECT_KEYS, SENTIMENT_KEYS, SERIES_KEYS
from jobmill_engine.facts import Found, Point, Sentiment, Word

EXTRAS = "aion"
"""The key of facts' `more` under which AION's own keys are kept."""
SILENCE = "!silence"


def words_entry(word: Word) -> list[dict[str, Any]]:
    """What was said in one slice of time, the best reading first.

    Several readings all need a confidence; those that have none are left out.
    """
    best = _known({"word": word.text, "confidence": word.confidence})
    best |= {"utteranceLength": 1, "bestPath": True}
    others = [
        {
            "word": each.text,
            "confidence": each.confidence,
            "utteranceLength": 1,
            "bestPath": False,
        }
        for each in word.alternatives
        if each.confidence is not None
    ]
    distinct = [each for number, each in enumerate(others) if each not in others[:number]]
    return [best, *distinct] if word.confidence is not None else [best]


def object_entry(found: Found, *, index: bool) -> dict[str, Any]:
    """One object; with `index` also where in the text it stands."""
    entry = {
        **_extras(found.more, OBJECT_KEYS),
        "type": found.type,
        "label": found.label,
        "text": found.text,
        "confidence": found.confidence,
        "language": found.language,
        "sentiment": found.sentiment and sentiment_entry(found.sentiment),
        "boundingPoly": [{"x": point.x, "y": point.y} for point in found.box] or None,
    }
    place = {"page": found.page, "paragraph": found.paragraph, "sentence": found.sentence}
    entry.update(place if index else {})
    lost = {} if index else _known(place)
    vendor = {**dict(entry.get("vendor") or {}), **_beyond(found.more), **lost}
    return _known({**entry, "vendor": vendor or None})


def series_entry(
    start_ms: float, end_ms: float, more: Mapping[str, Any], **keys: Any
) -> dict[str, Any]:
    """One slice of time, in whole milliseconds."""
    entry = {**_extras(more, SERIES_KEYS), **keys}
    vendor = {**dict(entry.get("vendor") or {}), **_beyond(more)}
    times = {"startTimeMs": round(start_ms), "stopTimeMs": round(end_ms)}
    return times | _known({**entry, "vendor": vendor or None})


def sentiment_entry(sentiment: Sentiment) -> dict[str, Any]:
    """Both values, always: some readers want both."""
    kept = {name: value for name, value in sentiment.more.items() if name in SENTIMENT_KEYS}
    return {"positiveValue": sentiment.positive, "negativeValue": sentiment.negative, **kept}


def found_of(entry: Mapping[str, Any], times: tuple[float, float] | None = None) -> Found:
    """An object of a document that has been checked."""
    start, end = times or (None, None)
    sentiment = entry.get("sentiment")
    return Found(
        type=entry["type"],
        label=entry.get("label"),
        text=entry.get("text"),
        confidence=entry.get("confidence"),
        start_ms=start,
        end_ms=end,
        box=tuple(Point(each["x"], each["y"]) for each in entry.get("boundingPoly", ())),
        page=entry.get("page"),
        paragraph=entry.get("paragraph"),
        sentence=entry.get("sentence"),
        language=entry.get("language"),
        sentiment=sentiment_of(sentiment) if sentiment is not None else None,
        more=extras_of(entry, _OBJECT_MAPPED),
    )


def sentiment_of(entry: Mapping[str, Any]) -> Sentiment:
    """A sentiment of a document that has been checked; a value that is not given is 0."""
    more = {name: value for name, value in entry.items() if name.endswith("Confidence")}
    return Sentiment(entry.get("positiveValue", 0.0), entry.get("negativeValue", 0.0), more)


def extras_of(entry: Mapping[str, Any], mapped: Collection[str]) -> dict[str, Any]:
    """What of an entry has no place in the facts, to be kept beside them."""
    kept = {name: value for name, value in entry.items() if name not in mapped}
    return {EXTRAS: kept} if kept else {}


_OBJECT_MAPPED = (
    "type", "label", "text", "confidence", "boundingPoly", "page", "paragraph", "sentence",
    "language", "sentiment",
)  # fmt: skip


def aion_extras(more: Mapping[str, Any]) -> Mapping[str, Any]:
    """AION's own keys that are kept beside a fact."""
    kept = more.get(EXTRAS)
    return kept if isinstance(kept, Mapping) else {}


def _extras(more: Mapping[str, Any], allowed: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in aion_extras(more).items() if name in allowed}


def _beyond(more: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in more.items() if name != EXTRAS}


def _known(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in keys.items() if value is not None}
