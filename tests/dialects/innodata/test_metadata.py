"""Unknown fields become metadata; dotted and nested names mean the same."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobmill.core.errors import InvalidInput
from jobmill.core.ids import OrganizationNumber
from jobmill.core.pipelines import builtin_pipeline
from jobmill.dialects.innodata.mapping.create_job import read_job, wanted_of
from jobmill.dialects.innodata.mapping.job_types import job_type_of
from jobmill.dialects.innodata.mapping.metadata import merged, settings_of
from jobmill.dialects.innodata.mapping.reading import Fields

URI = "http://localhost/v1.1/documents/0199b0c0-0000-7000-8000-000000000000/contents"
INPUT = {"contents": [{"role": "input", "uri": URI}]}
ALIKE = [
    {"mapping.taxonomy": "t.json"},
    {"mapping": {"taxonomy": "t.json"}},
    {"Mapping": {"TAXONOMY": "t.json"}},
    {"metadata": {"mapping.taxonomy": "t.json"}},
    {"METADATA": {"mapping": {"taxonomy": "t.json"}}},
    {"mapping": {"taxonomy": "not this"}, "metadata": {"mapping.taxonomy": "t.json"}},
    {"mapping": {"taxonomy": "t.json"}, "mapping.taxonomy": "t.json"},
]


def extraction() -> Any:
    pipeline = builtin_pipeline(OrganizationNumber(1), "data-point-extraction")
    assert pipeline is not None
    return job_type_of(pipeline)


@pytest.mark.parametrize("body", ALIKE)
def test_every_way_of_writing_a_field_is_understood(body: dict[str, Any]) -> None:
    asked = read_job(Fields({"type": "data-point-extraction", **INPUT, **body}, "body"))
    assert wanted_of(asked, extraction()).taxonomies == {"mapping.taxonomy": "t.json"}


def test_fields_become_parameters_of_tasks() -> None:
    body = {
        "type": "data-point-extraction",
        **INPUT,
        "mapping": {"taxonomy": "t.json", "high_confidence_threshold": 0.8},
        "text-extraction.ocr": True,
        "zoning": {"high_resolution_image_height": 2048, "high_confidence_threshold": 2},
    }
    wanted = wanted_of(read_job(Fields(body, "body")), extraction())
    assert wanted.params == {
        "mapping": {"threshold": 0.8},
        "zoning": {"threshold": 2},
        "read": {"ocr": "always", "page_image_height": 2048},
    }


def test_two_values_of_one_field_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"mapping\.taxonomy: two different values"):
        settings_of({"mapping": {"taxonomy": "a"}, "mapping.taxonomy": "b"}, {})


def test_what_a_client_read_it_may_send_back() -> None:
    sent = {"type": "doc2xml", **INPUT, "id": "x", "Status": "blocked", "progress": {}, "mine": 1}
    assert read_job(Fields(sent, "body")).metadata == {"mine": 1}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["a", "b.c", "Ü"]), JSON, max_size=3))
def test_values_of_any_kind_are_kept_as_they_are(unknown: dict[str, Any]) -> None:
    sent = {"type": "x", **INPUT, **unknown}
    try:
        found = read_job(Fields(sent, "body")).metadata
    except InvalidInput as refusal:
        assert "two different values" in refusal.message  # noqa: PT017
    else:
        assert found == unknown


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from("abc"), JSON, max_size=3),
    st.dictionaries(st.sampled_from("abc"), JSON, max_size=3),
)
def test_what_stands_under_metadata_wins(unknown: dict[str, Any], own: dict[str, Any]) -> None:
    found = merged(unknown, own)
    assert found.keys() == unknown.keys() | own.keys()
    for key, value in own.items():
        if not (isinstance(value, dict) and isinstance(unknown.get(key), dict)):
            assert found[key] == value


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "mapping.taxonomy"),
        ({"mapping.taxonomy": None}, "mapping.taxonomy"),
        ({"mapping.high_confidence_threshold": "0.5"}, "mapping.high_confidence_threshold"),
        ({"mapping.high_confidence_threshold": -0.1}, "mapping.high_confidence_threshold"),
        ({"zoning": {"high_confidence_threshold": True}}, "zoning.high_confidence_threshold"),
        ({"text-extraction.ocr": "yes"}, "text-extraction.ocr"),
        ({"zoning.high_resolution_image_height": 1.5}, "zoning.high_resolution_image_height"),
        ({"zoning.high_resolution_image_height": 10**9}, "zoning.high_resolution_image_height"),
        ({"contents": []}, "contents"),
        ({"contents": [{"role": "input", "uri": URI}] * 2}, "contents"),
        ({"contents": [{"role": "input", "uri": URI}, {"role": "x", "uri": URI}]}, "contents"),
        ({"contents": "x"}, "contents"),
        ({"contents": [{"role": "input"}]}, "contents.0.uri"),
        ({"metadata": []}, "metadata"),
        ({"collaboration": {"teams": [{"steps": ["*"]}]}}, "collaboration.teams.0.id"),
        ({"collaboration": {"users": [{"id": "a", "steps": [1]}]}}, "collaboration.users.0.steps"),
        ({"TYPE": "doc2xml"}, "body"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], field: str) -> None:
    base = {"type": "data-point-extraction", **INPUT}
    if "mapping.taxonomy" not in fields and fields:
        base["mapping.taxonomy"] = "t.json"
    with pytest.raises(InvalidInput) as refusal:
        wanted_of(read_job(Fields({**base, **fields}, "body")), extraction())
    assert refusal.value.field == field
    assert refusal.value.message.startswith(f"{field}: ")
