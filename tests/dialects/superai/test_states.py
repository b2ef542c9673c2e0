"""Every status is reached by real means, and each end is told of; people answer jobs too."""

from typing import Any

import pytest

from jobmill.dialects.superai import schema as vendor
from tests.dialects.superai.conftest import (
    INPUT,
    OUTPUT,
    Caller,
    app_of,
    ended,
    job_of,
    labelled,
)
from tests.receiver import Receiver, receiving
from tests.running import Gate, Running


@pytest.fixture
def receiver() -> Any:
    with receiving() as made:
        yield made


def review_of(server: Running, job: dict[str, Any]) -> str:
    """The question that a job asks of people, as soon as it does."""
    path = f"/api/v1/jobs/{job['uuid']}/events"
    headers = {"Accept": "text/event-stream"}
    with server.client.stream("GET", path, headers=headers) as stream:
        assert any(line == "event: review.opened" for line in stream.iter_lines())
    found = server.client.get("/api/v1/reviews", params={"job": job["uuid"]}).json()["items"]
    review: str = found[0]["id"]
    return review


def answer(server: Running, review: str, document: Any) -> None:
    server.client.post(f"/api/v1/reviews/{review}/checkout", json={}).raise_for_status()
    body = {"answer": "edit", "document": document}
    done = server.client.post(f"/api/v1/reviews/{review}/answer", json=body)
    assert done.is_success, done.text


def test_a_person_answers_a_job_of_plain_labelling(
    server: Running, admin: Caller, receiver: Receiver
) -> None:
    app = admin.given("GET", "apps/human-labelling")["uuid"]
    body = {"inputs": [{"picture": "https://example.org/a.png"}], "callbackUrl": receiver.url}
    made = admin.given("POST", f"apps/{app}/jobs", body)
    job = admin.given("GET", f"jobs/{made['id']}")
    review = review_of(server, job)
    assert admin.given("GET", f"jobs/{job['id']}")["status"] == "IN_PROGRESS"
    answer(server, review, {"labels": ["poodle"]})
    assert ended(server, admin, job)["status"] == "COMPLETED"
    response = admin.given("GET", f"jobs/{job['id']}/response")["response"]
    assert response["labels"] == ["poodle"]
    (got,) = receiver.wait(1)
    assert (got.json["state"], got.json["action"]) == ("COMPLETED", "RESOLVED")
    truth = admin.given("POST", f"apis/{app}/baselineData/job/{job['id']}")
    assert truth["type"] == "REVIEWER"


def test_a_job_whose_time_is_over_expires(
    server: Running, admin: Caller, receiver: Receiver
) -> None:
    program = {"input_schema": INPUT, "output_schema": OUTPUT, "expires_after_s": 0.2}
    body = {"name": "short", "tasks": [{"name": "a", "engine": "scribe"}], "program": program}
    assert server.client.post("/api/v1/pipelines", json=body).status_code == 201
    app = admin.given("GET", "apps/short")["uuid"]
    job = job_of(admin, app, pending=True, callbackUrl=receiver.url)
    gone = ended(server, admin, job)
    assert gone["status"] == "EXPIRED"
    assert gone["completed"] is not None
    (got,) = receiver.wait(1)
    assert (got.json["state"], got.json["completed"]) == ("EXPIRED", gone["completed"])


def test_a_job_that_fails_and_one_that_is_cancelled_are_called_back(
    server: Running, admin: Caller, labels: str, receiver: Receiver
) -> None:
    failed = labelled(server, admin, labels, "bird", callbackUrl=receiver.url)
    assert failed["status"] == "FAILED"
    assert failed["completed"] is not None
    said = admin.refused(400, "GET", f"jobs/{failed['id']}/response")
    assert "It ended so: " in said
    job = job_of(admin, labels, pending=True, callbackUrl=receiver.url)
    assert admin.given("POST", f"jobs/{job['id']}/cancel")["status"] == "CANCELED"
    told = {got.json["uuid"]: got.json["state"] for got in receiver.wait(2)}
    assert told == {failed["uuid"]: "FAILED", job["uuid"]: "CANCELED"}


def test_jobs_are_listed_by_each_status(
    server: Running, admin: Caller, tmp_path: Any, labels: str
) -> None:
    gate = Gate(tmp_path)
    app = app_of(server, admin, "every status", [gate.task()])
    running = job_of(admin, app)
    parked, held, gone = (job_of(admin, app, pending=True) for _ in range(3))
    admin.given("POST", f"jobs/{held['id']}/restart")
    admin.given("POST", f"jobs/{held['id']}/suspend")
    admin.given("POST", f"jobs/{gone['id']}/cancel")
    path, found = f"apps/{app}/jobs", {}
    for status in vendor.STATUSES:
        listed = admin.given("GET", path, params={"statusIn": status})["jobs"]
        assert {each["status"] for each in listed} <= {status}
        found |= {each["id"]: status for each in listed}
    assert found[parked["id"]] == "SCHEDULED"
    assert (found[held["id"]], found[gone["id"]]) == ("SUSPENDED", "CANCELED")
    assert running["id"] in found
    for job in (running, held, parked):
        admin.given("POST", f"jobs/{job['id']}/cancel")


def test_a_job_made_elsewhere_is_a_job_here(server: Running, admin: Caller) -> None:
    native = server.submit(tags=["abroad"])
    server.finish(native)
    job = admin.given("GET", f"jobs/{native['number']}")
    assert (job["uuid"], job["status"], job["tags"]) == (native["id"], "COMPLETED", ["abroad"])
    assert job["input"] == 1
    assert job["appId"]


def test_a_job_made_here_is_seen_natively(server: Running, admin: Caller, quick: str) -> None:
    job = job_of(admin, quick, tags=["here"])
    native = server.client.get(f"/api/v1/jobs/{job['id']}").json()
    assert (native["id"], native["origin"], native["pipeline"]) == (job["uuid"], "superai", "quick")
