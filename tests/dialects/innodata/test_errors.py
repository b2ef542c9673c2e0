"""Every error of the core has an answer in the envelope."""

import json
from collections.abc import Iterator

import pytest

from jobmill.core import errors as core
from jobmill.core.jobs.service import Collaborator
from jobmill.core.jobs.states import JobState
from jobmill.dialects.innodata import schema as vendor
from jobmill.dialects.innodata.envelope import refused
from jobmill.dialects.innodata.errors import STATUS, status_of
from jobmill.dialects.innodata.mapping.create_job import in_vendor_words
from jobmill.dialects.innodata.mapping.jobs import STATUS as WORDS
from jobmill.dialects.innodata.mapping.jobs import states_of


def errors_below(family: type[core.JobmillError]) -> Iterator[type[core.JobmillError]]:
    yield family
    for child in family.__subclasses__():
        yield from errors_below(child)


@pytest.mark.parametrize("error", sorted(set(errors_below(core.JobmillError)), key=str))
def test_every_error_has_an_answer_in_the_envelope(error: type[core.JobmillError]) -> None:
    status = status_of(error)
    assert 400 <= status < 600
    if error not in (core.JobmillError, core.InternalError):
        assert status != 500, "an error of ours that a caller can bring about has a family"

    answer = refused(error("What is wrong.", field="contents"))

    body = json.loads(bytes(answer.body))
    assert (body["success"], body["status_code"], answer.status_code) == (False, status, status)
    assert body["response"]["error"] == {
        "code": error.code,
        "message": "What is wrong.",
        "details": {"field": "contents"},
    }


def test_every_family_of_the_core_is_in_the_table() -> None:
    assert set(core.JobmillError.__subclasses__()) <= set(STATUS)


def test_a_refused_key_says_how_to_send_one() -> None:
    assert refused(core.NotAuthenticated()).headers["www-authenticate"].startswith("Basic")


def test_every_state_has_a_word_and_every_word_a_state() -> None:
    assert set(WORDS) == set(JobState)
    assert set(WORDS.values()) == set(vendor.STATUSES)
    assert {state for word in vendor.STATUSES for state in states_of(word)} == set(JobState)
    assert states_of("nonsense") == ()


@pytest.mark.parametrize(
    ("field", "own"),
    [
        ("input.asset", "contents"),
        ("collaborators.0.team", "collaboration.teams.0"),
        ("collaborators.1.user", "collaboration.users.0"),
        ("tasks.3.engine", "type"),
        ("priority", "priority"),
    ],
)
def test_fields_are_named_as_the_client_wrote_them(field: str, own: str) -> None:
    shared = [Collaborator(team="t"), Collaborator(user="u")]
    error = in_vendor_words(core.InvalidInput(f"{field}: wrong.", field=field), shared)
    assert (error.field, error.message) == (own, f"{own}: wrong.")
