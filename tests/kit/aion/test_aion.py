"""Facts and AION, one into the other; no validator but our own is needed here."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from jobmill_engine.aion import (
    AionInvalid,
    Origin,
    aion_documents,
    facts_from_aion,
    is_aion,
    read_document,
    validate_aion,
)
from jobmill_engine.facts import Alternative, Facts, Found, LanguageGuess, Sentiment, Span, Word

TRANSCRIPT: dict[str, Any] = {
    "validationContracts": ["transcript"],
    "language": "en",
    "series": [
        {
            "startTimeMs": 120,
            "stopTimeMs": 480,
            "speakerId": "spk0",
            "words": [
                {"word": "arbour", "confidence": 0.1, "utteranceLength": 1, "bestPath": False},
                {"word": "harbour", "confidence": 0.9, "utteranceLength": 1, "bestPath": True},
            ],
        },
        {"startTimeMs": 480, "stopTimeMs": 900, "words": [{"word": "!silence"}]},
    ],
}


def test_a_transcript_is_read_by_its_best_path_and_without_silence() -> None:
    facts = facts_from_aion(TRANSCRIPT)
    assert facts == Facts(
        language="en",
        words=(Word(120, 480, "harbour", 0.9, "spk0", (Alternative("arbour", 0.1),)),),
    )


def test_the_origin_stands_in_every_document() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=timezone(timedelta(hours=2)))
    facts = Facts(words=(Word(0, 1, "a"),), objects=(Found("keyword", "a"),))
    for document in aion_documents(facts, Origin("e-1", "Engine", "t-1", at)):
        assert document["sourceEngineId"] == "e-1"
        assert document["sourceEngineName"] == "Engine"
        assert document["taskId"] == "t-1"
        assert document["generatedDateUTC"] == "2026-01-02T01:04:05.678Z"


def test_words_and_keywords_are_two_documents_and_the_language_stands_in_both() -> None:
    facts = Facts(language="en", words=(Word(0, 1, "a"),), objects=(Found("keyword", "a"),))
    named = [each["validationContracts"] for each in aion_documents(facts)]
    assert named == [["transcript"], ["keyword"]]
    assert [each["language"] for each in aion_documents(facts)] == ["en", "en"]


def test_what_facts_have_no_word_for_comes_back_as_it_was() -> None:
    document = {
        "validationContracts": ["object"],
        "tags": [{"key": "moderation", "value": "none", "score": 0.5}],
        "object": [
            {
                "type": "object",
                "label": "boat",
                "entityId": "e-7",
                "age": {"min": 3},
                "vendor": {"hull": "steel"},
            }
        ],
    }
    (again,) = aion_documents(facts_from_aion(document))
    assert again == document


def test_times_with_fractions_become_whole_milliseconds_and_places_in_text_are_kept() -> None:
    facts = Facts(objects=(Found("text", text="x", start_ms=10.6, end_ms=20.4, page=4),))
    (document,) = aion_documents(facts)
    (item,) = document["series"]
    assert (item["startTimeMs"], item["stopTimeMs"]) == (11, 20)
    assert item["object"] == {"type": "text", "text": "x", "vendor": {"page": 4}}


def test_spans_are_objects_in_time_and_keep_their_further_facts() -> None:
    (document,) = aion_documents(Facts(spans=(Span(0, 1500, "black", {"level": 3}),)))
    assert document["validationContracts"] == ["object"]
    assert document["series"] == [
        {
            "startTimeMs": 0,
            "stopTimeMs": 1500,
            "object": {"type": "object", "label": "black"},
            "vendor": {"level": 3},
        }
    ]


def test_one_value_of_a_sentiment_is_enough_to_read_and_both_are_written() -> None:
    facts = facts_from_aion(
        {"validationContracts": ["sentiment"], "sentiment": {"negativeValue": 0.4}}
    )
    assert facts.sentiment == Sentiment(0.0, 0.4)
    assert aion_documents(facts)[0]["sentiment"] == {"positiveValue": 0.0, "negativeValue": 0.4}


def test_an_identified_language_is_a_guess_too() -> None:
    facts = facts_from_aion({"validationContracts": ["language"], "language": "sv"})
    assert facts.languages == (LanguageGuess("sv"),)


def test_a_slice_of_time_with_neither_word_nor_object_is_a_span() -> None:
    document = {"series": [{"startTimeMs": 0, "stopTimeMs": 10, "summary": "calm"}]}
    assert facts_from_aion(document).spans[0].label == "calm"


def test_both_forms_are_read_and_told_apart() -> None:
    assert is_aion(TRANSCRIPT)
    assert not is_aion({"words": []})
    ours = {"words": [{"start_ms": 0, "end_ms": 1, "text": "a"}]}
    assert read_document(ours).words[0].text == "a"
    assert read_document(TRANSCRIPT).words[0].text == "harbour"


@pytest.mark.parametrize(
    ("document", "place", "keyword"),
    [
        ([], "", "type"),
        ({"validationContracts": []}, ".validationContracts", "minItems"),
        ({"validationContracts": ["transcription"]}, ".validationContracts[0]", "pattern"),
        ({"validationContracts": ["transcript"]}, "", "required"),
        (
            {
                "validationContracts": ["transcript"],
                "series": [{"startTimeMs": 0, "stopTimeMs": 1}],
            },
            ".series[0]",
            "required",
        ),
        ({"series": [{"startTimeMs": 0.5, "stopTimeMs": 1}]}, ".series[0].startTimeMs", "type"),
        (
            {"series": [{"startTimeMs": 0, "stopTimeMs": 1, "partial": True}]},
            ".series[0]",
            "additionalProperties",
        ),
        ({"object": [{"type": "ship"}]}, ".object[0].type", "enum"),
        ({"object": [{"type": "face", "confidence": 2}]}, ".object[0].confidence", "maximum"),
        ({"generatedDateUTC": "today"}, ".generatedDateUTC", "pattern"),
    ],
)
def test_errors_name_the_place_and_the_rule(document: Any, place: str, keyword: str) -> None:
    valid, errors, processed = validate_aion(document)
    assert (valid, processed) == (False, {})
    assert (place, keyword) in [(each["dataPath"], each["keyword"]) for each in errors]
    assert {"keyword", "dataPath", "schemaPath", "params", "message"} == set(errors[0])


def test_a_valid_document_is_answered_without_what_nobody_knows() -> None:
    valid, errors, processed = validate_aion({**TRANSCRIPT, "mood": "good"})
    assert valid
    assert errors == []
    assert processed == TRANSCRIPT


def test_an_invalid_document_is_refused_with_its_first_error() -> None:
    with pytest.raises(AionInvalid, match=r"\.series\[0\]: should have required property"):
        read_document({"series": [{"startTimeMs": 0}]})
