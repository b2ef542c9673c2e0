"""All errors of the core through all transports: each has its answer, in the transport's shape."""

import json
from collections.abc import Iterator

import pytest
from starlette.requests import Request

from jobmill.api.errors import HEADERS, problem_of, status_of
from jobmill.bootstrap.app import dialects
from jobmill.core.errors import JobmillError
from jobmill.http.dialect import Dialect
from tests.running import Running


def errors(family: type[JobmillError] = JobmillError) -> Iterator[type[JobmillError]]:
    """Every error there is."""
    yield family
    for kin in family.__subclasses__():
        yield from errors(kin)


ERRORS = sorted(
    (error for error in set(errors()) if error.__module__.startswith("jobmill.core.")),
    key=lambda error: error.__name__,
)
CODES = [error.code for error in ERRORS]


def a_request() -> Request:
    return Request({"type": "http", "headers": [], "request_id": "r-1"})


@pytest.mark.parametrize("error", ERRORS)
def test_the_native_api_has_a_problem_for_every_error(error: type[JobmillError]) -> None:
    answer = problem_of(a_request(), error("What is wrong.", field="input.path", fix="Mend it."))
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(bytes(answer.body))
    assert problem == {
        "type": f"urn:jobmill:{error.code}",
        "title": problem["title"],
        "status": answer.status_code,
        "detail": "What is wrong.",
        "code": error.code,
        "field": "input.path",
        "fix": "Mend it.",
        "request_id": "r-1",
    }
    assert problem["title"].endswith((".", "more."))
    assert 400 <= answer.status_code < 600
    for name, value in HEADERS.get(answer.status_code, {}).items():
        assert answer.headers[name] == value


@pytest.mark.parametrize("dialect", list(dialects()), ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("error", ERRORS)
def test_every_dialect_has_an_answer_for_every_error(
    dialect: Dialect, error: type[JobmillError]
) -> None:
    assert dialect.refusal is not None, "give DIALECT its `refusal`"
    answer = dialect.refusal(error("What is wrong."))
    assert "What is wrong." in bytes(answer.body).decode()


def test_codes_are_stable_words_of_one_error_each() -> None:
    assert len(set(CODES)) == len(CODES)
    assert all(code.replace("_", "").isalpha() and code.islower() for code in CODES)


def test_only_a_surprise_is_our_fault() -> None:
    ours = {error.__name__ for error in ERRORS if status_of(error) == 500}
    assert ours == {"JobmillError", "InternalError"}


def test_a_surprise_is_a_500_that_leaks_nothing_and_is_found_in_the_log(
    idle: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def explode(*_: object) -> None:
        raise RuntimeError("the secret of /etc")

    monkeypatch.setattr("jobmill.api.engines.list_engines", explode)
    answer = idle.client.get("/api/v1/engines", headers={"X-Request-Id": "my-own-id"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "my-own-id"
    logged = capsys.readouterr()
    assert "my-own-id" in logged.out + logged.err
    assert "the secret of /etc" in logged.out + logged.err


def test_a_database_that_refuses_is_a_503_and_says_when_to_come_again(
    idle: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobmill.core.errors import Unavailable

    async def refuse(*_: object) -> None:
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(type(idle.house.database), "write", refuse)
    body = {"tasks": [{"engine": "noop"}], "input": {"json": 1}}
    answer = idle.client.post("/api/v1/jobs", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (503, "The disk is full.")
    assert answer.headers["retry-after"] == "5"
