"""What is sent again, what is not, and what every refusal becomes."""

from collections.abc import Callable, Iterator

import httpx2
import pytest

from jobmill_client import (
    AnswerNotUnderstood,
    Conflict,
    InvalidInput,
    JobmillError,
    LimitExceeded,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotReachable,
    Patience,
    ServerFailed,
    Unavailable,
)
from jobmill_client import Jobmill as Client

JOB = {"id": "a", "number": 1, "state": "queued"}
Step = httpx2.Response | Exception


class Script:
    """A server that answers one step after the other, and keeps what it was sent."""

    def __init__(self, *steps: Step) -> None:
        self._steps = iter(steps)
        self.sent: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.sent.append(request)
        step = next(self._steps)
        if isinstance(step, Exception):
            raise step
        return step


Scripted = Callable[..., tuple[Client, Script]]


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    made: list[Client] = []

    def make(*steps: Step) -> tuple[Client, Script]:
        script = Script(*steps)
        patience = Patience(attempts=3, first_pause=0.0)
        transport = httpx2.MockTransport(script)
        made.append(Client("http://server", "key", patience=patience, transport=transport))
        return made[-1], script

    yield make
    for client in made:
        client.close()


def answer(status: int, body: object, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json=body, headers=headers)


def test_a_busy_server_is_asked_again(scripted: Scripted) -> None:
    client, script = scripted(answer(503, {}), answer(429, {}), answer(200, JOB))
    assert client.jobs.get("a").id == "a"
    assert len(script.sent) == 3


def test_patience_ends(scripted: Scripted) -> None:
    client, script = scripted(*[answer(503, {"detail": "Full."})] * 3)
    with pytest.raises(Unavailable, match="Full"):
        client.jobs.get("a")
    assert len(script.sent) == 3


def test_a_broken_connection_is_tried_again_for_what_may_be_repeated(scripted: Scripted) -> None:
    client, script = scripted(httpx2.ReadError("gone"), answer(201, JOB))
    client.jobs.create(input={"json": 1}, features=["A"])
    first, second = (request.headers["idempotency-key"] for request in script.sent)
    assert first == second


def test_two_creations_never_share_a_key(scripted: Scripted) -> None:
    client, script = scripted(answer(201, JOB), answer(201, JOB))
    for _ in range(2):
        client.jobs.create(input={"json": 1}, features=["A"])
    first, second = (request.headers["idempotency-key"] for request in script.sent)
    assert first != second


def test_what_must_not_happen_twice_is_not_repeated(scripted: Scripted) -> None:
    client, script = scripted(httpx2.ReadError("gone"))
    with pytest.raises(NotReachable):
        client.jobs.retry("a")
    assert len(script.sent) == 1


def test_a_connection_that_never_came_about_is_always_tried_again(scripted: Scripted) -> None:
    client, script = scripted(httpx2.ConnectError("refused"), answer(200, JOB))
    client.jobs.retry("a")
    assert len(script.sent) == 2


@pytest.mark.parametrize(
    ("status", "family"),
    [
        (400, InvalidInput),
        (401, NotAuthenticated),
        (403, NotAllowed),
        (404, NotFound),
        (409, Conflict),
        (413, LimitExceeded),
        (415, InvalidInput),
        (422, InvalidInput),
        (429, LimitExceeded),
        (500, ServerFailed),
        (503, Unavailable),
    ],
)
def test_each_refusal_has_its_family(
    scripted: Scripted, status: int, family: type[JobmillError]
) -> None:
    problem = {"detail": "No.", "code": "some_code", "field": "input.path", "fix": "Do that."}
    client, _ = scripted(*[answer(status, problem)] * 3)
    with pytest.raises(family) as caught:
        client.jobs.get("a")
    error = caught.value
    assert type(error) is family
    assert (error.message, error.code, error.status) == ("No.", "some_code", status)
    assert (error.field, error.fix) == ("input.path", "Do that.")


def test_a_stranger_on_the_port_is_recognised(scripted: Scripted) -> None:
    client, _ = scripted(httpx2.Response(200, text="<html>Hello</html>"))
    with pytest.raises(AnswerNotUnderstood, match="not JSON"):
        client.jobs.get("a")


def test_no_server_at_all_is_not_reachable_and_says_what_to_do() -> None:
    import socket

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with Client(url, patience=Patience(attempts=1)) as client:
            assert not client.ready()
            with pytest.raises(NotReachable) as caught:
                client.jobs.get(1)
    assert "jobmill serve" in (caught.value.fix or "")
