"""Endpoints and callbacks by the native API, up to a receiver that checks signatures."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError

from jobmill.core.accounts import Right, authenticate, issue_key
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.webhooks.service import ping_endpoint
from tests.adapters.stores.seeds import stranger
from tests.receiver import Receiver, receiving
from tests.running import Running, running

SECRET = "whsec_" + "QUFB" * 8
OTHER = "whsec_" + "QkJC" * 8


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that may send to this machine."""
    allow = (ip_network("127.0.0.0/8"),)
    with running(tmp_path_factory.mktemp("webhooks"), fetch_allow=allow) as up:
        yield up


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture
def endpoint(open_server: Running, receiver: Receiver) -> Iterator[dict[str, Any]]:
    """An endpoint for the ends of jobs, gone after the test."""
    made = create(open_server, url=receiver.url + "/hook", events=["job.completed", "job.failed"])
    yield made
    open_server.client.delete(f"/api/v1/endpoints/{made['id']}")


def create(server: Running, **body: Any) -> dict[str, Any]:
    answer = server.client.post("/api/v1/endpoints", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_an_endpoint_gets_what_it_asked_for_signed(
    open_server: Running, receiver: Receiver, endpoint: dict[str, Any]
) -> None:
    job = open_server.submit()
    (got,) = receiver.wait(1)
    told = got.verified(endpoint["secret"])
    assert (got.path, told["type"]) == ("/hook", "job.completed")
    assert told["data"]["job"]["id"] == job["id"]
    assert told["data"]["job"]["state"] == "completed"
    assert told["data"]["event"] > 0
    with pytest.raises(WebhookVerificationError):
        got.verified(OTHER)


def test_a_callback_hears_of_its_own_job_only(open_server: Running, receiver: Receiver) -> None:
    open_server.finish(open_server.submit())
    job = open_server.submit(callback=receiver.url + "/done?token=1")
    assert job["callback"]["secret"].startswith("whsec_")
    assert job["callback"]["url"] == receiver.url + "/done"
    (got,) = receiver.wait(1)
    assert got.path == "/done?token=1"
    assert got.verified(job["callback"]["secret"])["data"]["job"]["id"] == job["id"]
    again = open_server.client.get(f"/api/v1/jobs/{job['id']}").json()
    assert again["callback"] == {**job["callback"], "secret": None}
    assert len(receiver.got) == 1


def test_a_callback_may_have_a_secret_and_events_of_its_own(
    open_server: Running, receiver: Receiver
) -> None:
    callback = {"url": receiver.url, "secret": SECRET, "events": ["job.*"]}
    job = open_server.submit(callback=callback)
    assert job["callback"]["secret"] is None
    came = receiver.wait(3)
    types = [got.verified(SECRET)["type"] for got in came]
    assert types == ["job.created", "job.started", "job.completed"], "in the order of the job"


def test_a_callback_endpoint_is_found_by_its_id_and_not_in_the_list(
    open_server: Running, receiver: Receiver
) -> None:
    job = open_server.submit(callback=receiver.url)
    receiver.wait(1)
    place = f"/api/v1/endpoints/{job['callback']['id']}"
    assert open_server.client.get(place).json()["callback"] is True
    listed = open_server.client.get("/api/v1/endpoints").json()["items"]
    assert job["callback"]["id"] not in [each["id"] for each in listed]


def test_a_rotated_secret_signs_beside_the_old_one_while_they_overlap(
    open_server: Running, receiver: Receiver, endpoint: dict[str, Any]
) -> None:
    place = f"/api/v1/endpoints/{endpoint['id']}"
    rotated = open_server.client.post(f"{place}/rotate", json={"overlap_seconds": 3600}).json()
    assert rotated["secrets"] == 2
    open_server.client.post(f"{place}/ping")
    (both,) = receiver.wait(1)
    assert both.verified(endpoint["secret"]) == both.verified(rotated["secret"])
    ended = open_server.client.post(
        f"{place}/rotate", json={"overlap_seconds": 0, "secret": SECRET}
    ).json()
    assert (ended["secrets"], ended["secret"]) == (1, None)
    open_server.client.post(f"{place}/ping")
    only = receiver.wait(2)[1]
    only.verified(SECRET)
    for old in (endpoint["secret"], rotated["secret"]):
        with pytest.raises(WebhookVerificationError):
            only.verified(old)


def test_no_secret_lies_in_the_data_folder_in_the_clear(
    open_server: Running, receiver: Receiver
) -> None:
    create(open_server, url=receiver.url, secret=SECRET)
    key = open_server.settings.data / "secrets-key"
    assert key.stat().st_mode & 0o777 == 0o600
    files = [place for place in open_server.settings.data.rglob("*") if place.is_file()]
    assert files
    for place in files:
        assert SECRET.removeprefix("whsec_").encode() not in place.read_bytes(), place


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "ftp://example.com"}, "url"),
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"url": "http://user:pass@example.com/"}, "url"),
        ({"url": "not an address"}, "url"),
        ({"url": "https://example.com", "events": ["job.exploded"]}, "events"),
        ({"url": "https://example.com", "events": []}, "events"),
        ({"url": "https://example.com", "secret": "short"}, "secret"),
        ({"url": "https://example.com", "format": "carrier-pigeon"}, "format"),
        ({"url": "https://example.com", "hmac": "x"}, "hmac"),
        ({}, "url"),
    ],
)
def test_a_bad_endpoint_is_refused_with_the_field(
    open_server: Running, body: dict[str, Any], field: str
) -> None:
    before = open_server.client.get("/api/v1/endpoints").json()
    answer = open_server.client.post("/api/v1/endpoints", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert open_server.client.get("/api/v1/endpoints").json() == before


@pytest.mark.parametrize(
    ("callback", "field"),
    [
        ("http://192.168.0.1/", "callback.url"),
        ({"url": "http://127.0.0.1/", "events": ["x.y"]}, "callback.events"),
        ({"url": "http://127.0.0.1/", "secret": "x"}, "callback.secret"),
        ({"events": ["job.*"]}, "callback.url"),
        (7, "callback"),
    ],
)
def test_a_job_with_a_bad_callback_is_not_made(
    open_server: Running, callback: Any, field: str
) -> None:
    before = open_server.client.get("/api/v1/jobs").json()["items"][:1]
    body = {"tasks": [{"engine": "noop"}], "input": {"json": 1}, "callback": callback}
    answer = open_server.client.post("/api/v1/jobs", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert open_server.client.get("/api/v1/jobs").json()["items"][:1] == before


def test_endpoints_of_another_organization_are_not_there(
    open_server: Running, endpoint: dict[str, Any], receiver: Receiver
) -> None:
    open_server.client.post(f"/api/v1/endpoints/{endpoint['id']}/ping")
    receiver.wait(1)
    listed = open_server.client.get(f"/api/v1/endpoints/{endpoint['id']}/deliveries").json()
    delivery = listed["items"][0]["id"]
    headers = {"Authorization": f"Bearer {stranger_key(open_server)}"}
    times = {"from": "2020-01-01T00:00:00Z"}
    here, there = f"/api/v1/endpoints/{endpoint['id']}", f"/api/v1/deliveries/{delivery}"
    for method, path, body in (
        ("GET", here, None),
        ("PATCH", here, {"enabled": False}),
        ("DELETE", here, None),
        ("POST", f"{here}/rotate", {}),
        ("POST", f"{here}/ping", None),
        ("POST", f"{here}/replay", times),
        ("GET", f"{here}/deliveries", None),
        ("GET", there, None),
        ("POST", f"{there}/replay", None),
    ):
        answer = open_server.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == 404, f"{method} {path}: {answer.text}"
    items = open_server.client.get("/api/v1/endpoints", headers=headers).json()["items"]
    assert items == []


def stranger_key(server: Running) -> str:
    now = server.house.clock.now()

    def issue(work: Any) -> str:
        _, number = stranger(work)
        return issue_key(work.accounts, work.accounts.user(number), "test", [Right.ALL], now)

    return server.call(server.house.database.write(issue))


def test_each_call_needs_its_right(open_server: Running, endpoint: dict[str, Any]) -> None:
    reader = {"Authorization": f"Bearer {open_server.key_with(Right.ENDPOINTS_READ)}"}
    nobody = {"Authorization": f"Bearer {open_server.key_with(Right.JOBS_WRITE)}"}
    here = f"/api/v1/endpoints/{endpoint['id']}"
    get, patch = open_server.client.get, open_server.client.patch
    assert get(here, headers=reader).status_code == 200
    assert patch(here, headers=reader, json={"enabled": False}).status_code == 403
    assert get(here, headers=nobody).status_code == 403


def test_lists_are_paged_from_the_newest_on(open_server: Running, receiver: Receiver) -> None:
    made = [create(open_server, url=f"{receiver.url}/{i}", events=["task.*"]) for i in range(3)]
    first = open_server.client.get("/api/v1/endpoints?limit=2").json()
    assert [each["id"] for each in first["items"]] == [made[2]["id"], made[1]["id"]]
    following = open_server.client.get(f"/api/v1/endpoints?limit=2&cursor={first['next']}").json()
    assert following["items"][0]["id"] == made[0]["id"]
    for each in made:
        assert open_server.client.delete(f"/api/v1/endpoints/{each['id']}").status_code == 204


def test_first_tries_follow_the_commit_within_a_second_with_hundreds_queued(
    open_server: Running, receiver: Receiver
) -> None:
    """The bench's question with fewer deliveries and a slower receiver, so that it can be asked
    on a busy machine: all that waits for a silent receiver holds nothing up either."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        port = silent.getsockname()[1]
        sick = create(open_server, url=f"http://127.0.0.1:{port}/", events=["task.*"])
        sound = create(open_server, url=receiver.url, events=["task.*"])
        who = open_server.call(
            open_server.house.database.read(
                lambda work: authenticate(work.accounts, open_server.key, utc_now())
            )
        )

        def ping(endpoint: dict[str, Any], count: int) -> None:
            def queue(work: UnitOfWork) -> None:
                for _ in range(count):
                    ping_endpoint(work.webhooks, who, endpoint["id"], utc_now())

            open_server.call(open_server.house.database.write(queue))

        ping(sick, 200)
        ping(sound, 100)
        receiver.wait(100)
        place = f"/api/v1/endpoints/{sound['id']}/deliveries?limit=200"
        log = items(open_server, place)
        while any(each["state"] == "pending" for each in log):
            log = items(open_server, place)
        for each in (sick, sound):
            open_server.client.delete(f"/api/v1/endpoints/{each['id']}")
    waited = sorted(seconds(each["settled_at"]) - seconds(each["created_at"]) for each in log)
    assert waited[94] <= 1.0


def items(server: Running, place: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.client.get(place).json()["items"]
    return found


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def utc_now() -> datetime:
    return datetime.now(UTC)
