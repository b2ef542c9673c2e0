"""Jobs of an app: made, read, listed, cancelled, run again; and the object that tells of them."""

import base64
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from jobmill.dialects.superai import schema as vendor
from tests.dialects.superai.conftest import Caller, app_of, ended, ingested, job_of
from tests.receiver import Got, Receiver, receiving
from tests.running import Gate, Running

ATTRIBUTES = [
    "id",
    "completed",
    "created",
    "callbackUrl",
    "appId",
    "status",
    "input",
    "metadata",
    "tags",
    "uuid",
    "correct",
    "jobType",
    "batchId",
]


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


def verify(admin: Caller, got: Got) -> Any:
    """What a receiver does that follows the documentation."""
    pem = admin.given("GET", "callbacks/public-key")["publicKey"]
    raw = base64.b64decode(got.headers["x-superai-webhook-signature"])
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(encode_dss_signature(r, s), got.body, ec.ECDSA(hashes.SHA256()))
    return got.json


def test_a_job_has_every_attribute_of_the_seed(server: Running, admin: Caller, quick: str) -> None:
    made = admin.given(
        "POST",
        f"apps/{quick}/jobs",
        {
            "inputs": [{"image_url": "data://12345/images/dogs/poodles/pink-poodle.jpeg"}],
            "metadata": {"ref": "A-1"},
            "tags": ["poodle", "pink"],
        },
    )
    job = ended(server, admin, {"uuid": made["uuid"], "id": made["id"]})

    assert list(job) == ATTRIBUTES
    assert job["id"] == made["id"]
    assert job["id"].isdecimal()
    assert job["uuid"] == made["uuid"]
    assert job["batchId"] == made["batchId"] == made["batch_id"]
    assert job["appId"] == quick
    assert job["status"] == "COMPLETED"
    assert job["input"] == {"image_url": "data://12345/images/dogs/poodles/pink-poodle.jpeg"}
    assert (job["metadata"], job["tags"]) == ({"ref": "A-1"}, ["poodle", "pink"])
    assert (job["correct"], job["jobType"], job["callbackUrl"]) == (None, "DEFAULT", None)
    created, completed = (datetime.fromisoformat(job[key]) for key in ("created", "completed"))
    assert created <= completed
    assert completed.utcoffset() == timedelta(0)


def test_a_job_answers_to_its_id_and_its_uuid(admin: Caller, quick: str) -> None:
    job = job_of(admin, quick)
    assert admin.given("GET", f"jobs/{job['id']}")["uuid"] == job["uuid"]
    assert admin.given("GET", f"jobs/{job['uuid'].upper()}")["id"] == job["id"]


def test_every_job_of_one_request_is_of_one_batch(
    server: Running, admin: Caller, quick: str
) -> None:
    inputs = [{"n": n} for n in range(3)]
    made = admin.given("POST", f"apps/{quick}/jobs", {"inputs": inputs})
    ingested(server, made)
    assert "uuid" not in made
    listed = admin.given("GET", f"apps/{quick}/jobs", params={"batchId": made["batchId"]})
    assert [each["input"] for each in listed["jobs"]] == inputs
    assert {each["batchId"] for each in listed["jobs"]} == {made["batchId"]}


def test_a_running_job_is_cancelled_and_runs_again(
    server: Running, admin: Caller, gate: Gate
) -> None:
    app = app_of(server, admin, "gated", [gate.task()])
    job = job_of(admin, app)
    assert job["status"] in ("SCHEDULED", "IN_PROGRESS")
    gone = admin.given("POST", f"jobs/{job['id']}/cancel")
    assert gone["status"] == "CANCELED"
    assert gone["completed"] is not None
    again = admin.given("POST", f"jobs/{job['id']}/restart")
    assert (again["id"], again["uuid"]) == (job["id"], job["uuid"])
    assert again["completed"] is None
    gate.open()
    assert ended(server, admin, job)["status"] == "COMPLETED"
    said = admin.refused(400, "POST", f"jobs/{job['id']}/cancel")
    assert "completed" in said


def test_a_pending_job_waits_until_it_is_queued(server: Running, admin: Caller, quick: str) -> None:
    job = job_of(admin, quick, pending=True)
    assert (job["status"], job["completed"]) == ("SCHEDULED", None)
    admin.given("POST", f"jobs/{job['id']}/restart")
    assert ended(server, admin, job)["status"] == "COMPLETED"


