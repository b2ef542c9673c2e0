"""Jobs at a real server: refusals, cancel, delete, retention, unknown paths."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobmill.core.jobs.service.purge_jobs import due_jobs, purge_job
from tests.running import Gate, Running, running

JOB = {"inputUri": "/nothing.mp4", "features": ["AUDIO_FORMAT"]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=8,
)
CONFIGS = st.dictionaries(
    st.sampled_from(["enabled", "delay", "blackValue", "alarmSettings", "compressed_channels"]),
    JSON,
)
CONTEXTS = st.dictionaries(
    st.sampled_from(["segments", "priority", "inBlackConfig", "audioFormatConfig", "index", "x"]),
    CONFIGS | JSON,
)
BODIES = st.fixed_dictionaries(
    {"inputUri": st.just("/a.mp4") | JSON},
    optional={
        "features": st.lists(st.sampled_from(["AUDIO_FORMAT", "IN_BLACK", "X"]), max_size=2) | JSON,
        "workflow": JSON,
        "name": st.just("w") | JSON,
        "index": st.integers() | JSON,
        "videoContext": CONTEXTS | JSON,
        "TTL": st.integers() | JSON,
        "target": st.integers(0, 5) | JSON,
        "origin": JSON,
    },
)


class Gentoo:
    """The dialect of a running server, without a key."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.http = httpx2.Client(base_url=f"{server.url}/api/ai", timeout=60)

    def call(self, method: str, path: str, **given: Any) -> httpx2.Response:
        return self.http.request(method, path, **given)

    def start(self, **body: Any) -> str:
        answer = self.call("POST", "/jobs", json={**JOB, **body})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["name"])

    def read(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = self.call("GET", f"/jobs/{name}").json()
        return document


def refused(answer: httpx2.Response, code: int, status: str) -> str:
    """The message of a refusal in Google's shape."""
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["status"]) == (code, code, status), error
    return str(error["message"])


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gentoo]:
    """A server without a worker: its jobs stay queued."""
    with running(tmp_path_factory.mktemp("idle"), worker=False) as server:
        gentoo = Gentoo(server)
        with gentoo.http:
            yield gentoo


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Gentoo]:
    with running(tmp_path / "data", media_roots=(tmp_path,)) as server:
        gentoo = Gentoo(server)
        with gentoo.http:
            yield gentoo


def test_a_queued_job_says_so(idle: Gentoo) -> None:
    document = idle.read(idle.start())
    assert document["status"] == "queued"
    assert "done" not in document


def test_a_name_must_match_in_both_halves(idle: Gentoo) -> None:
    name = idle.start()
    assert idle.read(name.upper())["name"] == name
    for wrong in (f"{int(name[:8], 16) + 1:08x}{name[8:]}", name[:8] + "f" * 16, "x", "7" * 24):
        for method, path in (
            ("GET", f"/jobs/{wrong}"),
            ("DELETE", f"/jobs/{wrong}"),
            ("POST", f"/jobs/{wrong}/cancel"),
        ):
            assert wrong in refused(idle.call(method, path), 404, "NOT_FOUND")
    assert idle.read(name)["status"] == "queued"


@pytest.mark.parametrize("way", ["/jobs/{}/cancel", "/jobs/{}:cancel"])
def test_a_queued_job_is_cancelled_at_once(idle: Gentoo, way: str) -> None:
    name = idle.start()

    assert idle.call("POST", way.format(name)).json() == {}

    document = idle.read(name)
    assert (document["status"], document["done"]) == ("cancelled", True)
    assert document["error"]["code"] == 1
    assert idle.call("POST", way.format(name)).status_code in (200, 409)
    assert idle.read(name) == document
    listed = idle.call("GET", "/jobs?status=cancelled").json()
    assert name in {job["_id"] for job in listed}


def test_a_deleted_job_is_gone_from_every_view(idle: Gentoo) -> None:
    name = idle.start()
    assert idle.call("DELETE", f"/jobs/{name}").json() == {}
    refused(idle.call("GET", f"/jobs/{name}"), 404, "NOT_FOUND")
    refused(idle.call("DELETE", f"/jobs/{name}"), 404, "NOT_FOUND")
    assert name not in {job["_id"] for job in idle.call("GET", "/jobs").json()}


def test_the_list_is_newest_first_with_the_documented_fields(idle: Gentoo) -> None:
    names = [idle.start(origin=f"o{i}") for i in range(3)]
    listed = idle.call("GET", "/jobs?limit=3").json()
    assert [job["_id"] for job in listed] == names[::-1]
    assert list(listed[0]) == ["origin", "status", "_id", "name", "inputUri", "insertTime"]
    assert [job["origin"] for job in listed] == ["o2", "o1", "o0"]


def test_priority_reaches_the_job(idle: Gentoo) -> None:
    name = idle.start(videoContext={"pri": 7})
    number = int(name[8:], 16)
    assert idle.server.client.get(f"/api/v1/jobs/{number}").json()["priority"] == 7


