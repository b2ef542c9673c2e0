"""What a body of `proc/job/create` becomes, and how each wrong one is refused."""

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.dialects.aiware.edge.speaking import TRANSLATE, WRITER, Edge, task, translation
from tests.receiver import receiving
from tests.running import Running

Body = dict[str, Any]


@pytest.fixture
def job(spanish: str) -> Body:
    """The documentation's job."""
    found: Body = copy.deepcopy(translation(spanish))
    return found


def natively(server: Running, job: str) -> tuple[Body, list[Body]]:
    """The job and its tasks in the native API."""
    found = server.client.get(f"/api/v1/jobs/{job}").json()
    return found, server.client.get(f"/api/v1/jobs/{job}/tasks").json()["items"]


def test_the_jobs_words_become_a_graph(edge: Edge, server: Running, job: Body) -> None:
    (ident,) = edge.create(job)

    found, (first, second) = natively(server, ident)
    assert found["origin"] == "aiware"
    assert (first["engine"], second["engine"]) == ("translate", "output-writer")
    assert (first["max_retries"], second["max_retries"]) == (10, 10)
    assert first["priority"] < second["priority"], "-10 comes before the usual 0"
    assert found["input"]["url"].endswith("/spanish.txt")
    assert (first["mode"], second["mode"]) == ("whole", "whole")
    root, route = edge.get(f"/proc/job/{ident}/detail")["job"]["taskRoutes"]
    assert root == {"taskChildId": first["id"]}
    assert (route["taskParentId"], route["taskChildId"]) == (first["id"], second["id"])


def test_a_date_in_the_past_is_no_deadline_and_is_shown_again(
    edge: Edge, server: Running, job: Body
) -> None:
    (ident,) = edge.create(job)

    assert natively(server, ident)[0]["due"] is None
    detail = edge.get(f"/proc/job/{ident}/detail")["job"]
    assert detail["dueDateTime"] == "2020-02-18T20:49:18.331Z"
    assert detail["tasks"][1]["dueDateTime"] == "2020-02-14T20:49:18.331Z"


def test_the_earliest_date_to_come_is_the_deadline(edge: Edge, server: Running, job: Body) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    job["dueDateTime"] = (soon + timedelta(hours=1)).isoformat()
    job["tasks"][1]["dueDateTime"] = int(soon.timestamp())

    (ident,) = edge.create(job)

    assert datetime.fromisoformat(natively(server, ident)[0]["due"]) == soon


def test_folders_may_be_left_out_where_there_is_no_choice(
    edge: Edge, server: Running, job: Body
) -> None:
    for each in job["tasks"]:
        del each["ioFolders"]
    for route in job["taskRoutes"]:
        route.pop("taskParentOutputId", None)
        route.pop("taskChildInputId", None)

    (ident,) = edge.create(job)

    assert edge.ended(ident) == "complete"
    assert len(edge.outputs(ident)) == 1


def test_tasks_without_routes_are_one_after_the_other(edge: Edge, job: Body) -> None:
    del job["taskRoutes"]
    for each in job["tasks"]:
        del each["ioFolders"]

    (ident,) = edge.create(job)

    assert edge.ended(ident) == "complete"
    assert len(edge.get(f"/proc/job/{ident}/detail")["job"]["taskRoutes"]) == 2


def test_two_tasks_may_use_the_same_folder_name(edge: Edge, job: Body) -> None:
    first, second = job["tasks"]
    first["ioFolders"][0]["correlationID"] = "x"
    second["ioFolders"][0]["correlationID"] = "x"
    job["taskRoutes"][1] |= {"taskParentOutputId": "x", "taskChildInputId": "x"}

    (ident,) = edge.create(job)

    assert edge.ended(ident) == "complete"


def test_parallel_processing_is_two_engines_unless_more_are_named(edge: Edge, job: Body) -> None:
    first, second = job["tasks"]
    del first["maxEngines"]
    first["parallelProcessing"] = True
    second["parentMustBeCompleteBeforeStarting"] = True

    (ident,) = edge.create(job)

    detail = edge.get(f"/proc/job/{ident}/detail")["job"]["tasks"]
    assert detail[0]["parallelProcessing"] is True
    assert detail[1]["parentMustBeCompleteBeforeStarting"] is True


def test_several_jobs_are_made_together(edge: Edge, job: Body) -> None:
    answer = edge.call("POST", "/proc/job/create", json={"jobs": [job, job]}).json()

    assert len(set(answer["internalJobIds"])) == 2
    assert answer["InternalJobId"] == answer["internalJobIds"][0]