def test_jobs_are_listed_by_page_state_tag_and_time(
    server: Running, admin: Caller, quick: str
) -> None:
    jobs = [job_of(admin, quick, tags=["listed", f"n{n}"]) for n in range(5)]
    done = [ended(server, admin, job) for job in jobs]
    path, tag = f"apps/{quick}/jobs", {"tags": "listed"}

    first = admin.given("GET", path, params={**tag, "size": 2})
    assert [each["id"] for each in first["jobs"]] == [each["id"] for each in jobs[:2]]
    assert (first["pages"], first["total"], first["pageNumber"], first["pageSize"]) == (3, 5, 0, 2)
    last = admin.given("GET", path, params={**tag, "size": 2, "page": 2, "orderBy": "asc"})
    assert [each["id"] for each in last["jobs"]] == [jobs[4]["id"]]
    down = admin.given("GET", path, params={**tag, "orderBy": "desc", "sortBy": "completed"})
    ends = [each["completed"] for each in down["jobs"]]
    assert ends == sorted(ends, reverse=True)
    assert len(ends) == 5
    one = admin.given("GET", path, params={"tags": ["listed", "n3"]})
    assert [each["id"] for each in one["jobs"]] == [jobs[3]["id"]]
    none = admin.given("GET", path, params={**tag, "statusIn": ["FAILED", "CANCELED"]})
    assert (none["jobs"], none["pages"]) == ([], 1)
    some = admin.given("GET", path, params={**tag, "statusIn": ["COMPLETED"]})
    assert len(some["jobs"]) == 5
    after = {"completedStartDate": done[4]["completed"], "createdStartDate": jobs[0]["created"]}
    late = admin.given("GET", path, params={**tag, **after})
    assert jobs[4]["id"] in {each["id"] for each in late["jobs"]}
    before = admin.given("GET", path, params={**tag, "createdEndDate": "2020-01-01T00:00:00Z"})
    assert before["jobs"] == []


def test_the_end_of_a_job_is_called_back_with_the_job_object_and_a_signature(
    server: Running, admin: Caller, quick: str
) -> None:
    with receiving() as receiver:
        job = job_of(admin, quick, callbackUrl=f"{receiver.url}/done/")
        (got,) = receiver.wait(1)
        body = verify(admin, got)
        now = ended(server, admin, job)
    assert got.path == "/done/"
    assert now["callbackUrl"] == f"{receiver.url}/done/"
    assert {key: body[key] for key in ATTRIBUTES} == now
    told = (body["state"], body["action"], body["postProcessingEnabled"])
    assert told == ("COMPLETED", "RESOLVED", "false")


def test_tags_that_come_and_go_are_called_back(server: Running, admin: Caller, quick: str) -> None:
    with receiving() as receiver:
        job = job_of(admin, quick, callbackUrl=receiver.url)
        receiver.wait(1)
        for tags in (["late"], []):
            server.client.patch(f"/api/v1/jobs/{job['uuid']}", json={"tags": tags})
        _, added, removed = receiver.wait(3)
    assert [added.json["action"], removed.json["action"]] == [vendor.TAG_ADDED, vendor.TAG_REMOVED]
    assert added.json["state"] == "COMPLETED"


def test_a_suspended_job_is_called_back_and_goes_on(
    server: Running, admin: Caller, gate: Gate, receiver: Receiver
) -> None:
    app = app_of(server, admin, "held", [gate.task()])
    job = job_of(admin, app, callbackUrl=receiver.url, pending=True)
    admin.given("POST", f"jobs/{job['id']}/restart")
    held = admin.given("POST", f"jobs/{job['id']}/suspend")
    assert held["status"] == "SUSPENDED"
    (got,) = receiver.wait(1)
    assert (got.json["state"], got.json["completed"]) == ("SUSPENDED", None)
    admin.given("POST", f"jobs/{job['id']}/cancel")


@pytest.fixture
def receiver() -> Any:
    with receiving() as made:
        yield made


def test_an_app_calls_back_for_every_job_of_its_own(
    server: Running, admin: Caller, quick: str
) -> None:
    with receiving() as receiver:
        body = {"templateName": "quick.router", "appName": "telling", "callbackUrl": receiver.url}
        app = admin.given("POST", "apps", body)
        assert app["callbackUrl"] == receiver.url
        job_of(admin, app["uuid"])
        (got,) = receiver.wait(1)
        assert got.json["appId"] == app["uuid"]
        admin.given("PATCH", f"apps/{app['uuid']}", {"callbackUrl": None})
        assert job_of(admin, app["uuid"])["callbackUrl"] is None
