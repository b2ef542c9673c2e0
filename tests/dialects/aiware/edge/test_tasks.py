"""Tasks at a real server: detail, outputs, logs, lists, errors, and the statuses one may set."""

import io
import zipfile
from typing import Any

import pytest

from tests.dialects.aiware.edge.shapes import (
    ERROR,
    OUTPUT,
    TASK,
    TASK_ERROR,
    WORK_REQUEST,
    check,
    list_of,
)
from tests.dialects.aiware.edge.speaking import TRANSLATE, Edge, task, translation
from tests.running import Gate

NOBODY = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@pytest.fixture(scope="module")
def done(edge: Edge, spanish: str) -> list[dict[str, Any]]:
    """The tasks of the documentation's job, complete."""
    (job,) = edge.create(translation(spanish))
    assert edge.ended(job) == "complete"
    tasks: list[dict[str, Any]] = edge.get(f"/proc/job/{job}/detail")["job"]["tasks"]
    return tasks


@pytest.fixture
def failed(edge: Edge, gate: Gate) -> dict[str, Any]:
    """A task that failed after it had said something."""
    (job,) = edge.create(gated(gate, maxRetries=0))
    gate.tell("log it begins", "fail the tide was too low")
    assert edge.ended(job) == "failed"
    (only,) = edge.get(f"/proc/job/{job}/detail")["job"]["tasks"]
    found: dict[str, Any] = only
    return found


def gated(gate: Gate, **words: Any) -> dict[str, Any]:
    return {"tasks": [task("gate", payloadJSON={"GATE": {"gate": str(gate.path)}}, **words)]}


def test_a_detail_is_that_of_the_jobs(edge: Edge, done: list[dict[str, Any]]) -> None:
    detail = edge.get(f"/proc/task/{done[0]['internalTaskID']}/detail")["task"]

    check(detail, TASK)
    assert detail == done[0]
    assert edge.get(f"/proc/task/{detail['coreTaskID']}/detail")["task"] == detail


@pytest.mark.parametrize("path", ["detail", "outputs", "logs", "output/x", "download/x"])
def test_a_task_that_is_not_there_is_not_found(edge: Edge, path: str) -> None:
    for ident in (NOBODY, "x", "22030903_abcdefghij12345"):
        answer = edge.call("GET", f"/proc/task/{ident}/{path}")
        assert answer.status_code == 404
        check(answer.json(), ERROR)


def test_each_task_has_its_own_outputs(edge: Edge, done: list[dict[str, Any]]) -> None:
    for each in done:
        ident = each["internalTaskID"]
        found = edge.get(f"/proc/task/{ident}/outputs")["outputs"]
        assert found["internalTaskID"] == ident
        (output,) = found["outputs"]
        check(output, OUTPUT)
        path = f"/proc/task/{ident}/output/{output['name']}"
        raw = edge.call("GET", path)
        assert (raw.status_code, len(raw.content)) == (200, output["size"])
        assert edge.get(path, format="envelope")["output"]["contents"] == raw.text
        assert edge.call("GET", f"/proc/task/{ident}/download/{output['name']}").text == raw.text


def test_logs_are_a_zip_with_each_attempt(edge: Edge, failed: dict[str, Any]) -> None:
    for path in (
        f"/proc/task/{failed['internalTaskID']}/logs",
        f"/proc/task/{failed['internalTaskID']}/data",
        f"/proc/job/{failed['internalJobID']}/data",
    ):
        answer = edge.call("GET", path)
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            (name,) = archive.namelist()
            assert "gate" in name
            text = archive.read(name).decode()
        assert "it begins" in text
        assert "told_to_fail: the tide was too low" in text


def test_attempts_are_work_requests(edge: Edge, done: list[dict[str, Any]]) -> None:
    path = f"/proc/job/{done[0]['internalJobID']}/workrequests"

    found = edge.get(path)

    check(found, list_of(WORK_REQUEST))
    assert found["count"] == 2
    assert {each["internalTaskID"] for each in found["result"]} == {
        each["internalTaskID"] for each in done
    }
    assert {each["status"] for each in found["result"]} == {"complete"}
    assert edge.get(path, direction="ASC")["result"] == found["result"][::-1]
    (one,) = edge.get(path, taskID=done[0]["internalTaskID"])["result"]
    assert one["engineID"] == TRANSLATE
    assert edge.get(path, status="failed")["result"] == []
    assert edge.get(path, limit=1, offset=1)["result"] == found["result"][1:]
    detail = edge.get(f"/proc/workrequest/{one['workRequestID']}/detail")
    assert detail == {"result": one, "success": True}
    assert edge.call("GET", f"/proc/workrequest/{NOBODY}/detail").status_code == 404


def test_a_work_request_that_failed_says_so(edge: Edge, failed: dict[str, Any]) -> None:
    (one,) = edge.get(f"/proc/job/{failed['internalJobID']}/workrequests")["result"]

    assert (one["status"], one["errorCount"]) == ("failed", 1)