def test_a_job_and_its_recording_go_when_their_days_are_over(idle: Gentoo) -> None:
    short = idle.start(TTL=1, inputUri="/short.mp4")
    long = idle.start(TTL=3, inputUri="/long.mp4")
    house = idle.server.house
    later = house.clock.now() + timedelta(days=2)

    for _ in range(2):  # what still waits is stopped first and goes with the next tick
        for due in idle.server.call(house.database.read(lambda work: due_jobs(work, later))):
            idle.server.call(house.database.write(partial(purge_job, number=due, now=later)))

    refused(idle.call("GET", f"/jobs/{short}"), 404, "NOT_FOUND")
    assert idle.read(long)["status"] == "queued"
    recorded = {each["inputUri"] for each in idle.call("GET", "/recordings").json()}
    assert "/long.mp4" in recorded
    assert "/short.mp4" not in recorded


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nonsense", b'{"a": NaN}', b"[" * 100_000, b"\xff\xfe\x00", b'"text"', b"[]"],
)
def test_a_body_that_is_no_json_object_is_refused(idle: Gentoo, body: bytes) -> None:
    before = len(idle.call("GET", "/jobs").json())
    for path in ("/jobs", "/workflows"):
        refused(idle.call("POST", path, content=body), 400, "INVALID_ARGUMENT")
    assert len(idle.call("GET", "/jobs").json()) == before


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"inputUri": "../secret.mp4"}, [".."]),
        ({"inputUri": "file:///a/../../b.mp4"}, [".."]),
        ({"inputUri": "gs://bucket/a.mp4"}, ["gs://"]),
        ({"inputUri": "http://127.0.0.1/a.mp4"}, ["127.0.0.1", "JOBMILL_FETCH_ALLOW"]),
        ({"inputUri": "asset://0190a5b6-0000-7000-8000-000000000000"}, ["asset"]),
        ({"inputUri": "\ud800.mp4"}, ["JSON"]),
        ({"origin": "x\u0000y"}, ["origin"]),
        (
            {"features": ["IN_BLACK"], "videoContext": {"inBlackConfig": {"delay": -1}}},
            ["videoContext.inBlackConfig.delay"],
        ),
        (
            {"videoContext": {"audioFormatConfig": {"compressed_channels": [0]}}},
            ["videoContext.audioFormatConfig.compressed_channels"],
        ),
        ({"workflow": "w"}, ["workflow", "not both"]),
    ],
)
def test_a_bad_job_is_refused_with_the_reason(
    idle: Gentoo, body: dict[str, Any], words: list[str]
) -> None:
    answer = idle.call("POST", "/jobs", content=json.dumps({**JOB, **body}))
    assert answer.status_code in (400, 404), answer.text
    for word in words:
        assert word in answer.json()["error"]["message"]


@given(body=BODIES)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_body_can_surprise_the_server(idle: Gentoo, body: dict[str, Any]) -> None:
    for method, path in (("POST", "/jobs"), ("POST", "/workflows"), ("PUT", "/workflows/w")):
        answer = idle.call(method, path, content=json.dumps(body))
        assert answer.status_code in (200, 400, 404, 409), (body, answer.text)
        assert answer.status_code == 200 or answer.json()["error"]["message"]
    assert idle.call("GET", "/jobs").status_code == 200
    assert idle.call("GET", "/workflows").status_code == 200


def test_a_workflow_that_is_not_there_is_named(idle: Gentoo) -> None:
    answer = idle.call("POST", "/jobs", json={"inputUri": "/a.mp4", "workflow": "nope"})
    assert "'nope'" in refused(answer, 404, "NOT_FOUND")


def test_a_body_beyond_the_cap_is_refused(idle: Gentoo) -> None:
    refused(idle.call("POST", "/jobs", content=b"x" * (9 * 2**20)), 413, "RESOURCE_EXHAUSTED")


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/jobs/a/b", "/recordings/a/b/c"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH"])
def test_other_paths_answer_in_the_vendors_shape(idle: Gentoo, method: str, path: str) -> None:
    assert path in refused(idle.call(method, path), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "path", ["/api/ai/cores", "/api/cores/x", "/api/config/cores", "/api/ai/live"]
)
def test_what_needs_the_vendors_hardware_is_not_implemented(idle: Gentoo, path: str) -> None:
    answer = idle.http.get(f"{idle.server.url}{path}")
    assert "cores" in refused(answer, 501, "UNIMPLEMENTED")


def test_a_running_job_made_elsewhere_is_seen_and_cancelled_here(
    busy: Gentoo, tmp_path: Path
) -> None:
    gate = Gate(tmp_path)
    made = busy.server.submit(tasks=[gate.task()])
    gate.tell("progress 1")  # returns when the engine runs
    name = next(job["_id"] for job in busy.call("GET", "/jobs").json())
    shown = busy.read(name)

    busy.call("POST", f"/jobs/{name}/cancel")
    ended = busy.server.finish(made)
    gate.close()

    assert shown["status"] == "running"
    assert [entry["feature"] for entry in shown["metadata"]["annotationProgress"]] == ["a"]
    assert ended["state"] == "cancelled"
    assert busy.read(name)["error"]["code"] == 1


def test_a_job_without_features_shows_its_documents(busy: Gentoo) -> None:
    made = busy.server.submit(tasks=[{"name": "a", "engine": "noop", "params": {"echo": 5}}])
    busy.server.finish(made)
    (job,) = busy.call("GET", "/jobs").json()
    response = busy.read(job["name"])["response"]
    assert job["inputUri"] == response["inputUri"] == ""
    assert response["results"]["a"]["echo"] == 5
    refused(busy.call("POST", f"/jobs/{job['name']}/cancel"), 409, "FAILED_PRECONDITION")


def test_a_missing_file_fails_the_job_and_not_the_call(busy: Gentoo) -> None:
    name = busy.start()
    busy.server.finish({"id": busy.server.client.get("/api/v1/jobs").json()["items"][0]["id"]})
    document = busy.read(name)
    assert (document["status"], document["error"]["code"]) == ("failed", 5)
    assert "/nothing.mp4" in document["error"]["message"]


def test_a_file_that_is_no_media_fails_its_job_with_bad_input(busy: Gentoo, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("ffconcat version 1.0\nfile /etc/hostname\n")
    name = busy.start(inputUri="text.mp4")
    busy.server.finish({"id": busy.server.client.get("/api/v1/jobs").json()["items"][0]["id"]})
    document = busy.read(name)
    assert (document["status"], document["error"]["code"]) == ("failed", 3)