def test_of_several_jobs_one_that_cannot_be_made_keeps_the_others_out(
    edge: Edge, job: Body
) -> None:
    before = edge.get("/proc/jobs", limit=0)["count"]
    refused = edge.refused(job, {"tasks": [task("noop-of-nobody")]})

    assert refused["field"] == "jobs[1].tasks[0].engineId"
    assert edge.get("/proc/jobs", limit=0)["count"] == before


def changed(job: Body, place: str, value: Any) -> Body:
    """The job with one thing different; a place is written as `tasks.0.engineId`."""
    found = copy.deepcopy(job)
    at: Any = found
    *words, last = [int(each) if each.isdecimal() else each for each in place.split(".")]
    for each in words:
        at = at[each]
    at[last] = value
    return found


INPUT = "__OUTPUT_WRITER_TASK_INPUT_ID_UUID__"
WRONG: list[tuple[str, Any, str]] = [
    ("tasks", [], "tasks"),
    ("tasks", {}, "tasks"),
    ("tasks.0", 1, "tasks[0]"),
    ("tasks.0.engineId", "3fa85f64-5717-4562-b3fc-2c963f66afa6", "tasks[0].engineId"),
    ("tasks.0.engineId", None, "tasks[0].engineId"),
    ("tasks.0.engineId", 7, "tasks[0].engineId"),
    ("tasks.0.payloadJSON", "{", "tasks[0].payloadJSON"),
    ("tasks.0.payloadJSON", "[1]", "tasks[0].payloadJSON"),
    ("tasks.0.payloadJSON", '{"beam": 99}', "tasks[0].payloadJSON.beam"),
    ("tasks.0.maxRetries", "10", "tasks[0].maxRetries"),
    ("tasks.0.maxRetries", -1, "tasks[0].maxRetries"),
    ("tasks.0.maxEngines", -1, "tasks[0].maxEngines"),
    ("tasks.0.priority", 1.5, "tasks[0].priority"),
    ("tasks.0.priority", 2**70, "tasks[0].priority"),
    ("tasks.0.parallelProcessing", "yes", "tasks[0].parallelProcessing"),
    ("tasks.0.taskStatus", "done", "tasks[0].taskStatus"),
    ("tasks.0.dueDateTime", "tomorrow", "tasks[0].dueDateTime"),
    ("tasks.0.ioFolders", "x", "tasks[0].ioFolders"),
    ("tasks.0.ioFolders.0.type", "both", "tasks[0].ioFolders[0].type"),
    ("tasks.0.ioFolders.0.type", None, "tasks[0].ioFolders[0].type"),
    ("tasks.0.ioFolders.0.mode", "whole", "tasks[0].ioFolders[0].mode"),
    ("tasks.1.correlationTaskId", "__TRANSLATION_TASK_ID_UUID__", "tasks[1].correlationTaskId"),
    ("tasks.0.sendOutputToUris", [1], "tasks[0].sendOutputToUris"),
    ("taskRoutes.0.taskChildId", "nobody", "taskRoutes[0].taskChildId"),
    ("taskRoutes.0.taskChildId", None, "taskRoutes[0].taskChildId"),
    ("taskRoutes.1.taskParentId", "nobody", "taskRoutes[1].taskParentId"),
    ("taskRoutes.1.taskParentOutputId", "missing", "taskRoutes[1].taskParentOutputId"),
    ("taskRoutes.1.taskChildInputId", "missing", "taskRoutes[1].taskChildInputId"),
    ("taskRoutes.1.taskParentOutputId", INPUT, "taskRoutes[1].taskParentOutputId"),
    ("jobStatus", "new", "jobStatus"),
    ("dueDateTime", True, "dueDateTime"),
]


@pytest.mark.parametrize(("place", "value", "field"), WRONG, ids=[f"{a}={b}" for a, b, _ in WRONG])
def test_what_is_wrong_is_named(edge: Edge, job: Body, place: str, value: Any, field: str) -> None:
    refused = edge.refused(changed(job, place, value))

    assert refused["field"] == f"jobs[0].{field}"
    assert refused["description"]
    assert f"field=jobs[0].{field}" in refused["detail"]


def test_two_routes_into_one_folder_are_refused(edge: Edge, job: Body) -> None:
    job["taskRoutes"].append(dict(job["taskRoutes"][1]))

    refused = edge.refused(job)

    assert refused["code"] == "graph_invalid"
    assert refused["field"] == "jobs[0].taskRoutes[2].taskChildInputId"


