"""Every refusal is `{"message": …}`, names the field, and takes a status that the client reads."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from jobmill.core import errors as core
from jobmill.core.jobs.states import JobState
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.errors import STATUS, error_answer, status_of
from jobmill.dialects.superai.mapping.states import STATUS as WORDS
from jobmill.dialects.superai.mapping.states import states_of
from tests.dialects.superai.conftest import MOUNT, Caller, ended, job_of
from tests.running import Running


def errors_below(family: type[core.JobmillError]) -> Iterator[type[core.JobmillError]]:
    yield family
    for child in family.__subclasses__():
        yield from errors_below(child)


@pytest.mark.parametrize("error", sorted(set(errors_below(core.JobmillError)), key=str))
def test_every_error_has_an_answer(error: type[core.JobmillError]) -> None:
    answer = error_answer(error("What is wrong.", field="inputs"))
    body = json.loads(bytes(answer.body))
    assert body == {"message": "What is wrong.", "code": error.code, "field": "inputs"}
    assert answer.status_code == status_of(error)
    # The client takes these two for what they are not.
    assert (answer.status_code == 409) == issubclass(error, core.NameTaken)
    assert (answer.status_code == 401) == issubclass(error, core.NotAuthenticated)


def test_every_family_of_the_core_is_in_the_table() -> None:
    assert set(core.JobmillError.__subclasses__()) <= set(STATUS)


def test_every_state_has_a_status_and_every_status_a_state() -> None:
    assert set(WORDS) == set(JobState)
    assert set(WORDS.values()) == set(vendor.STATUSES)
    assert {state for word in vendor.STATUSES for state in states_of(word)} == set(JobState)


@pytest.mark.parametrize("headers", [{}, {"API-KEY": "no"}, {"API-KEY": ""}])
def test_a_key_is_needed(server: Running, headers: dict[str, str]) -> None:
    answer = httpx2.get(f"{server.url}{MOUNT}/apps", headers=headers)
    assert answer.status_code == 401
    # The client would ask the vendor's identity provider for another one.
    assert answer.json()["message"] != "Token is expired."


def test_a_bearer_key_does_too(server: Running) -> None:
    assert server.client.get(f"{MOUNT}/apps").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "nothing"), ("PUT", "apps"), ("DELETE", "apps/x"), ("GET", "links/x")],
)
def test_what_is_not_served_is_a_message_too(admin: Caller, method: str, path: str) -> None:
    assert "There is no" in admin.refused(404, method, path)


BODIES: list[tuple[Any, str]] = [
    ([], "body"),
    ({}, "inputs"),
    ({"inputs": []}, "inputs"),
    ({"inputs": {"a": 1}}, "inputs"),
    ({"inputs": [2]}, "inputs.0"),
    ({"inputs": [{"a": 1}, "two"]}, "inputs.1"),
    ({"inputs": [{"a": 1}, {"a": 2}, None]}, "inputs.2"),
    ({"inputs": [{"a": 1}, {"a": 2}], "tags": ["x" * 101]}, "tags"),
    ({"inputs": [{"a": 1}, {"a": 2}], "callbackUrl": "nowhere"}, "callbackUrl"),
    ({"inputsFileUrl": "data://1/nothing.json"}, "inputsFileUrl"),
    ({"inputsFileUrl": "data://../nothing.json"}, "inputsFileUrl"),
    ({"inputsFileUrl": "http://10.0.0.1/a.json"}, "inputsFileUrl"),
    ({"inputsFileUrl": "nothing"}, "inputsFileUrl"),
    ({"inputsFileUrl": 1}, "inputsFileUrl"),
    ({"inputs": [{"a": 1}, {"a": 2}], "key": ""}, "key"),
    ({"inputs": [{"a": 1}], "inputsFileUrl": "data://1/a.json"}, "inputs"),
    ({"inputs": [{"a": 1}], "input": 1}, "input"),
    ({"inputs": [{"a": 1}], "callbackUrl": 1}, "callbackUrl"),
    ({"inputs": [{"a": 1}], "callbackUrl": "nowhere"}, "callbackUrl"),
    ({"inputs": [{"a": 1}], "callbackUrl": "ftp://a.b/"}, "callbackUrl"),
    ({"inputs": [{"a": 1}], "metadata": []}, "metadata"),
    ({"inputs": [{"a": 1}], "tags": [1]}, "tags"),
    ({"inputs": [{"a": 1}], "tags": ["x" * 101]}, "tags"),
    ({"inputs": [{"a": 1}], "pending": "later"}, "pending"),
    ({"inputs": [{"a": 1}], "labeler": "robots"}, "labeler"),
]


@pytest.mark.parametrize(("body", "field"), BODIES)
def test_a_wrong_body_names_its_field(admin: Caller, quick: str, body: Any, field: str) -> None:
    answer = admin.call("POST", f"apps/{quick}/jobs", body)
    assert answer.status_code in (400, 404), answer.text
    assert answer.json()["field"] == field, answer.text
    assert answer.json()["message"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"callbackUrl": "ftp://a.b/"}, "callbackUrl: Only http"),
        ({"metadata": {"": 1}}, "metadata: a key has"),
        ({"tags": ["x" * 101]}, "tags: "),
    ],
)
def test_what_all_jobs_share_is_not_blamed_on_a_row(
    admin: Caller, quick: str, more: Any, said: str
) -> None:
    message = admin.refused(400, "POST", f"apps/{quick}/jobs", {"inputs": [{"a": 1}], **more})
    assert message.startswith(said)
    assert "inputs.0" not in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "empty"),
        (b"{", "not valid JSON"),
        (b'{"inputs": [{"a": NaN}]}', "NaN"),
        (b'{"inputs": [{"a": "\xe9"}]}', "not UTF-8"),
        (b'{"inputs": [{"a": 1}], "inputs": [{"a": 2}]}', "inputs: the key stands twice"),
        (b'{"inputs": [{"a": 1}, {"b": {"c": 1, "c": 2}}]}', "inputs.1.b.c: the key stands twice"),
        (b"[" * 300, "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"inputs": [{"a": "\\ud800"}]}', "not valid JSON"),
        (b'{"inputs": [{"a": 1e999}]}', "too large"),
        (b'{"inputs": [{"a": ' + b"[" * 250 + b"]" * 250 + b"}]}", "deeper"),
    ],
)
def test_a_broken_body_is_refused_with_its_place(
    admin: Caller, quick: str, text: bytes, said: str
) -> None:
    message = admin.refused(400, "POST", f"apps/{quick}/jobs", content=text)
    assert said in message


def test_a_body_beyond_four_megabytes_is_refused(admin: Caller, quick: str) -> None:
    body = {"inputs": [{"text": "x" * vendor.BODY_CAP}]}
    assert "larger than" in admin.refused(413, "POST", f"apps/{quick}/jobs", body)


@pytest.mark.parametrize("app", ["nothing", "0190f9a1-0000-7000-8000-000000000000", "%00"])
def test_an_unknown_app_is_not_found(admin: Caller, app: str) -> None:
    for method, body in (("GET", None), ("POST", {"inputs": [{"a": 1}]})):
        admin.refused(404, method, f"apps/{app}/jobs", body)
    admin.refused(404, "GET", f"apps/{app}")


@pytest.mark.parametrize("job", ["nothing", "999999999", "9" * 30, "0", "-1", "%00", "１"])
def test_an_unknown_job_is_not_found(admin: Caller, job: str) -> None:
    for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/restart"), ("DELETE", "")):
        admin.refused(404, method, f"jobs/{job}{path}")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"statusIn": "DONE"}, "statusIn"),
        ({"createdStartDate": "yesterday"}, "createdStartDate"),
        ({"sortBy": "colour"}, "sortBy"),
        ({"orderBy": "up"}, "orderBy"),
        ({"size": "1001"}, "size"),
        ({"page": "x"}, "page"),
        ({"idSearch": "x"}, "idSearch"),
    ],
)
def test_a_wrong_query_names_its_field(
    admin: Caller, quick: str, query: dict[str, str], field: str
) -> None:
    said = admin.refused(400, "GET", f"apps/{quick}/jobs", params=query)
    assert said.startswith(f"{field}: ")


def test_a_state_that_does_not_allow_it_is_said(server: Running, admin: Caller, quick: str) -> None:
    job = ended(server, admin, job_of(admin, quick))
    for action in ("cancel", "suspend"):
        assert "completed" in admin.refused(400, "POST", f"jobs/{job['id']}/{action}")
    admin.call("DELETE", f"jobs/{job['id']}")
    admin.refused(404, "GET", f"jobs/{job['id']}")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "jobs"), ("PUT", "jobs/tags"), ("DELETE", "jobs"), ("POST", "job_responses")],
)
def test_an_unknown_batch_of_a_query_is_named(
    admin: Caller, quick: str, method: str, path: str
) -> None:
    body = {"tags": ["a"]} if method == "PUT" else None
    params = {"batchId": "nothing"}
    answer = admin.call(method, f"apps/{quick}/{path}", body, params=params)
    assert (answer.status_code, answer.json()["field"]) == (404, "batchId")
