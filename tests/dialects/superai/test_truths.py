"""Ground truth of an app, and calibrations drawn from it, which nobody can tell who need not."""

from typing import Any

import pytest

from tests.dialects.superai.conftest import Caller, caller, labelled
from tests.receiver import receiving
from tests.running import Running

TRUTH = {"input": {"text": "a"}, "label": {"label": "cat"}, "tag": "first"}


def test_ground_truth_is_added_read_changed_and_deleted(admin: Caller, labels: str) -> None:
    made = admin.given("POST", f"apis/{labels}/baselineData", {**TRUTH, "metadata": {"k": "v"}})
    told = {key: made[key] for key in ("input", "label", "tag", "metadata")}
    assert told == {**TRUTH, "metadata": {"k": "v"}}
    shape = (made["apiId"], made["status"], made["type"], made["jobId"], made["used"])
    assert shape == (labels, "ACTIVE", "OWNER", None, False)
    path = f"baselineData/{made['id']}"
    assert admin.given("GET", path) == made
    changed = admin.given("PATCH", path, {"label": {"label": "dog"}})
    assert (changed["label"], changed["tag"]) == ({"label": "dog"}, "first")
    assert admin.given("DELETE", path)["status"] == "DELETED"
    assert admin.given("GET", path)["status"] == "DELETED"
    admin.refused(404, "PATCH", path, {"tag": "x"})


def test_ground_truth_is_listed_by_page(server: Running, admin: Caller, labels: str) -> None:
    app = admin.given("POST", "apps", {"templateName": "labels", "appName": "paged"})["uuid"]
    path = f"apis/{app}/baselineData"
    made = [admin.given("POST", path, TRUTH)["id"] for _ in range(3)]
    first = admin.given("GET", path, params={"page": 0, "size": 2})
    rest = admin.given("GET", path, params={"page": 1, "size": 2})
    assert [each["id"] for each in (*first["content"], *rest["content"])] == made[::-1]
    assert (first["last"], rest["last"], rest["totalElements"]) == (False, True, 3)


def test_a_jobs_answer_becomes_ground_truth(server: Running, admin: Caller, labels: str) -> None:
    job = labelled(server, admin, labels, "dog")
    made = admin.given("POST", f"apis/{labels}/baselineData/job/{job['id']}")
    assert made["label"]["label"] == "dog"
    assert (str(made["jobId"]), made["input"]) == (job["id"], job["input"])
    assert made["type"] == "GOLDWORKFLOW"


def test_a_job_of_another_app_does_not(
    server: Running, admin: Caller, labels: str, quick: str
) -> None:
    job = labelled(server, admin, labels, "dog")
    admin.refused(404, "POST", f"apis/{quick}/baselineData/job/{job['id']}")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "input"),
        ({"input": {"text": "a"}}, "label"),
        ({"input": [], "label": 1}, "input"),
        ({**TRUTH, "tag": 1}, "tag"),
        ({**TRUTH, "metadata": []}, "metadata"),
    ],
)
def test_wrong_ground_truth_names_its_field(
    admin: Caller, labels: str, body: Any, field: str
) -> None:
    assert admin.refused(400, "POST", f"apis/{labels}/baselineData", body).startswith(field)


def test_a_calibration_looks_like_any_job_to_who_answers_it(
    server: Running, admin: Caller, labels: str
) -> None:
    app = admin.given("POST", "apps", {"templateName": "labels", "appName": "drawn"})["uuid"]
    truth = admin.given("POST", f"apis/{app}/baselineData", TRUTH)
    user = {"name": "rita", "email": "rita@example.org", "password": "long enough 1"}
    rita = server.client.post("/api/v1/users", json=user).json()["id"]
    usual = admin.given("POST", f"apps/{app}/jobs", {"inputs": [{"text": "b"}], "pending": True})
    shares = {"collaborators": [{"user": rita, "steps": ["*"]}]}
    put = server.client.put(f"/api/v1/jobs/{usual['uuid']}/collaborators", json=shares)
    assert put.is_success, put.text
    body = {"count": 1}
    drawn = server.client.post("/api/v1/pipelines/drawn/calibrations", json=body)
    assert drawn.is_success, drawn.text
    listed = admin.given("GET", f"apps/{app}/jobs", params={"orderBy": "desc"})
    calibration = listed["jobs"][0]
    assert (calibration["jobType"], calibration["baselineId"]) == ("CALIBRATION", truth["id"])
    assert admin.given("GET", f"baselineData/{truth['id']}")["used"] is True

    key = server.client.post("/api/v1/keys", json={"user": rita, "name": "k", "rights": ["*"]})
    with caller(server, key.json()["key"]) as seen:
        jobs = seen.given("GET", f"apps/{app}/jobs")["jobs"]
        assert {each["id"] for each in jobs} == {usual["id"], calibration["id"]}
        one, other = ({**each, **OWN} for each in jobs)
        assert one == other
        seen.refused(404, "GET", f"baselineData/{truth['id']}")


OWN = dict.fromkeys(("id", "uuid", "input", "status", "created", "completed"), "its own")


def test_the_callback_of_a_calibration_names_what_it_was_drawn_from(
    server: Running, admin: Caller, labels: str
) -> None:
    with receiving() as receiver:
        body = {"templateName": "labels", "appName": "judged", "callbackUrl": receiver.url}
        app = admin.given("POST", "apps", body)["uuid"]
        known = {"text": "a", "said": {"label": "cat"}}
        body = {"input": known, "label": {"label": "cat"}}
        truth = admin.given("POST", f"apis/{app}/baselineData", body)
        drawn = server.client.post("/api/v1/pipelines/judged/calibrations", json={"count": 1})
        assert drawn.is_success, drawn.text
        (got,) = receiver.wait(1)
    assert (got.json["state"], got.json["jobType"]) == ("COMPLETED", "CALIBRATION")
    assert got.json["baselineId"] == truth["id"]