def test_tasks_are_listed_with_a_total(edge: Edge, done: list[dict[str, Any]]) -> None:
    first = edge.get("/proc/tasks", limit=1)

    check(first, list_of(TASK))
    assert len(first["result"]) == 1
    assert first["count"] >= 2


def test_tasks_are_filtered(edge: Edge, done: list[dict[str, Any]], failed: dict[str, Any]) -> None:
    translate, writer = (each["internalTaskID"] for each in done)
    job, broken = done[0]["internalJobID"], failed["internalTaskID"]

    def ids(path: str = "/proc/tasks", **query: Any) -> set[str]:
        found = edge.get(path, limit=1000, **query)
        assert found["count"] == len(found["result"])
        key = "internalTaskID" if path == "/proc/tasks" else "taskID"
        return {each[key] for each in found["result"]}

    assert ids(jobID=job) == {translate, writer}
    assert ids(coreJobID=done[0]["coreJobID"]) == {translate, writer}
    assert ids(taskID=writer) == {writer}
    assert ids(coreTaskID=done[1]["coreTaskID"]) == {writer}
    assert ids(taskID=writer, jobID=failed["internalJobID"]) == set()
    assert ids(jobID=job, engineID=TRANSLATE) == {translate}
    assert ids(jobID=job, engineID=NOBODY) == set()
    assert ids(jobID=job, engineCategoryID=done[0]["engineCategoryID"]) == {translate}
    assert ids(jobID=job, status="failed") == set()
    assert broken in ids(status="failed")
    assert ids(jobID=job, backlog="true") == set()
    assert ids(jobID=NOBODY) == ids(taskID=NOBODY) == set()
    assert broken in ids(errorType="internal_error")
    assert broken not in ids(errorType="none")
    assert ids(errorType="rate_limited") == set()
    assert ids("/proc/tasks/errors", jobID=job) == set()
    assert ids("/proc/tasks/errors", jobID=failed["internalJobID"]) == {broken}
    assert ids("/proc/tasks/errors", taskID=broken) == {broken}


def test_errors_say_why(edge: Edge, failed: dict[str, Any]) -> None:
    found = edge.get("/proc/tasks/errors", taskID=failed["internalTaskID"])

    check(found, list_of(TASK_ERROR))
    (error,) = found["result"]
    assert (error["failureReason"], error["failureDetail"]) == (
        "internal_error",
        "the tide was too low",
    )


def test_a_task_is_aborted_with_its_job(edge: Edge, gate: Gate) -> None:
    (job,) = edge.create(gated(gate))
    gate.tell("progress 1")
    (only,) = edge.get(f"/proc/job/{job}/detail")["job"]["tasks"]
    body = {"taskIDs": [only["internalTaskID"]], "taskStatus": "aborted"}

    assert edge.call("POST", "/proc/tasks/update_status", json=body).json() == {"success": True}

    assert edge.ended(job) == "aborted"
    detail = edge.get(f"/proc/job/{job}/detail")["job"]
    assert "abortedDateTime" in detail
    assert "completedDateTime" not in detail
    again = edge.call("POST", "/proc/tasks/update_status", json=body)
    assert again.json() == {"success": True}


def test_a_failed_task_runs_again(edge: Edge, failed: dict[str, Any], gate: Gate) -> None:
    body = {"taskIDs": [failed["internalTaskID"]], "taskStatus": "pending"}

    assert edge.call("POST", "/proc/tasks/update_status", json=body).status_code == 200

    gate.close()
    gate.open()
    assert edge.ended(failed["internalJobID"]) == "complete"
    detail = edge.get(f"/proc/job/{failed['internalJobID']}/detail")["job"]
    assert detail["currentRetries"] == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"taskIDs": [], "taskStatus": "aborted"}, 400, "taskIDs"),
        ({"taskIDs": "x", "taskStatus": "aborted"}, 400, "taskIDs"),
        ({"taskIDs": [NOBODY], "taskStatus": "complete"}, 400, "taskStatus"),
        ({"taskIDs": [NOBODY], "taskStatus": "done"}, 400, "taskStatus"),
        ({"taskIDs": [NOBODY]}, 400, "taskStatus"),
        ({"taskIDs": [NOBODY], "taskStatus": "aborted"}, 404, None),
    ],
)
def test_a_status_that_cannot_be_set_is_refused(
    edge: Edge, body: dict[str, Any], code: int, field: str | None
) -> None:
    answer = edge.call("POST", "/proc/tasks/update_status", json=body)

    assert answer.status_code == code
    check(answer.json(), ERROR)
    assert answer.json().get("field") == field


def test_a_complete_task_cannot_be_aborted(edge: Edge, done: list[dict[str, Any]]) -> None:
    body = {"taskIDs": [done[0]["internalTaskID"]], "taskStatus": "aborted"}

    answer = edge.call("POST", "/proc/tasks/update_status", json=body)

    assert answer.status_code == 409
    assert answer.json()["code"] == "job_ended"