def test_a_circle_is_refused(edge: Edge, job: Body) -> None:
    first, second = (each["correlationTaskId"] for each in job["tasks"])
    job["taskRoutes"].append({"taskParentId": second, "taskChildId": first})

    refused = edge.refused(job)

    assert refused["code"] == "graph_invalid"
    assert refused["field"] == "jobs[0].taskRoutes"


def test_a_task_with_an_address_takes_no_bytes_that_are_pushed(edge: Edge, job: Body) -> None:
    job["taskRoutes"][0]["endpoint"] = "3fa85f64-5717-4562-b3fc-2c963f66afa6"

    refused = edge.refused(job)

    assert refused["field"] == "jobs[0].tasks[0].payloadJSON.url"


@pytest.mark.parametrize(
    "url", ["ftp://example.com/a.txt", "file:///etc/passwd", "http://10.0.0.1/a.txt", "not a url"]
)
def test_an_address_that_can_never_be_fetched_is_refused_at_once(
    edge: Edge, job: Body, url: str
) -> None:
    job["tasks"][0]["payloadJSON"] = job["tasks"][0]["taskPayloadJSON"] = json.dumps({"url": url})

    refused = edge.refused(job)

    assert refused["field"] == "jobs[0].tasks[0].payloadJSON.url"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"jobs": []}', b'{"jobs": {}}', b"{}"])
def test_a_body_that_holds_no_jobs_is_refused(edge: Edge, body: bytes) -> None:
    answer = edge.call("POST", "/proc/job/create", content=body)

    assert answer.status_code == 400
    assert set(answer.json()) >= {"id", "description", "detail"}


def test_what_was_written_is_shown_again(edge: Edge, job: Body) -> None:
    job |= {"coreJobID": "core-7", "coreRecordingID": 44512341, "jobConfigJSON": '{"a":1}'}
    job["tasks"][0]["coreTaskId"] = "core-task-7"

    (ident,) = edge.create(job)

    detail = edge.get(f"/proc/job/{ident}/detail")["job"]
    assert (detail["coreJobID"], detail["coreRecordingId"]) == ("core-7", 44512341)
    assert detail["jobConfigJSON"] == '{"a":1}'
    first, second = detail["tasks"]
    assert (first["engineID"], second["engineID"]) == (TRANSLATE, WRITER)
    assert first["coreTaskID"] == "core-task-7"
    assert first["payloadJSON"] == job["tasks"][0]["payloadJSON"]
    assert first["correlationTaskId"] == job["tasks"][0]["correlationTaskId"]
    assert first["ioFolders"][0]["correlationId"] == "__TRANSLATION_TASK_OUTPUT_ID_UUID__"
    assert first["priority"] == -10


def test_the_same_job_stands_in_graphql(edge: Edge, job: Body, api: Any) -> None:
    (ident,) = edge.create(job)
    core = edge.get(f"/proc/job/{ident}/detail")["job"]["coreJobID"]

    seen = api.data(
        """query ($id: ID!) { job(id: $id) { id routes { parentIoFolderReferenceId
           childIoFolderReferenceId } tasks { records { engineId ioFolders { referenceId mode } } }
           } }""",
        {"id": core},
    )["job"]

    assert seen["routes"] == [
        {
            "parentIoFolderReferenceId": "__TRANSLATION_TASK_OUTPUT_ID_UUID__",
            "childIoFolderReferenceId": INPUT,
        }
    ]
    assert [each["engineId"] for each in seen["tasks"]["records"]] == [TRANSLATE, WRITER]
    assert seen["tasks"]["records"][1]["ioFolders"] == [{"referenceId": INPUT, "mode": "chunk"}]


def test_ends_are_posted_to_the_addresses_of_the_job_and_of_the_task(edge: Edge, job: Body) -> None:
    with receiving() as receiver:
        job["sendOutputToUris"] = [f"{receiver.url}/all"]
        job["tasks"][1]["sendOutputToUris"] = [f"{receiver.url}/own"]
        (ident,) = edge.create(job)
        assert edge.ended(ident) == "complete"
        got = receiver.wait(4)

    told = sorted((each.path, each.json["event"]) for each in got)
    assert told == [
        ("/all", "job.completed"),
        ("/all", "task.done"),
        ("/all", "task.done"),
        ("/own", "task.done"),
    ]
    detail = edge.get(f"/proc/job/{ident}/detail")["job"]
    assert detail["sendOutputToUris"] == job["sendOutputToUris"]
    assert detail["tasks"][1]["sendOutputToUris"] == job["tasks"][1]["sendOutputToUris"]
