import json
from collections.abc import Iterator

import pytest

from jobmill.core import errors as core
from jobmill.dialects.gentoo.errors import STATUS, error_answer, status_of

NAMES = {
    "INVALID_ARGUMENT": {400},
    "UNAUTHENTICATED": {401},
    "PERMISSION_DENIED": {403},
    "NOT_FOUND": {404},
    "ALREADY_EXISTS": {409},
    "FAILED_PRECONDITION": {409},
    "RESOURCE_EXHAUSTED": {413, 429},
    "UNAVAILABLE": {503},
    "INTERNAL": {500},
}


def errors_below(family: type[core.JobmillError]) -> Iterator[type[core.JobmillError]]:
    yield family
    for child in family.__subclasses__():
        yield from errors_below(child)


@pytest.mark.parametrize("error", sorted(set(errors_below(core.JobmillError)), key=str))
def test_every_error_has_an_answer_in_googles_shape(error: type[core.JobmillError]) -> None:
    code, status = status_of(error)
    assert code in NAMES[status]
    if error not in (core.JobmillError, core.InternalError):
        assert code != 500, "an error of ours that a caller can bring about has a family"

    answer = error_answer(error("What is wrong.", field="inputUri"))

    body = json.loads(bytes(answer.body))["error"]
    assert answer.status_code == body["code"] == code
    assert (body["message"], body["status"]) == ("What is wrong.", status)
    assert body["details"][0]["fieldViolations"][0]["field"] == "inputUri"


def test_every_family_of_the_core_is_in_the_table() -> None:
    assert set(core.JobmillError.__subclasses__()) <= set(STATUS)


def test_parameters_are_named_in_the_vendors_words() -> None:
    error = core.InvalidInput("params.IN_BLACK.delay: too small.", field="params.IN_BLACK.delay")

    body = json.loads(bytes(error_answer(error).body))["error"]

    assert body["message"] == "videoContext.inBlackConfig.delay: too small."
    assert body["details"][0]["fieldViolations"][0]["field"] == "videoContext.inBlackConfig.delay"


def test_a_refused_key_says_how_to_send_one() -> None:
    assert error_answer(core.NotAuthenticated()).headers["www-authenticate"] == "Bearer"


def test_an_input_is_named_as_the_vendor_names_it() -> None:
    error = core.InvalidInput("A path must not hold '..'.", field="input.path")

    body = json.loads(bytes(error_answer(error).body))["error"]

    assert body["message"] == "inputUri: A path must not hold '..'."
    assert body["details"][0]["fieldViolations"][0]["field"] == "inputUri"
