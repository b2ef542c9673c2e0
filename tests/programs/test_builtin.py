"""The programs that are there from the beginning: each can be planned, and says what it takes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import jobmill_engines
from jobmill.adapters.manifests import FolderCatalog
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import InvalidInput
from jobmill.core.ids import OrganizationNumber
from jobmill.core.jobs.service.job_input import JobInput
from jobmill.core.jobs.service.programs import Found, bound, input_of, params_of
from jobmill.core.pipelines import Pipeline, builtin_pipeline, plan_definition
from jobmill.core.pipelines.builtin_programs import PROGRAMS
from jobmill.core.pipelines.program import checked_program
from jobmill.core.pipelines.schemas import SchemaCheck, checked_schema

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TAXONOMY = {"datapoints": [{"key": "total", "type": "money"}]}
GOOD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "document-extraction": (
        {"document_url": "data://in/a.pdf", "taxonomy": TAXONOMY},
        {"fields": {"total": "12"}, "missing": []},
    ),
    "image-text": (
        {"image_url": "https://a.example/sign.png", "languages": ["en"]},
        {"text": "STOP", "lines": [{"text": "STOP"}]},
    ),
    "transcription": (
        {"audio_url": "data://in/a.mp3", "language": "en"},
        {"text": "Hello.", "segments": [{"start_ms": 0, "end_ms": 10, "text": "Hello."}]},
    ),
    "translation": ({"text": "Hello", "target": "es"}, {"text": "Hola", "language": "es"}),
    "text-classification": (
        {"text": "They won.", "labels": ["sports", {"name": "politics", "examples": ["Vote!"]}]},
        {"label": "sports", "scores": {"sports": 0.9, "politics": 0.1}},
    ),
    "image-faces": (
        {"image_url": "data://in/a.jpg"},
        {"objects": [{"type": "face", "box": {"x": 0, "y": 0, "width": 0.5, "height": 0.5}}]},
    ),
    "human-labelling": ({"tweet": "Nice!"}, {"labels": ["positive"]}),
}


@pytest.fixture(scope="module")
def catalog() -> EngineCatalog:
    return FolderCatalog([Path(jobmill_engines.__file__).parent])


def made(name: str) -> Pipeline:
    pipeline = builtin_pipeline(OrganizationNumber(1), name)
    assert pipeline is not None
    return pipeline


def test_every_program_has_an_example() -> None:
    assert set(GOOD) == set(PROGRAMS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_sound_and_plans_a_good_input(name: str, catalog: EngineCatalog) -> None:
    pipeline, (document, output) = made(name), GOOD[name]
    program = pipeline.program
    assert program is not None
    checked_program(program)
    checked_schema(program.output_schema, name)
    ready = bound(Found(pipeline, 1), NOW)
    assert ready is not None
    given, file = input_of(ready, JobInput(json=document))
    assert (file is None) == (
        program.file is None or name in ("translation", "text-classification")
    )
    plan = plan_definition(pipeline.working(), params_of(ready, given.json, {}), catalog)
    review = plan.tasks[-1].review
    assert plan.tasks[-1].name == program.answer
    assert review is not None
    assert review.form is not None
    assert not SchemaCheck(review.form).problems({**output, "confidence": 0.4})
    assert not program.output_problems(output)
    assert program.output_problems({"nothing": "of this"})


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_refuses_nothing_at_all(name: str) -> None:
    ready = bound(Found(made(name), 1), NOW)
    assert ready is not None
    with pytest.raises(InvalidInput) as refused:
        input_of(ready, JobInput(json={}))
    assert (refused.value.field or "").startswith("input")


def test_a_text_and_its_address_are_not_both_translated() -> None:
    ready = bound(Found(made("translation"), 1), NOW)
    assert ready is not None
    both = {"text": "a", "text_url": "data://a", "target": "es"}
    with pytest.raises(InvalidInput):
        input_of(ready, JobInput(json=both))
