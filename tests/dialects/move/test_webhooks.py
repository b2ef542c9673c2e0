"""Webhooks: the vendor's headers and bodies, kept by uid, with a secret told once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dialects.move.speaking import Speaker
from tests.receiver import Receiver, receiving
from tests.running import Running

UPSERT = """mutation ($uid: String!, $url: String!, $events: [String!], $d: String, $s: String,
    $m: AWSJSON) { hook: upsertWebhookEndpoint(uid: $uid, url: $url, events: $events,
    description: $d, secret: $s, metadata: $m)
    { uid url events description secret metadata client { id } } }"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def upsert(api: Speaker, server: Running) -> Iterator[Any]:
    """Makes webhooks; there are no others, and they are gone after the test."""

    def clear() -> None:
        for each in server.client.get("/api/v1/endpoints").json()["items"]:
            server.client.delete(f"/api/v1/endpoints/{each['id']}")

    def make(uid: str, url: str, **more: Any) -> Any:
        return api.data(UPSERT, {"uid": uid, "url": url, **more})["hook"]

    clear()
    yield make
    clear()


def test_the_end_of_a_job_is_told(
    api: Speaker, server: Running, upsert: Any, receiver: Receiver, walk: Path
) -> None:
    hook = upsert("studio", receiver.url)
    assert hook["events"] == ["ugc.job.state.completed", "ugc.job.state.failed"]

    native = server.finish(server.submit())
    take = api.take(walk)
    done = api.job(take, 'outputs: [MAIN_FBX], metadata: "{\\"k\\": \\"v\\"}"')
    api.ended(done["id"])
    failed = api.job(api.take(b"no film"))
    api.ended(failed["id"])

    first, second = receiver.wait(2)
    told = {each.json["event_name"]: each for each in (first, second)}
    good = told["ugc.job.state.completed"]
    good.verified(hook["secret"])
    for name in ("id", "timestamp", "signature"):
        assert good.headers[f"svix-{name}"] == good.headers[f"webhook-{name}"]
    assert good.json["detail"] == {
        "api_name": "move-ugc-api",
        "client_id": hook["client"]["id"],
        "event_name": "ugc.job.state.completed",
        "event_attributes": {
            "job": {"id": done["id"], "created": done["created"], "metadata": {"k": "v"}},
            "take": {"id": take},
        },
    }
    bad = told["ugc.job.state.failed"].json["detail"]["event_attributes"]
    assert bad["job"]["id"] == failed["id"]
    assert native["state"] == "completed"
    assert len(receiver.got) == 2, "jobs of other faces are not told"


def test_the_same_uid_changes_and_the_secret_stays(
    api: Speaker, server: Running, upsert: Any, receiver: Receiver, walk: Path
) -> None:
    first = upsert("a", "http://127.0.0.1:9/old", d="one", m='{"x": 1}')
    assert first["secret"].startswith("whsec_")
    other = upsert("b", "http://127.0.0.1:9/other", events=["job.state.started"])
    again = upsert("a", receiver.url, events=["job.state.completed"], s="another")
    assert again["secret"] is None
    assert (again["description"], json.loads(again["metadata"])) == ("one", {"x": 1})
    assert again["events"] == ["job.state.completed"]
    listed = server.client.get("/api/v1/endpoints").json()["items"]
    assert sorted(each["url"] for each in listed) == sorted([receiver.url, other["url"]])

    job = api.job(api.take(walk), "outputs: [MAIN_FBX]")
    api.ended(job["id"])
    (got,) = receiver.wait(1)
    got.verified(first["secret"])
    assert got.json["event_name"] == "job.state.completed"
    assert got.json["detail"]["job_id"] == job["id"]


def test_any_text_can_be_the_secret(
    api: Speaker, upsert: Any, receiver: Receiver, walk: Path
) -> None:
    hook = upsert("free", receiver.url, s="your-secret")
    assert hook["secret"] == "your-secret"
    api.ended(api.job(api.take(walk), "outputs: [ALL_BVH]")["id"])
    (got,) = receiver.wait(1)
    got.verified("whsec_eW91ci1zZWNyZXQ=")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"uid": ""}, "uid"),
        ({"url": "ftp://example.com"}, "url"),
        ({"events": ["job.nothing"]}, "job.nothing"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused(api: Speaker, given: Any, named: str) -> None:
    wish = {"uid": "c", "url": "http://127.0.0.1:9/x", **given}
    error = api.error(UPSERT, wish)
    assert error["errorType"] == "MoveValidationError"
    assert named in f"{error['errorInfo']['field']} {error['message']}"
