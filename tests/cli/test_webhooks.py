"""Endpoints and deliveries, by commands."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Run
from tests.receiver import Receiver, answer, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture
def endpoint(run: Run, receiver: Receiver) -> Iterator[str]:
    made = run("endpoints", "add", receiver.url, "--event", "job.completed", "--json").json
    assert made["secret"].startswith("whsec_")
    yield made["id"]
    run("endpoints", "remove", made["id"])


def test_an_endpoint_is_added_listed_shown_and_removed(run: Run, receiver: Receiver) -> None:
    told = run("endpoints", "add", receiver.url, "-e", "task.*", "--description", "mine").out
    assert "secret" in told
    endpoint = next(line.split()[1] for line in told.splitlines() if line.startswith("id "))
    assert endpoint in run("endpoints", "list").out
    assert "task.*" in run("endpoints", "show", endpoint).out
    assert "secret" not in run("endpoints", "show", endpoint).out
    assert run("endpoints", "remove", endpoint).code == 0
    assert run("endpoints", "show", endpoint).code == 1


def test_a_ping_tells_how_it_went(run: Run, receiver: Receiver, endpoint: str) -> None:
    good = run("endpoints", "ping", endpoint)
    assert (good.code, good.out[:4]) == (0, "204 ")
    receiver.says = answer(500, b"oops")
    bad = run("endpoints", "ping", endpoint)
    assert (bad.code, bad.out[:4]) == (1, "500 ")


def test_deliveries_are_listed_shown_and_replayed(
    run: Run, receiver: Receiver, endpoint: str
) -> None:
    run("endpoints", "ping", endpoint)
    (delivery,) = run("deliveries", "list", endpoint, "--json").lines
    assert "endpoint.ping" in run("deliveries", "list", endpoint).out
    shown = run("deliveries", "show", delivery["id"])
    assert delivery["message"] in shown.out
    assert "204" in shown.out
    assert run("deliveries", "replay", delivery["id"]).code == 0
    receiver.wait(2)
    while run("deliveries", "list", endpoint, "--state", "pending", "--json").lines:
        pass  # the answer is there, its settlement follows
    count = run(
        *("endpoints", "replay", endpoint, "--from", "2020-01-01T00:00:00Z"),
        *("--state", "delivered", "--state", "pending", "--json"),
    ).json["count"]
    assert count == 1
    assert {got.id for got in receiver.wait(3)} == {delivery["message"]}


def test_a_disabled_endpoint_holds_and_says_so(run: Run, endpoint: str) -> None:
    assert "disabled (user)" in run("endpoints", "disable", endpoint).out
    refused = run("endpoints", "ping", endpoint)
    assert refused.code == 1
    assert "Enable it first" in refused.err
    assert "enabled" in run("endpoints", "enable", endpoint).out


def test_a_rotated_secret_is_shown_once(run: Run, receiver: Receiver, endpoint: str) -> None:
    rotated = run("endpoints", "rotate", endpoint, "--overlap", "0", "--json").json
    run("endpoints", "ping", endpoint)
    receiver.wait(1)[0].verified(rotated["secret"])


@pytest.mark.parametrize(
    "words",
    [
        ("endpoints", "add", "ftp://example.com"),
        ("endpoints", "add", "https://example.com", "-e", "job.exploded"),
        ("endpoints", "replay", "x", "--from", "yesterday"),
    ],
)
def test_wrong_usage_is_told_as_that(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).code == 2
