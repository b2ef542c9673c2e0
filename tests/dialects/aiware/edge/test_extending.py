"""A job that has not ended is given a task, a route, and loses a task again."""

import json
from typing import Any

import pytest

from tests.dialects.aiware.edge.shapes import ERROR, ROUTE, TASK, check
from tests.dialects.aiware.edge.speaking import TRANSLATE, WRITER, Edge, task
from tests.dialects.aiware.speaking import Speaker
from tests.running import Gate, Running

FOLDERS = [{"correlationID": "read", "mode": "chunk", "type": "input"}]
OUTPUT = [{"correlationID": "found", "mode": "chunk", "type": "output"}]


@pytest.fixture
def job(edge: Edge, gate: Gate) -> str:
    """A job at a gate."""
    payload = {"GATE": {"gate": str(gate.path)}}
    words: dict[str, Any] = {"payloadJSON": payload, "correlationTaskId": "gated"}
    (job,) = edge.create({"tasks": [task("gate", ioFolders=OUTPUT, **words)]})
    return job


def added(edge: Edge, job: str, asked: dict[str, Any]) -> dict[str, Any]:
    answer = edge.call("POST", f"/proc/job/{job}/addtask", json={"task": asked})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["success"] is True
    check(body["task"], TASK)
    found: dict[str, Any] = body["task"]
    return found


def refused(edge: Edge, path: str, body: Any, status: int = 400) -> dict[str, Any]:
    answer = edge.call("POST", path, json=body)
    assert answer.status_code == status, answer.text
    check(answer.json(), ERROR)
    error: dict[str, Any] = answer.json()
    return error


def test_a_task_that_reads_nothing_of_the_job_runs_at_once(
    edge: Edge, job: str, gate: Gate, spanish: str
) -> None:
    asked = task(correlationTaskId="more", payloadJSON=json.dumps({"url": spanish, "target": "en"}))

    shown = added(edge, job, asked)

    assert (shown["correlationTaskId"], shown["internalJobID"]) == ("more", job)
    gate.open()
    assert edge.ended(job) == "complete"
    detail = edge.get(f"/proc/task/{shown['internalTaskID']}/detail")["task"]
    assert detail["taskStatus"] == "complete"
    assert json.loads(detail["payloadJSON"])["url"] == spanish


def test_a_task_with_an_input_folder_waits_for_its_route(
    edge: Edge, job: str, gate: Gate, spanish: str
) -> None:
    source = task(payloadJSON={"url": spanish, "target": "en"}, ioFolders=OUTPUT)
    parent = added(edge, job, source)
    child = added(edge, job, task(WRITER, ioFolders=FOLDERS, correlationTaskId="writer"))
    assert child["taskStatus"] == "pending"
    gate.open()
    assert edge.get(f"/proc/job/{job}/status")["job"]["jobStatus"] in ("running", "pending")

    route = {"taskParentId": parent["internalTaskID"], "taskChildId": "writer"}
    answer = edge.call("POST", f"/proc/job/{job}/addtaskroute", json={"task": route})

    assert answer.status_code == 200, answer.text
    check(answer.json()["task"], ROUTE)
    assert answer.json()["task"]["taskChildId"] == child["internalTaskID"]
    assert edge.ended(job) == "complete"
    (output,) = [o for o in edge.outputs(job) if o["name"].startswith("vtn-standard")][:1]
    assert output["size"] > 0
    detail = edge.get(f"/proc/job/{job}/detail")["job"]
    assert {"gated", "writer"} <= {each.get("correlationTaskId") for each in detail["tasks"]}


def test_graphql_shows_what_was_added(
    edge: Edge, api: Speaker, job: str, gate: Gate, spanish: str
) -> None:
    added(edge, job, task(payloadJSON={"url": spanish}, ioFolders=OUTPUT))
    core = edge.get(f"/proc/job/{job}/detail")["job"]["coreJobID"]

    found = api.data(f'query {{ job(id: "{core}") {{ tasks {{ records {{ engineId }} }} }} }}')

    assert TRANSLATE in {each["engineId"] for each in found["job"]["tasks"]["records"]}
    gate.open()


def test_a_job_that_was_made_elsewhere_grows_too(
    edge: Edge, server: Running, gate: Gate, spanish: str
) -> None:
    job = server.submit(tasks=[gate.task()])["id"]
    parent = added(edge, job, task(payloadJSON={"url": spanish}))
    child = added(edge, job, task(WRITER, ioFolders=FOLDERS))
    route = {"taskParentId": parent["internalTaskID"], "taskChildId": child["internalTaskID"]}
    answer = edge.call("POST", f"/proc/job/{job}/addtaskroute", json={"task": route})
    assert answer.status_code == 200, answer.text
    gate.open()
    assert edge.ended(job) == "complete"
    detail = edge.get(f"/proc/job/{job}/detail")["job"]
    assert [each["taskChildId"] for each in detail["taskRoutes"] if "taskParentId" in each] == [
        child["internalTaskID"]
    ]


def test_a_task_that_waits_is_deleted(edge: Edge, job: str, gate: Gate) -> None:
    child = added(edge, job, task(WRITER, ioFolders=FOLDERS))

    answer = edge.call("POST", f"/proc/task/{child['internalTaskID']}/delete")

    assert (answer.status_code, answer.content) == (204, b"")
    assert edge.call("GET", f"/proc/task/{child['internalTaskID']}/detail").status_code == 404
    assert len(edge.get(f"/proc/job/{job}/detail")["job"]["tasks"]) == 1
    gate.open()
    assert edge.ended(job) == "complete"


def test_what_cannot_be_added_says_why(edge: Edge, job: str, gate: Gate) -> None:
    path = f"/proc/job/{job}/addtask"
    assert refused(edge, path, {})["field"] == "task"
    assert refused(edge, path, {"task": {"engineId": "nothing"}})["field"] == "task.engineId"
    error = refused(edge, path, {"task": task(payloadJSON={"target": 7})})
    assert error["field"].startswith("task.payloadJSON")
    twice = task(correlationTaskId="gated")
    assert refused(edge, path, {"task": twice})["field"] == "task.correlationTaskId"
    told = task(sendOutputToUris=["http://127.0.0.1:1/"])
    assert refused(edge, path, {"task": told})["field"] == "task.sendOutputToUris"
    path = f"/proc/job/{job}/addtaskroute"
    assert refused(edge, path, {"task": {}})["field"] == "task.taskParentId"
    route = {"taskParentId": "gated", "taskChildId": "nobody"}
    assert refused(edge, path, {"task": route})["field"] == "task.taskChildId"
    (only,) = edge.get(f"/proc/job/{job}/detail")["job"]["tasks"]
    refused(edge, f"/proc/task/{only['internalTaskID']}/delete", {}, 409)
    gate.open()
    assert edge.ended(job) == "complete"
    assert refused(edge, f"/proc/job/{job}/addtask", {"task": task()}, 409)["code"] == "job_ended"
