"""What we write is valid by the published validators, and we judge their examples as they do."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jobmill_engine.aion import (
    CONTRACTS,
    Origin,
    aion_documents,
    contract_errors,
    facts_from_aion,
    validate_aion,
)
from jobmill_engine.facts import (
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
from tests.kit.aion.conftest import Judge

ORIGIN = Origin(
    "c0e55cde-340b-44d7-bb42-2e0d65e98255",
    "Speech to text",
    "21062204_Rl54mU5vIVED8Y9",
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)
BOX = (Point(0.1, 0.1), Point(0.9, 0.1), Point(0.9, 0.9))

EACH: dict[str, Facts] = {
    "transcript": Facts(
        language="en",
        words=(
            Word(120.4, 480, "harbour", 0.91, "spk0", (Alternative("arbour", 0.04),)),
            Word(480, 600, "light", None, "spk1", (Alternative("lite", 0.2),)),
            Word(600, 700, "house", 0.5, None, (Alternative("mouse"), Alternative("louse", 0.1))),
        ),
        text="harbour light",
    ),
    "text": Facts(
        objects=(
            Found("text", text="EXIT", start_ms=0, end_ms=1000, box=BOX, confidence=0.8, page=2),
            Found("text", text="Fine day.", page=1, paragraph=1, sentence=1, language="en"),
        )
    ),
    "object": Facts(
        objects=(
            Found("object", "boat", confidence=0.7, start_ms=0, end_ms=40, box=BOX),
            Found("object", "mole", page=3, box=(Point(0.5, 0.5),), more={"track": 7}),
            Found("table", "invoice lines"),
        ),
        spans=(Span(0, 900.6, "silence", {"level_db": -70}), Span(900.6, 1000)),
    ),
    "keyword": Facts(objects=(Found("keyword", "sea", confidence=0.4),)),
    "entity": Facts(objects=(Found("namedEntity", "Ada Lovelace", text="Ada", sentence=2),)),
    "concept": Facts(objects=(Found("concept", "shipping", confidence=0.4),)),
    "anomaly": Facts(objects=(Found("anomaly", "drop-out", start_ms=3, end_ms=5),)),
    "language": Facts(language="sv", languages=(LanguageGuess("sv", 0.98),)),
    "sentiment": Facts(
        sentiment=Sentiment(0.7, 0.1, {"positiveConfidence": 0.5}),
        objects=(Found("text", text="Fine.", sentence=1, sentiment=Sentiment(0.8, 0.0)),),
    ),
    "summary": Facts(summary={"text": "Ships come and go.", "pages": 2}),
    "media-translated": Facts(media=(Media("asset-1", "text/plain", "fr"),)),
}
OTHERS = Facts(
    language="en",
    text="Hello.",
    objects=(
        Found("face", "somebody", start_ms=0, end_ms=1, box=BOX),
        Found("barcode", text="123"),
        Found("text"),
        Found("keyword"),
    ),
    media=(Media("a-2"),),
)


def judged_by_name(facts: Facts) -> list[tuple[str, Any]]:
    documents = aion_documents(facts, ORIGIN)
    every = [("aion", document) for document in documents]
    named = [(name, each) for each in documents for name in each.get("validationContracts", ())]
    return every + named


@pytest.mark.parametrize("contract", CONTRACTS)
def test_each_contract_that_we_emit_is_fulfilled(judge: Judge, contract: str) -> None:
    asked = judged_by_name(EACH[contract])
    assert contract in [name for name, _ in asked]
    assert judge(asked) == [[]] * len(asked)


def test_facts_of_every_kind_at_once_become_documents_that_are_all_valid(judge: Judge) -> None:
    everything = Facts(
        language="en",
        words=EACH["transcript"].words,
        objects=tuple(found for facts in (*EACH.values(), OTHERS) for found in facts.objects),
        sentiment=Sentiment(0.5, 0.5),
        languages=EACH["language"].languages,
        media=EACH["media-translated"].media,
        spans=EACH["object"].spans,
        summary={"text": "All of it."},
    )
    asked = judged_by_name(everything)
    assert {name for name, _ in asked} == {"aion", *CONTRACTS}
    assert judge(asked) == [[]] * len(asked)


def test_what_no_contract_covers_is_still_aion(judge: Judge) -> None:
    asked = judged_by_name(OTHERS)
    assert any("validationContracts" not in document for _, document in asked)
    assert judge(asked) == [[]] * len(asked)


def test_silence_is_a_transcript_if_one_was_expected(judge: Judge) -> None:
    (document,) = aion_documents(Facts(), ORIGIN, expected="transcript")
    assert document["series"] == []
    assert judge([("transcript", document)]) == [[]]
    assert judge([("aion", each) for each in aion_documents(Facts())]) == [[]]


def test_the_published_examples_are_judged_alike(published: Path) -> None:
    schemas = published / "node_modules/veritone-json-schemas/schemas/vtn-standard"
    files = sorted(schemas.glob("*/*examples/*.json"))
    assert len(files) == 183
    wrong = []
    for file in files:
        contract, good = file.parts[-3], file.parts[-2] == "examples"
        document = json.loads(file.read_text())
        if contract == "aion":
            # There the contracts are another validator's business.
            if isinstance(document, dict):
                document.pop("validationContracts", None)
            errors = validate_aion(document)[1]
        else:
            errors = contract_errors(document, contract)
        if bool(errors) == good:
            wrong.append((file.parts[-3:], errors))
    assert wrong == []


def test_good_published_examples_can_be_read_and_written_again(
    published: Path, judge: Judge
) -> None:
    schemas = published / "node_modules/veritone-json-schemas/schemas/vtn-standard"
    asked = []
    for file in sorted(schemas.glob("*/examples/*.json")):
        document = json.loads(file.read_text())
        if validate_aion(document)[0]:
            asked += judged_by_name(facts_from_aion(document))
    assert len(asked) > 100
    assert judge(asked) == [[]] * len(asked)
