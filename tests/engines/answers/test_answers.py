"""Documents of engines as answers of a shape, and how sure these are."""

import json
from pathlib import Path
from typing import Any

import pytest

from jobmill_engine import InputRejected
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.answers.engine import Answers
from tests.engines.texts.tasks import Ran, run

FOLDER = Path(__file__).parents[3] / "src/jobmill_engines/answers"
JSON = "application/json"
CORNERS = [{"x": 0.1, "y": 0.2}, {"x": 0.5, "y": 0.2}, {"x": 0.5, "y": 0.4}, {"x": 0.1, "y": 0.4}]
BOX = {"x": 0.1, "y": 0.2, "width": 0.4, "height": 0.2}


def shaped(folder: Path, document: Any, shape: str, **parameters: Any) -> Ran:
    given = json.dumps(document)
    return run(Answers(), folder, given, JSON, {"shape": shape, **parameters})


def test_data_points_become_fields_by_key(tmp_path: Path) -> None:
    document = {
        "points": [
            {"key": "payee", "value": "ACME", "confidence": 0.9},
            {"key": "lines.1.amount", "value": "3.00", "confidence": 0.4},
        ],
        "missing": [{"key": "due", "required": True, "confidence": 0.0}],
        "confidence": 0.4,
    }
    assert shaped(tmp_path, document, "fields").document == {
        "fields": {"payee": "ACME", "lines.1.amount": "3.00"},
        "missing": ["due"],
        "confidence": 0.4,
    }


def test_a_text_is_as_sure_as_its_lines_weighed_by_length(tmp_path: Path) -> None:
    lines = [
        {"type": "text", "text": "abc", "confidence": 1.0, "box": CORNERS},
        {"type": "text", "text": "d", "confidence": 0.2},
    ]
    found = shaped(tmp_path, {"text": "abc d", "objects": lines}, "text").document
    assert found == {
        "text": "abc d",
        "lines": [{"text": "abc", "box": BOX}, {"text": "d"}],
        "confidence": 0.8,
    }


def test_what_was_said_has_sentences_with_times(tmp_path: Path) -> None:
    words = [
        {"start_ms": 0, "end_ms": 400, "text": "Good", "confidence": 0.5},
        {"start_ms": 400, "end_ms": 900, "text": "day.", "confidence": 0.7},
        {"start_ms": 1000, "end_ms": 1500, "text": "Bye.", "confidence": 0.9},
    ]
    document = {"words": words, "text": "Good day. Bye.", "language": "en"}
    found = shaped(tmp_path, document, "transcript").document
    assert found is not None
    assert found["segments"] == [
        {"start_ms": 0, "end_ms": 900, "text": "Good day."},
        {"start_ms": 1000, "end_ms": 1500, "text": "Bye."},
    ]
    assert (found["text"], found["language"], found["confidence"]) == ("Good day. Bye.", "en", 0.7)


def test_a_translation_does_not_say_how_sure_it_is(tmp_path: Path) -> None:
    found = shaped(tmp_path, {"language": "es", "text": "Hola", "summary": {}}, "translation")
    assert found.document == {"language": "es", "text": "Hola"}


def test_objects_are_as_sure_as_the_least_sure_one(tmp_path: Path) -> None:
    faces = [{"type": "face", "confidence": sure, "box": CORNERS} for sure in (0.9, 0.6)]
    found = shaped(tmp_path, {"objects": faces}, "objects").document
    assert found is not None
    assert found["confidence"] == 0.6
    assert found["objects"][0] == {"type": "face", "box": BOX, "confidence": 0.9}
    assert shaped(tmp_path, {"objects": []}, "objects").document == {"objects": []}


def test_what_pointers_name_is_picked(tmp_path: Path) -> None:
    document = {"a": {"b": [1, {"c": "x"}]}, "sure": {"it": 0.25}}
    pick = {"one": "/a/b/1/c", "none": "/a/z"}
    found = shaped(tmp_path, document, "pick", pick=pick, sure="/sure/it").document
    assert found == {"one": "x", "confidence": 0.25}
    assert shaped(tmp_path, {"a": 1, "confidence": 0.5}, "pick").document == {
        "a": 1,
        "confidence": 0.5,
    }


def test_what_breaks_the_schema_is_sure_of_nothing(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["total"]}
    ran = shaped(tmp_path, {"a": 1, "confidence": 0.9}, "pick", schema=schema)
    assert ran.document == {"a": 1, "confidence": 0.0}
    assert ran.warnings == ["does_not_fit"]


def test_people_begin_with_the_defaults_of_the_schema(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"labels": {"default": []}, "note": {}}}
    ran = run(Answers(), tmp_path, b"\x00", "image/png", {"shape": "blank", "schema": schema})
    assert ran.document == {"labels": [], "confidence": 0.0}


def test_a_document_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="'transcript'"):
        shaped(tmp_path, {"words": "none"}, "transcript")


def test_it_is_a_good_engine(tmp_path: Path) -> None:
    file = tmp_path / "found.json"
    file.write_text(json.dumps({"label": "a", "confidence": 0.5}))
    assert_conforms(FOLDER, [Sample(file, parameters={"shape": "pick"})])
