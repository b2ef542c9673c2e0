"""addTasksToJobs: a job that runs gets more tasks."""

from typing import Any

from tests.dialects.aiware.speaking import Speaker
from tests.running import MakeGate

CREATE = """mutation ($tasks: [CreateTask!]) { createJob(input: { tasks: $tasks }) {
  id targetId tasks { records { id } } } }"""
ADD = """mutation ($input: AddTasksToJobs) { addTasksToJobs(input: $input) {
  createdTasks { id name jobId targetId engineId payload status parentTaskId buildId }
  errors { id message } } }"""
SEEN = """query ($id: ID!) { job(id: $id) { status tasks { records {
  id name status payload parentTaskId taskOutput } } } }"""


def added(api: Speaker, *tasks: dict[str, Any]) -> Any:
    return api.data(ADD, {"input": {"tasks": list(tasks)}})["addTasksToJobs"]


def test_a_running_job_gets_a_task_behind_another_and_one_of_its_own(
    api: Speaker, gates: MakeGate
) -> None:
    gate = gates()
    payload = {"gate": str(gate.path)}
    job = api.data(CREATE, {"tasks": [{"engineId": "gate", "payload": payload}]})["createJob"]
    (first,) = job["tasks"]["records"]
    gate.tell("")

    told = added(
        api,
        {
            "id": "mine",
            "jobId": job["id"],
            "engineId": "noop",
            "buildId": "b",
            "status": "pending",
            "createdDateTime": "2026-01-01T00:00:00Z",
            "payload": {"echo": 1, "write": True},
            "parentTaskId": first["id"],
        },
        {"jobId": job["id"], "engineId": "noop", "payload": {"echo": 2}, "parentTaskId": "mine"},
        {"jobId": job["id"], "engineId": "noop", "payload": {"echo": 3}},
    )

    assert told["errors"] == []
    one, two, three = told["createdTasks"]
    assert [each["name"] for each in (one, two, three)] == ["noop", "noop-2", "noop-3"]
    assert (one["parentTaskId"], two["parentTaskId"]) == (first["id"], one["id"])
    assert (one["payload"], one["buildId"]) == ({"echo": 1, "write": True}, "b")
    assert {each["targetId"] for each in told["createdTasks"]} == {job["targetId"]}
    gate.open()
    assert api.ended(job["id"]) == "complete"
    records = api.data(SEEN, {"id": job["id"]})["job"]["tasks"]["records"]
    assert {each["status"] for each in records} == {"complete"}
    assert [each["taskOutput"]["echo"] for each in records[1:]] == [1, 2, 3]


def test_what_is_refused_is_told_beside_what_is_not(api: Speaker, gates: MakeGate) -> None:
    gate = gates()
    payload = {"gate": str(gate.path)}
    job = api.data(CREATE, {"tasks": [{"engineId": "gate", "payload": payload}]})["createJob"]
    ended = api.data(CREATE, {"tasks": [{"engineId": "noop"}]})["createJob"]
    api.ended(ended["id"])
    noop = {"jobId": job["id"], "engineId": "noop"}

    told = added(
        api,
        {**noop, "id": "a", "engineId": "nothing"},
        {**noop, "id": "b", "parentTaskId": "nobody"},
        {**noop, "id": "c", "status": "complete"},
        {**noop, "id": "d", "jobId": "26114722_0000000000"},
        {**noop, "id": "e", "jobId": ended["id"]},
        {**noop, "id": "f", "payload": [1]},
        noop,
    )

    assert len(told["createdTasks"]) == 1
    messages = {each["id"]: each["message"] for each in told["errors"]}
    assert sorted(messages) == ["a", "b", "c", "d", "e", "f"]
    assert messages["a"].startswith("input.tasks[0].engineId: no engine 'nothing'")
    assert messages["b"].startswith("input.tasks[1].parentTaskId")
    assert messages["f"].startswith("input.tasks[5].payload")
    assert "completed already" in messages["e"]
    gate.open()
    assert api.ended(job["id"]) == "complete"


def test_a_call_without_tasks_is_refused(api: Speaker) -> None:
    assert api.error(ADD, {"input": {"tasks": []}})["name"] == "invalid_input"
