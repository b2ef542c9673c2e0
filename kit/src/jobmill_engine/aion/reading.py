"""From an AION document to facts. Checks first: what it accepts, the contracts accept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobmill_engine.aion.checking import validate_aion
from jobmill_engine.aion.items import SILENCE, extras_of, found_of, sentiment_of
from jobmill_engine.facts import (
    Alternative,
    Facts,
    Found,
    LanguageGuess,
    Media,
    Span,
    Word,
    read_facts,
)

_SIGNS = ("validationContracts", "series", "object", "schemaId", "sourceEngineId")
_PREAMBLE = (
    "schemaId", "sourceEngineId", "sourceEngineName", "taskPayload", "taskId", "generatedDateUTC",
    "generatedDateUtc", "collateIndex", "validationContracts",
)  # fmt: skip
_MAPPED = ("language", "summary", "sentiment", "media", "object", "series")


class AionInvalid(ValueError):
    """A document is no AION, or breaks a contract that it names; `errors` are as ajv words them."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        first = errors[0]
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{first['dataPath'] or 'the document'}: {first['message']}{more}.")
        self.errors = errors


def is_aion(document: Mapping[str, Any]) -> bool:
    """Whether a document means to be AION rather than our own facts."""
    return any(sign in document for sign in _SIGNS)


def read_document(document: Mapping[str, Any]) -> Facts:
    """The facts of a document in either form. Raises `AionInvalid` or `FactsInvalid`."""
    return facts_from_aion(document) if is_aion(document) else read_facts(document)


def facts_from_aion(document: Mapping[str, Any]) -> Facts:
    """The facts of an AION document. Raises `AionInvalid`.

    What our facts have no word for is kept in their `more`, and written again as it was.
    """
    valid, errors, _ = validate_aion(document)
    if not valid:
        raise AionInvalid(errors)
    series: list[Mapping[str, Any]] = document.get("series", [])
    timed = [found for found in (_timed_object(item) for item in series) if found]
    sentiment, language = document.get("sentiment"), document.get("language")
    identified = language is not None and "language" in document.get("validationContracts", ())
    summary = document.get("summary")
    return Facts(
        language=language,
        words=tuple(word for word in (_word(item) for item in series) if word),
        objects=(*(found_of(each) for each in document.get("object", ())), *timed),
        sentiment=sentiment_of(sentiment) if sentiment is not None else None,
        languages=(LanguageGuess(str(language)),) if identified else (),
        media=tuple(_media(each) for each in document.get("media", ())),
        spans=tuple(_span(item) for item in series if "words" not in item and "object" not in item),
        summary={} if summary is None else {"text": summary},
        more=extras_of(document, (*_PREAMBLE, *_MAPPED)),
    )


def _times(item: Mapping[str, Any]) -> tuple[float, float]:
    start = item["startTimeMs"]
    return start, max(start, item["stopTimeMs"])


def _word(item: Mapping[str, Any]) -> Word | None:
    readings: list[Mapping[str, Any]] = item.get("words", [])
    if not readings:
        return None
    best = next((each for each in readings if each.get("bestPath")), readings[0])
    if best["word"] == SILENCE:
        return None
    start, end = _times(item)
    return Word(
        start,
        end,
        best["word"],
        best.get("confidence"),
        item.get("speakerId"),
        tuple(
            Alternative(each["word"], each.get("confidence"))
            for each in readings
            if each is not best
        ),
        extras_of(item, ("startTimeMs", "stopTimeMs", "words", "speakerId", "object")),
    )


def _timed_object(item: Mapping[str, Any]) -> Found | None:
    return found_of(item["object"], _times(item)) if "object" in item else None


def _span(item: Mapping[str, Any]) -> Span:
    start, end = _times(item)
    return Span(start, end, item.get("summary"), extras_of(item, ("startTimeMs", "stopTimeMs")))


def _media(entry: Mapping[str, Any]) -> Media:
    more = extras_of(entry, ("assetId", "contentType", "language"))
    return Media(entry["assetId"], entry.get("contentType"), entry.get("language"), more)
