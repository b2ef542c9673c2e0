"""From facts to AION documents that name the contracts they fulfil. Pure.

A contract often asks the same of every object in a document, so facts of several kinds become
several documents: one for the words, and one for each kind of object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from jobmill_engine.aion.format import CONTRACTS, OBJECT_TYPES, ROOT_KEYS
from jobmill_engine.aion.items import (
    EXTRAS,
    aion_extras,
    object_entry,
    sentiment_entry,
    series_entry,
    words_entry,
)
from jobmill_engine.facts import Facts, Found, Span, Word

MEDIA_TYPE = "application/vnd.veritone.aion+json"
_KINDS = {
    "text": "text",
    "keyword": "keyword",
    "namedEntity": "entity",
    "concept": "concept",
    "anomaly": "anomaly",
    "object": "object",
}
_WITHOUT_INDEX = frozenset({"object"})
_NEED_OBJECTS = frozenset({"keyword", "entity", "concept", "sentiment"})


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says so: the engine that found the facts, the task, and when the document was made."""

    engine_id: str | None = None
    engine_name: str | None = None
    task_id: str | None = None
    generated_at: datetime | None = None

    def preamble(self) -> dict[str, Any]:
        """The keys of a document that tell of it."""
        at = self.generated_at
        made = at and at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        keys = {
            "sourceEngineId": self.engine_id,
            "sourceEngineName": self.engine_name,
            "taskId": self.task_id,
            "generatedDateUTC": made,
        }
        return {name: value for name, value in keys.items() if value}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The lists of one document."""

    contract: str | None
    objects: list[dict[str, Any]] = field(default_factory=list)
    series: list[dict[str, Any]] = field(default_factory=list)

    def lists(self) -> dict[str, Any]:
        keys: dict[str, Any] = {}
        if self.objects or self.contract in _NEED_OBJECTS:
            keys["object"] = self.objects
        if self.series or not keys:
            keys["series"] = self.series
        return keys


def aion_documents(
    facts: Facts, origin: Origin | None = None, expected: str | None = None
) -> list[dict[str, Any]]:
    """The documents of these facts, at least one, each valid under every contract that it names.

    What is said of the whole file stands in the first, its language in each. `expected` is the
    contract of a document that has nothing to say: a transcript of silence is a transcript.
    """
    sheets = [*_sheets(facts)]
    root, contracts = _root(facts), _root_contracts(facts, alone=not sheets)
    if not sheets and not contracts and expected in CONTRACTS:
        sheets = [_Sheet(expected)]
    told = _language(facts)
    language = {"language": told} if told else {}
    preamble = origin.preamble() if origin else {}
    documents = [
        _document(preamble, [each.contract], {**language, **(each.lists())}) for each in sheets
    ]
    if not documents:
        return [_document(preamble, contracts, {**language, **root})]
    named = [sheets[0].contract, *contracts]
    return [_document(preamble, named, {**language, **root, **sheets[0].lists()}), *documents[1:]]


def _document(
    preamble: Mapping[str, Any], contracts: Sequence[str | None], keys: Mapping[str, Any]
) -> dict[str, Any]:
    named = [*dict.fromkeys(each for each in contracts if each)]
    return {**preamble, **({"validationContracts": named} if named else {}), **keys}


def _root(facts: Facts) -> dict[str, Any]:
    kept = aion_extras(facts.more)
    keys = {name: value for name, value in kept.items() if name in ROOT_KEYS}
    if isinstance(summary := facts.summary.get("text"), str):
        keys["summary"] = summary
    if facts.sentiment is not None:
        keys["sentiment"] = sentiment_entry(facts.sentiment)
    if facts.media:
        keys["media"] = [
            {
                name: value
                for name, value in (
                    ("assetId", each.asset),
                    ("contentType", each.media_type),
                    ("language", each.language),
                )
                if value
            }
            for each in facts.media
        ]
    return keys


def _root_contracts(facts: Facts, *, alone: bool) -> list[str]:
    contracts = []
    if facts.sentiment is not None:
        contracts.append("sentiment")
    if isinstance(facts.summary.get("text"), str):
        contracts.append("summary")
    if facts.media and all(each.language for each in facts.media):
        contracts.append("media-translated")
    if _language(facts) and (facts.languages or (alone and not contracts)):
        contracts.append("language")
    return contracts


def _language(facts: Facts) -> str | None:
    """What the file is in, or else what it most likely is in."""
    return facts.language or next((guess.language for guess in facts.languages), None)


def _sheets(facts: Facts) -> Iterator[_Sheet]:
    if facts.words:
        words = sorted(facts.words, key=lambda word: (word.start_ms, word.end_ms))
        yield _Sheet("transcript", series=[_word_item(each) for each in words])
    kinds: dict[str | None, list[Found]] = {}
    for found in (*facts.objects, *_text_alone(facts)):
        fitted = _fitted(found)
        kinds.setdefault(_kind(fitted), []).append(fitted)
    for contract, founds in kinds.items():
        spans = facts.spans if contract == "object" else ()
        yield _sheet(contract, founds, spans)
    if facts.spans and "object" not in kinds:
        yield _sheet("object", [], facts.spans)


def _sheet(contract: str | None, founds: Sequence[Found], spans: Sequence[Span]) -> _Sheet:
    if contract == "text" and all(found.sentiment is not None for found in founds):
        contract = "sentiment"
    index = contract not in _WITHOUT_INDEX
    series = [_object_item(each) for each in founds if each.timed] + [_span(each) for each in spans]
    return _Sheet(
        contract,
        [object_entry(each, index=index) for each in founds if not each.timed],
        sorted(series, key=lambda item: (item["startTimeMs"], item["stopTimeMs"])),
    )


def _text_alone(facts: Facts) -> Iterator[Found]:
    """A text without words and without pieces is itself the one piece."""
    if facts.text and not facts.words and not any(each.text for each in facts.objects):
        yield Found("text", text=facts.text, language=facts.language)


def _kind(found: Found) -> str | None:
    """The contract that this object can stand under."""
    kept = aion_extras(found.more)
    named = found.label is not None
    whole = {
        "text": found.text is not None,
        "keyword": named,
        "namedEntity": named or "entityId" in kept,
        "concept": "objectCategory" in kept,
        "anomaly": True,
        "object": True,
    }
    return _KINDS[found.type] if whole.get(found.type) else None


def _fitted(found: Found) -> Found:
    """In AION's terms: a concept has a category, and a type that it does not know is an object."""
    if found.type == "concept" and found.label and "objectCategory" not in aion_extras(found.more):
        confidence = {} if found.confidence is None else {"confidence": found.confidence}
        categories = [{"class": found.label, **confidence}]
        kept = {**aion_extras(found.more), "objectCategory": categories}
        return replace(found, more={**found.more, EXTRAS: kept})
    if found.type not in OBJECT_TYPES:
        more = {**found.more, "type": found.type}
        return replace(found, type="object", label=found.label or found.type, more=more)
    return found


def _word_item(word: Word) -> dict[str, Any]:
    speaker = {"speakerId": word.speaker} if word.speaker else {}
    return series_entry(word.start_ms, word.end_ms, word.more, **speaker, words=words_entry(word))


def _object_item(found: Found) -> dict[str, Any]:
    start, end = found.start_ms or 0.0, found.end_ms or 0.0
    return series_entry(start, end, {}, object=object_entry(found, index=False))


def _span(span: Span) -> dict[str, Any]:
    label = {"label": span.label} if span.label is not None else {}
    return series_entry(span.start_ms, span.end_ms, span.more, object={"type": "object", **label})
