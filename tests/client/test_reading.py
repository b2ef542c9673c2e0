"""Answers become objects, whatever a newer or older server adds or leaves out."""

from datetime import UTC, datetime

import pytest

from jobmill_client import AnswerNotUnderstood, Event, Job
from jobmill_client.reading import read

LEAST = {"id": "a", "number": 1, "state": "queued"}


def test_a_member_that_is_not_known_stays_in_raw_and_does_no_harm() -> None:
    job = read(Job, {**LEAST, "colour": "red"})
    assert job.raw["colour"] == "red"
    assert job.number == 1


def test_what_is_missing_or_null_takes_its_default() -> None:
    job = read(Job, {**LEAST, "wait_reason": None})
    assert job.wait_reason is None
    assert job.features == ()
    assert job.progress.percent == 0


def test_nested_answers_are_objects_too() -> None:
    job = read(
        Job,
        {
            **LEAST,
            "created_at": "2026-01-31T12:00:00.000001Z",
            "warnings": [{"code": "no_video", "feature": "FREEZE", "new": 1}],
            "progress": {"percent": 7, "features": [{"feature": "A", "percent": 7}]},
            "reason": {"code": "not_media", "message": "No.", "task": "scan", "kind": "input"},
        },
    )
    assert job.created_at == datetime(2026, 1, 31, 12, 0, 0, 1, tzinfo=UTC)
    assert job.warnings[0].feature == "FREEZE"
    assert job.progress.features[0].percent == 7
    assert job.reason is not None
    assert job.reason.kind == "input"


@pytest.mark.parametrize(
    "answer", [{}, [], None, "text", {**LEAST, "number": "many"}, {**LEAST, "created_at": "soon"}]
)
def test_an_answer_of_another_kind_is_refused(answer: object) -> None:
    with pytest.raises(AnswerNotUnderstood):
        read(Job, answer)


def test_an_event_keeps_its_data_as_it_came() -> None:
    event = read(Event, {"number": 3, "type": "task.done", "data": {"attempt": {"deep": [1]}}})
    assert event.data == {"attempt": {"deep": [1]}}
