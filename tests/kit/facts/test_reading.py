"""Documents of facts: what is ours is checked, what is not is kept."""

from typing import Any

import pytest

from jobmill_engine.facts import Facts, FactsInvalid, Word, read_facts, write_facts

FULL: dict[str, Any] = {
    "language": "en",
    "words": [
        {
            "start_ms": 120,
            "end_ms": 480.25,
            "text": "harbour",
            "confidence": 0.91,
            "speaker": "spk0",
            "alternatives": [{"text": "arbour", "confidence": 0.04}, {"text": "Barbour"}],
        }
    ],
    "text": "harbour",
    "objects": [
        {
            "type": "face",
            "label": "somebody",
            "confidence": 0.5,
            "start_ms": 0,
            "end_ms": 40,
            "box": [{"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 0.0}, {"x": 0.5, "y": 1.0}],
        },
        {
            "type": "text",
            "text": "Fine.",
            "page": 1,
            "paragraph": 2,
            "sentence": 3,
            "language": "en",
            "sentiment": {"positive": 0.8, "negative": 0.0},
        },
    ],
    "sentiment": {"positive": 0.7, "negative": 0.1},
    "languages": [{"language": "en", "confidence": 0.9}, {"language": "fr"}],
    "media": [{"asset": "a-1", "media_type": "text/plain", "language": "fr"}],
    "spans": [{"start_ms": 0, "end_ms": 10.5, "label": "silence", "level_db": -70}],
    "summary": {"text": "A harbour.", "pages": 1},
    "own": [0, 1000],
}


def test_what_is_read_is_written_again() -> None:
    assert write_facts(read_facts(FULL)) == FULL


def test_what_the_model_does_not_know_is_kept_at_every_place() -> None:
    document = {
        "model": "small",
        "words": [{"start_ms": 0, "end_ms": 1, "text": "a", "speed": 2}],
        "objects": [{"type": "object", "track": 7}],
    }
    assert write_facts(read_facts(document)) == document


def test_nothing_is_a_document_too() -> None:
    assert read_facts({}) == Facts()
    assert read_facts({"words": [], "text": None}).empty
    assert write_facts(Facts()) == {}


def test_whole_milliseconds_are_written_without_decimals() -> None:
    facts = Facts(words=(Word(1000.0, 1000.33333, "a"),))
    assert write_facts(facts)["words"][0] == {"start_ms": 1000, "end_ms": 1000.333, "text": "a"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"words": {}}, "words: give a list, not an object"),
        ({"words": ["a"]}, r"words\[0\]: give an object, not a text"),
        ({"words": [{"text": "a"}]}, r"words\[0\].start_ms: is missing"),
        ({"words": [{"start_ms": 5, "end_ms": 4, "text": "a"}]}, "4 lies before the start, 5"),
        ({"words": [{"start_ms": -1, "end_ms": 4, "text": "a"}]}, "before the start of the file"),
        ({"words": [{"start_ms": True, "end_ms": 4, "text": "a"}]}, "give a number"),
        ({"words": [{"start_ms": 0, "end_ms": float("nan"), "text": "a"}]}, "give a number"),
        ({"words": [{"start_ms": 0, "end_ms": 1, "text": 7}]}, r"words\[0\].text: give a text"),
        ({"words": [{"start_ms": 0, "end_ms": 1, "text": "a", "confidence": 99}]}, "0 and 1"),
        ({"text": ["a"]}, "text: give a text, not a list"),
        ({"language": " "}, "language: is empty"),
        ({"objects": [{"label": "x"}]}, r"objects\[0\].type: is missing"),
        ({"objects": [{"type": "a", "end_ms": 3}]}, "start_ms: is missing"),
        ({"objects": [{"type": "a", "page": 0}]}, "whole number from 1"),
        ({"objects": [{"type": "a", "box": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]}]}, "polygon"),
        ({"objects": [{"type": "a", "box": [{"x": 0, "y": 1.5}]}]}, r"box\[0\].y: 1.5"),
        ({"sentiment": {"positive": 1}}, "sentiment.negative: is missing"),
        ({"own": [1]}, "own: give a start and an end"),
        ({"summary": "all"}, "summary: give an object"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(document: dict[str, Any], message: str) -> None:
    with pytest.raises(FactsInvalid, match=message):
        read_facts(document)
