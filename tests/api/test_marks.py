"""Marks of jobs through the native API: whether an output is right, and what a job is for."""

from typing import Any

import httpx2

from jobmill.core.ids import JobNumber
from jobmill.core.jobs.marking import JobKind, JobMark
from tests.api.test_many import post
from tests.api.test_steering import until
from tests.running import Running


def mark(server: Running, job: dict[str, Any], correct: bool | None) -> httpx2.Response:
    return server.client.put(f"{job['links']['self']}/mark", json={"correct": correct})


def listed(client: httpx2.Client, **query: Any) -> set[str]:
    answer = client.get("/api/v1/jobs", params={"limit": 500, **query})
    assert answer.status_code == 200, answer.text
    return {job["id"] for job in answer.json()["items"]}


def test_an_output_is_marked_and_jobs_are_found_by_it(server: Running) -> None:
    right, wrong, plain = (server.finish(server.submit(tags=["marked"])) for _ in range(3))
    shown = mark(server, right, True).json()
    assert (shown["correct"], shown["kind"]) == (True, "default")
    assert mark(server, wrong, False).json()["correct"] is False
    assert right["id"] in listed(server.client, correct=True)
    assert listed(server.client, correct=False, tag="marked") == {wrong["id"]}
    assert plain["id"] not in listed(server.client, correct=True)
    assert server.client.get(right["links"]["self"]).json()["correct"] is True
    assert mark(server, right, None).json()["correct"] is None
    told = server.client.get(f"{right['links']['events']}").json()["items"]
    said = [each["data"]["correct"] for each in told if each["type"] == "job.marked"]
    assert said == [True, None]


def test_only_the_output_of_a_completed_job_can_be_marked(idle: Running) -> None:
    job = idle.submit()
    answer = mark(idle, job, True)
    assert (answer.status_code, answer.json()["code"]) == (409, "job_not_ended")
    idle.client.post(f"{job['links']['self']}/cancel")
    answer = mark(idle, job, False)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert mark(idle, job, None).status_code == 200


def test_the_next_output_of_a_job_is_unmarked(server: Running) -> None:
    job = server.finish(server.submit())
    mark(server, job, True)
    again = server.client.post(f"{job['links']['self']}/restart").json()
    assert again["correct"] is None


def test_a_first_try_is_listed_by_its_kind(idle: Running) -> None:
    job = idle.submit(kind="onboarding")
    assert job["kind"] == "onboarding"
    assert job["id"] in listed(idle.client, kind="onboarding")
    assert job["id"] not in listed(idle.client, kind="default")
    body = {"tasks": [{"name": "a", "engine": "noop"}], "input": {"json": 1}}
    refused = idle.client.post("/api/v1/jobs", json={**body, "kind": "calibration"})
    assert refused.status_code == 422


def test_only_an_admin_can_tell_a_calibration(idle: Running) -> None:
    job = idle.submit(collaborators=[{"user": "*", "steps": ["*"]}])
    drawn = JobMark(JobKind.CALIBRATION, None, None)
    idle.call(
        idle.house.database.write(lambda work: work.marks.put(JobNumber(job["number"]), drawn))
    )
    user = idle.client.post("/api/v1/users", json={"name": "reviewer"}).json()
    made = idle.client.post("/api/v1/keys", json={"user": user["id"], "name": "k"}).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    with httpx2.Client(base_url=idle.url, headers=headers) as reviewer:
        assert reviewer.get(job["links"]["self"]).json()["kind"] == "default"
        assert job["id"] in listed(reviewer, kind="default")
        assert job["id"] not in listed(reviewer, kind="calibration")
    assert job["id"] in listed(idle.client, kind="calibration")
    assert job["id"] not in listed(idle.client, kind="default")


def test_many_jobs_are_tagged_and_marked_by_a_filter(server: Running) -> None:
    jobs = [server.finish(server.submit(tags=["lot", f"n{n}"])) for n in range(3)]
    waiting = server.submit(tags=["lot"], parked=True)
    changes = {"add_tags": ["seen"], "remove_tags": ["n1"]}
    told = post(server, "bulk", action="tag", filter={"tag": ["lot"]}, changes=changes)
    until(server, told["job"], lambda shown: shown["state"] == "completed")
    assert len(listed(server.client, tag="seen")) == 4
    assert not listed(server.client, tag="n1")
    told = post(server, "bulk", action="mark", filter={"tag": ["lot"]}, correct=False)
    until(server, told["job"], lambda shown: shown["state"] == "completed")
    assert listed(server.client, correct=False, tag="lot") == {job["id"] for job in jobs}
    (result,) = server.client.get(told["job"]["links"]["results"]).json()["items"]
    assert (result["document"]["changed"], result["document"]["skipped"]) == (3, 1)
    told = post(server, "bulk", action="mark", filter={"correct": False}, correct=None)
    until(server, told["job"], lambda shown: shown["state"] == "completed")
    assert not listed(server.client, correct=False)
    assert waiting["correct"] is None


def test_an_action_in_bulk_takes_only_its_own_changes(idle: Running) -> None:
    for body in (
        {"action": "tag", "filter": {}, "changes": {"priority": 3}},
        {"action": "tag", "filter": {}},
        {"action": "mark", "filter": {}},
        {"action": "cancel", "filter": {}, "correct": True},
    ):
        answer = idle.client.post("/api/v1/bulk", json=body)
        assert answer.status_code == 422, body
        assert answer.json()["field"] in ("changes", "correct")
