"""From facts to a JSON document; what is not known is not written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobmill_engine.facts.model import Facts, Found, Media, Sentiment, Span, Word


def write_facts(facts: Facts) -> dict[str, Any]:
    """The document of these facts; reading it gives the same facts again."""
    return _known(
        {
            **facts.more,
            "language": facts.language,
            "words": [_word(each) for each in facts.words],
            "text": facts.text,
            "objects": [_found(each) for each in facts.objects],
            "sentiment": _sentiment(facts.sentiment),
            "languages": [
                _known({"language": each.language, "confidence": each.confidence})
                for each in facts.languages
            ],
            "media": [_media(each) for each in facts.media],
            "spans": [_span(each) for each in facts.spans],
            "summary": dict(facts.summary),
            "own": [_time(each) for each in facts.own] if facts.own else None,
        }
    )


def _word(word: Word) -> dict[str, Any]:
    return _known(
        {
            **word.more,
            "start_ms": _time(word.start_ms),
            "end_ms": _time(word.end_ms),
            "text": word.text,
            "confidence": word.confidence,
            "speaker": word.speaker,
            "alternatives": [
                _known({"text": each.text, "confidence": each.confidence})
                for each in word.alternatives
            ],
        }
    )


def _found(found: Found) -> dict[str, Any]:
    return _known(
        {
            **found.more,
            "type": found.type,
            "label": found.label,
            "text": found.text,
            "confidence": found.confidence,
            "start_ms": _time(found.start_ms),
            "end_ms": _time(found.end_ms),
            "box": [{"x": point.x, "y": point.y} for point in found.box],
            "page": found.page,
            "paragraph": found.paragraph,
            "sentence": found.sentence,
            "language": found.language,
            "sentiment": _sentiment(found.sentiment),
        }
    )


def _sentiment(sentiment: Sentiment | None) -> dict[str, Any] | None:
    if sentiment is None:
        return None
    return {**sentiment.more, "positive": sentiment.positive, "negative": sentiment.negative}


def _media(media: Media) -> dict[str, Any]:
    return _known(
        {
            **media.more,
            "asset": media.asset,
            "media_type": media.media_type,
            "language": media.language,
        }
    )


def _span(span: Span) -> dict[str, Any]:
    times = {"start_ms": _time(span.start_ms), "end_ms": _time(span.end_ms)}
    return _known({**times, "label": span.label, **span.more})


def _time(ms: float | None) -> float | None:
    """Down to the microsecond; a whole number of milliseconds without decimals."""
    if ms is None:
        return None
    rounded = round(ms, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def _known(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in keys.items() if value is not None and value not in ([], {})
    }
