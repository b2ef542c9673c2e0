"""Errors in Edge's shape: every one of the core, and those of paths and methods."""

import json
from collections.abc import Iterator

import pytest

from jobmill.core import errors as core
from jobmill.dialects.aiware.edge.errors import STATUS, error_answer, status_of
from tests.dialects.aiware.edge.shapes import ERROR, check
from tests.dialects.aiware.edge.speaking import MOUNT, Edge

CODES = {400, 401, 403, 404, 405, 409, 413, 429, 501, 503}


def errors_below(family: type[core.JobmillError]) -> Iterator[type[core.JobmillError]]:
    if family.__module__.startswith("jobmill.core"):
        yield family
    for child in family.__subclasses__():
        yield from errors_below(child)


@pytest.mark.parametrize("error", sorted(set(errors_below(core.JobmillError)), key=str))
def test_every_error_has_an_answer_in_edges_shape(error: type[core.JobmillError]) -> None:
    if error not in (core.JobmillError, core.InternalError):
        assert status_of(error) in CODES

    answer = error_answer(error("What is wrong.", field="jobs"))

    body = json.loads(bytes(answer.body))
    check(body, ERROR)
    assert answer.status_code == status_of(error)
    assert (body["description"], body["detail"], body["field"]) == (
        "What is wrong.",
        "field=jobs",
        "jobs",
    )


def test_every_family_of_the_core_is_in_the_table() -> None:
    families = set(core.JobmillError.__subclasses__())
    assert {each for each in families if each in set(errors_below(each))} <= set(STATUS)


def test_a_caller_is_told_when_to_come_back() -> None:
    answer = error_answer(core.TooManyAttempts("Wait.", retry_after=7))

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert error_answer(core.Unavailable()).headers["retry-after"]


def test_unknown_paths_and_methods_are_told_in_edges_shape(edge: Edge) -> None:
    for method, path, code in (
        ("GET", "/nothing", 404),
        ("GET", "", 404),
        ("DELETE", "/proc/jobs", 405),
        ("GET", "/proc/job/create", 405),
        ("GET", "/proc/job/x/performance", 501),
        ("POST", "/engine/instance/register", 501),
        ("GET", "/proc/job/x/status", 404),
    ):
        answer = edge.call(method, path)
        assert answer.status_code == code, (method, path, answer.text)
        check(answer.json(), ERROR)
    assert edge.call("DELETE", "/proc/jobs").headers["allow"] == "GET"


def test_every_answer_has_edges_headers(edge: Edge) -> None:
    for path, code in (("/ping", 200), ("/nothing", 404), ("/proc/job/x/status", 404)):
        answer = edge.call("GET", path, headers={"X-Correlation-Id": "a-b:7"})
        assert answer.status_code == code
        assert answer.headers["x-correlation-id"] == "a-b:7"
        assert answer.headers["x-aiware-version"] == "3.15.1"
    assert edge.http.get(f"{MOUNT}/ping").headers["x-correlation-id"]
    odd = {"X-Correlation-Id": "a b" * 200}
    assert edge.call("GET", "/ping", headers=odd).headers["x-correlation-id"] != odd
