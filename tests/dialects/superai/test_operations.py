"""All information on many jobs: written in the background, fetched by a signed address."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx2
import pytest

from tests.dialects.superai.conftest import Caller, caller, job_of, labelled
from tests.running import Running


def exported(server: Running, who: Caller, app: str, **params: Any) -> list[dict[str, Any]]:
    """What an export holds, as the published client reads it."""
    made = who.given("POST", f"apps/{app}/job_responses", params=params)
    server.finish({"id": made["operationId"]})
    path = f"operations/{app}/{made['operationId']}"
    operation = who.given("GET", path)
    assert (operation["id"], operation["status"]) == (made["operationId"], "COMPLETED")
    assert operation["completed"]
    url = who.given("POST", f"{path}/download-url", params={"secondsTtl": 60})["downloadUrl"]
    archive = ZipFile(BytesIO(httpx2.get(url).content))
    found: list[dict[str, Any]] = json.load(archive.open(archive.namelist()[0]))
    return found


def test_all_information_on_jobs_is_exported_with_their_outputs(
    server: Running, admin: Caller, labels: str
) -> None:
    jobs = [labelled(server, admin, labels, label, tags=["out"]) for label in ("cat", "dog")]
    pending = job_of(admin, labels, pending=True, tags=["out"])
    found = {each["id"]: each for each in exported(server, admin, labels, tags="out")}
    assert set(found) == {each["id"] for each in (*jobs, pending)}
    for job in jobs:
        told = dict(found[job["id"]])
        assert told.pop("response")["label"] in ("cat", "dog")
        assert told == job
    assert found[pending["id"]]["response"] is None


def test_an_export_is_narrowed_by_state_and_time_and_has_history_if_wanted(
    server: Running, admin: Caller, labels: str
) -> None:
    job = labelled(server, admin, labels, "cat", tags=["narrow"])
    job_of(admin, labels, pending=True, tags=["narrow"])
    params = {
        "tags": "narrow",
        "statusIn": ["COMPLETED", "FAILED"],
        "createdStartDate": job["created"],
        "completedEndDate": job["completed"],
        "withHistory": "True",
        "sendEmail": "False",
    }
    (only,) = exported(server, admin, labels, **params)
    assert only["id"] == job["id"]
    events = [each["event"] for each in only["history"]]
    assert (events[0], events[-1]) == ("job.created", "job.completed")
    assert exported(server, admin, labels, tags="narrow", completedEndDate="2020-01-01") == []


def test_an_export_holds_the_calibrations_of_nobody_who_must_not_know(
    server: Running, admin: Caller, labels: str
) -> None:
    app = admin.given("POST", "apps", {"templateName": "labels", "appName": "told"})["uuid"]
    truth = {"input": {"text": "a"}, "label": {"label": "cat"}}
    admin.given("POST", f"apis/{app}/baselineData", truth)
    drawn = server.client.post("/api/v1/pipelines/told/calibrations", json={"count": 1})
    assert drawn.is_success, drawn.text
    (own,) = exported(server, admin, app)
    assert (own["jobType"], "baselineId" in own) == ("CALIBRATION", True)
    user = {"name": "sven", "email": "sven@example.org", "password": "long enough 1"}
    sven = server.client.post("/api/v1/users", json=user).json()["id"]
    share = {"collaborators": [{"user": sven, "steps": ["*"]}]}
    put = server.client.put(f"/api/v1/jobs/{own['uuid']}/collaborators", json=share)
    assert put.is_success, put.text
    key = server.client.post("/api/v1/keys", json={"user": sven, "name": "k", "rights": ["*"]})
    with caller(server, key.json()["key"]) as seen:
        (told,) = exported(server, seen, app)
    assert (told["id"], told["jobType"]) == (own["id"], "DEFAULT")
    assert "baselineId" not in told


def test_actions_in_the_background_are_operations_too(
    server: Running, admin: Caller, labels: str
) -> None:
    job_of(admin, labels, pending=True, tags=["acted"])
    made = admin.given(
        "PUT", f"apps/{labels}/jobs/tags", {"tags": ["more"]}, params={"tags": "acted"}
    )
    server.finish({"id": made["operationId"]})
    operation = admin.given("GET", f"operations/{labels}/{made['operationId']}")
    assert (operation["status"], operation["progress"]) == ("COMPLETED", 100)


def test_an_operation_is_of_one_app(
    server: Running, admin: Caller, labels: str, quick: str
) -> None:
    made = admin.given("POST", f"apps/{labels}/job_responses")
    server.finish({"id": made["operationId"]})
    admin.refused(404, "GET", f"operations/{quick}/{made['operationId']}")
    admin.refused(404, "POST", f"operations/{quick}/{made['operationId']}/download-url")


def test_what_is_no_operation_is_not_found(
    server: Running, admin: Caller, labels: str, quick: str
) -> None:
    job = job_of(admin, quick)
    for operation in (job["id"], "0", "nothing", "99999999"):
        admin.refused(404, "GET", f"operations/{labels}/{operation}")
        admin.refused(404, "POST", f"operations/{labels}/{operation}/download-url")


@pytest.mark.parametrize(
    "params",
    [
        {"statusIn": "DONE"},
        {"withHistory": "perhaps"},
        {"sendEmail": "perhaps"},
        {"completedEndDate": "x"},
    ],
)
def test_a_wrong_query_is_named(admin: Caller, labels: str, params: dict[str, str]) -> None:
    (name,) = params
    said = admin.refused(400, "POST", f"apps/{labels}/job_responses", params=params)
    assert said.startswith(f"{name}: ")
