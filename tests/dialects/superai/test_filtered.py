"""Tags and removal of all jobs that a query names."""

from typing import Any

import pytest

from tests.dialects.superai.conftest import Caller, ended, ingested, job_of
from tests.running import Running


def settled(server: Running, admin: Caller, done: Any) -> None:
    """Wait for what goes on in the background."""
    server.finish({"id": done["operationId"]})


def test_a_job_is_tagged_by_its_id(server: Running, admin: Caller, quick: str) -> None:
    job = job_of(admin, quick)
    path = f"apps/{quick}/jobs/tags"
    named = {"params": {"idSearch": job["id"]}}
    assert admin.call("PUT", path, {"tags": ["x", "y"]}, **named).status_code == 204
    assert admin.given("GET", f"jobs/{job['id']}")["tags"] == ["x", "y"]
    named = {"params": {"idSearch": job["uuid"]}}
    assert admin.call("DELETE", path, {"tags": "x"}, **named).status_code == 204
    assert admin.given("GET", f"jobs/{job['id']}")["tags"] == ["y"]


def test_jobs_are_tagged_by_batch_and_by_time(server: Running, admin: Caller, quick: str) -> None:
    made = admin.given("POST", f"apps/{quick}/jobs", {"inputs": [{"n": n} for n in range(3)]})
    ingested(server, made)
    other = job_of(admin, quick)
    path, batch = f"apps/{quick}/jobs/tags", made["batchId"]
    counted = admin.given("PUT", path, {"tags": ["b"]}, params={"batchId": batch, "dryRun": "true"})
    assert counted == {"matched": 3}
    done = admin.given("PUT", path, {"tags": ["b"]}, params={"batchId": batch})
    assert done["matched"] == 3
    settled(server, admin, done)
    tagged = admin.given("GET", f"apps/{quick}/jobs", params={"tags": "b"})
    assert {each["batchId"] for each in tagged["jobs"]} == {batch}
    assert len(tagged["jobs"]) == 3
    since = {"createdStartDate": other["created"]}
    settled(server, admin, admin.given("DELETE", path, {"tags": ["b"]}, params=since))
    assert len(admin.given("GET", f"apps/{quick}/jobs", params={"tags": "b"})["jobs"]) == 3
    settled(server, admin, admin.given("DELETE", path, {"tags": ["b"]}, params={"tags": "b"}))
    assert admin.given("GET", f"apps/{quick}/jobs", params={"tags": "b"})["jobs"] == []


def test_jobs_are_deleted_by_when_they_ended(server: Running, admin: Caller, quick: str) -> None:
    job = ended(server, admin, job_of(admin, quick, tags=["old"]))
    open_one = job_of(admin, quick, tags=["old"], pending=True)
    wanted = {"tags": "old", "completedEndDate": job["completed"]}
    settled(server, admin, admin.given("DELETE", f"apps/{quick}/jobs", params=wanted))
    left = admin.given("GET", f"apps/{quick}/jobs", params={"tags": "old"})
    assert [each["id"] for each in left["jobs"]] == [open_one["id"]]
    gone = {"params": {"idSearch": open_one["id"]}}
    assert admin.call("DELETE", f"apps/{quick}/jobs", **gone).status_code == 204
    admin.refused(404, "GET", f"jobs/{open_one['id']}")


def test_jobs_of_another_app_stay(server: Running, admin: Caller, quick: str, labels: str) -> None:
    job = job_of(admin, quick)
    gone = {"params": {"idSearch": job["id"]}}
    assert admin.call("DELETE", f"apps/{labels}/jobs", **gone).status_code == 204
    assert admin.given("GET", f"jobs/{job['id']}")["id"] == job["id"]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_forgotten_filter_touches_nothing(admin: Caller, quick: str, method: str) -> None:
    said = admin.refused(400, method, f"apps/{quick}/jobs/tags", {"tags": ["all"]})
    assert said.startswith("Say which jobs are meant")
    assert admin.given("GET", f"apps/{quick}/jobs", params={"tags": "all"})["jobs"] == []


def test_tags_must_be_given(admin: Caller, quick: str) -> None:
    for body in ({}, {"tags": []}, {"tags": 1}):
        said = admin.refused(400, "PUT", f"apps/{quick}/jobs/tags", body, params={"idSearch": "1"})
        assert said.startswith("tags: ")


def test_an_unknown_batch_is_not_found(admin: Caller, quick: str) -> None:
    path = f"apps/{quick}/jobs/tags"
    admin.refused(404, "PUT", path, {"tags": ["x"]}, params={"batchId": "nothing"})


@pytest.mark.parametrize("tags", [["x" * 101], ["a\nb"], [f"t{n}" for n in range(60)]])
def test_wrong_tags_are_named_as_they_were_sent(admin: Caller, quick: str, tags: list[str]) -> None:
    job = job_of(admin, quick, pending=True)
    path, query = f"apps/{quick}/jobs/tags", {"idSearch": job["id"]}
    answer = admin.call("PUT", path, {"tags": tags}, params=query)
    assert (answer.status_code, answer.json()["field"]) == (400, "tags"), answer.text
    assert answer.json()["message"].startswith("tags: ")
