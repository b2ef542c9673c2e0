"""The pure parts: ids, times, priorities, states, payloads, the catalogue."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core import errors as core
from jobmill.core.ids import new_id
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.dialects.aiware.errors import NAMES, error_body, name_of
from jobmill.dialects.aiware.graphql.documents import SDL
from jobmill.dialects.aiware.mapping.catalogue import catalogue, engine_id, engine_named
from jobmill.dialects.aiware.mapping.ids import (
    day_of,
    job_day_and_number,
    job_id,
    job_of_task,
    number_from,
    task_id,
)
from jobmill.dialects.aiware.mapping.jobs import CLASSES, REASONS
from jobmill.dialects.aiware.mapping.payloads import parameters_from, snake
from jobmill.dialects.aiware.mapping.priorities import priority_from, priority_of
from jobmill.dialects.aiware.mapping.states import JOB_STATUS, TASK_STATUS
from jobmill.dialects.aiware.mapping.times import moment_from, text_of
from jobmill_engine.manifest import Manifest

NUMBERS = st.integers(min_value=1, max_value=62**10 - 1)


@given(NUMBERS)
def test_a_jobs_id_leads_back_to_its_number(number: int) -> None:
    uuid7 = new_id(1_646_265_600_000)
    name = job_id(uuid7, number)
    assert job_day_and_number(name) == ("22030903", number)
    assert name.startswith("22030903_")
    assert len(name) == 19


@given(NUMBERS, st.integers(min_value=1, max_value=2**40))
def test_a_tasks_id_begins_with_its_jobs(number: int, task: int) -> None:
    job = job_id(new_id(), number)
    assert job_of_task(task_id(job, task)) == job


def test_ids_of_neighbours_do_not_look_alike() -> None:
    uuid7 = new_id()
    first, second = job_id(uuid7, 1), job_id(uuid7, 2)
    assert sum(a != b for a, b in zip(first[9:], second[9:], strict=True)) >= 6


@pytest.mark.parametrize(
    "text", ["", "x", "22030903_", "22030903-aaaaaaaaaa", "22030903_aaaaaaaaa!"]
)
def test_what_is_no_id_is_none(text: str) -> None:
    assert job_day_and_number(text) is None
    assert job_of_task(text) is None


def test_a_week_is_counted_as_iso_counts_it() -> None:
    new_year = new_id(int(datetime(2027, 1, 1, tzinfo=UTC).timestamp() * 1000))
    assert day_of(new_year) == "27015301"


@pytest.mark.parametrize("text", ["0", "01", "-1", "1.0", "x", "9" * 19])
def test_a_recordings_id_is_a_plain_number(text: str) -> None:
    assert number_from(text) is None
    assert number_from("17") == 17


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (1574311000, "2019-11-21T04:36:40.000Z"),
        (1574311000.25, "2019-11-21T04:36:40.250Z"),
        (1574311000123, "2019-11-21T04:36:40.123Z"),
        ("1574311001", "2019-11-21T04:36:41.000Z"),
        ("2019-11-21T04:36:40.5Z", "2019-11-21T04:36:40.500Z"),
        ("2019-11-21T05:36:40+01:00", "2019-11-21T04:36:40.000Z"),
        ("2019-11-21", "2019-11-21T00:00:00.000Z"),
        (0, "1970-01-01T00:00:00.000Z"),
        (
            "Thu Nov 21 2019 05:36:40 GMT+0100 (Central European Standard Time)",
            "2019-11-21T04:36:40.000Z",
        ),
        ("Thu Nov 21 2019 04:36:40 GMT+0000", "2019-11-21T04:36:40.000Z"),
    ],
)
def test_moments_are_read_in_every_form(given: Any, expected: str) -> None:
    found = moment_from(given)
    assert found is not None
    assert text_of(found) == expected


@pytest.mark.parametrize(
    "given",
    [True, None, "tomorrow", -1, 1e40, "", [], {}, "Thu Foo 21 2019 04:36:40 GMT+0000"],
)
def test_what_is_no_moment_is_none(given: Any) -> None:
    assert moment_from(given) is None


@given(st.integers(min_value=-(2**31), max_value=2**31))
def test_priorities_keep_their_order(given: int) -> None:
    ours = priority_from(given)
    assert 0 <= ours <= 139
    assert ours <= priority_from(given + 1)


def test_the_vendors_own_steps_stay_apart() -> None:
    steps = [-100, -20, -10, 0, 10, 50]
    ours = [priority_from(each) for each in steps]
    assert ours == sorted(set(ours))
    assert priority_of(priority_from(0)) == 0


def test_every_state_has_a_word_that_the_schema_knows() -> None:
    assert JOB_STATUS.keys() == set(JobState)
    assert TASK_STATUS.keys() == set(TaskState)
    text = SDL.read_text()
    words = text.split("enum TaskStatus {")[1].split("}")[0].split()
    assert {*JOB_STATUS.values(), *TASK_STATUS.values()} <= set(words)
    listed = {"pending", "complete", "running", "cancelled", "queued", "failed"}
    assert set(JOB_STATUS.values()) <= listed


def errors_below(family: type[core.JobmillError]) -> set[type[core.JobmillError]]:
    below = {each for child in family.__subclasses__() for each in errors_below(child)}
    return {family} | below


def test_every_error_has_a_name_of_the_vendors() -> None:
    names = {
        "not_found", "not_allowed", "invalid_input", "capacity_exceeded", "authentication_error",
        "rate_limited", "not_implemented", "service_unavailable", "service_failure",
        "internal_error",
    }  # fmt: skip
    for error in errors_below(core.JobmillError):
        assert name_of(error) in names
        body = error_body(error("What is wrong.", field="f"))
        assert body["data"]["serviceMessage"] == "What is wrong."
    assert set(core.JobmillError.__subclasses__()) - {*NAMES} <= errors_below(core.JobmillError)


def manifest(**schema: Any) -> Manifest:
    return Manifest("chunker", "C", "ingestion", "1", "x", ("c",), Path("/"), parameters=schema)


def test_payloads_become_parameters_by_table_by_name_and_by_type() -> None:
    schema = {
        "chunk_seconds": {"type": "number"},
        "template": {"enum": ["audio"]},
        "frames_per_second": {"type": ["number", "string"]},
        "exact_cuts": {"type": "boolean"},
    }
    payload = {
        "ffmpegTemplate": "audio",
        "customFFMPEGProperties": {"chunkSizeInSeconds": "20", "framesPerSecond": "1/60"},
        "exactCuts": "true",
        "url": "https://x",
        "organizationId": 7,
    }
    found = parameters_from(payload, manifest(properties=schema, additionalProperties=False))
    assert found == {
        "template": "audio",
        "chunk_seconds": 20,
        "frames_per_second": "1/60",
        "exact_cuts": True,
    }


def test_an_engine_without_a_schema_gets_all_but_what_names_the_input() -> None:
    assert parameters_from({"a": "1", "url": "u"}, manifest()) == {"a": "1"}


@pytest.mark.parametrize(
    ("given", "expected"), [("chunkSizeInSeconds", "chunk_size_in_seconds"), ("aURL", "a_url")]
)
def test_names_are_turned(given: str, expected: str) -> None:
    assert snake(given) == expected


def test_engines_are_known_by_the_vendors_ids_by_made_ones_and_by_ours() -> None:
    installed = {"chunker": manifest(), "mine": manifest()}
    assert engine_named("8BDB0E3B-ff28-4f6e-a3ba-887bd06e6440", installed) == "chunker"
    assert engine_named(engine_id("mine"), installed) == "mine"
    assert engine_named("mine", installed) == "mine"
    assert engine_named("other", installed) is None


def test_the_catalogue_names_everything_once() -> None:
    tables = catalogue()
    ids = [each for known in tables.by_engine.values() for each in known.ids]
    assert len(ids) == len(set(ids)) == len(tables.by_id)
    words = [word for category in tables.categories for word in category.ours]
    assert len(words) == len(set(words))


def test_reasons_are_of_codes_that_there_are() -> None:
    docs = Path(__file__).parents[3] / "docs"
    told = "".join(page.read_text(encoding="utf-8") for page in docs.rglob("*.md"))
    words = set(build_schema(SDL.read_text(encoding="utf-8")).type_map["TaskFailureReason"].values)

    assert set(REASONS.values()) <= words
    assert set(CLASSES.values()) <= words
    assert [code for code in REASONS if f"`{code}`" not in told] == []
