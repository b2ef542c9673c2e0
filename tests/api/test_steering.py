"""Hold jobs back, change and find them, through the native API."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.running import MakeGate, Running


def act(server: Running, job: dict[str, Any], verb: str, **body: Any) -> dict[str, Any]:
    answer = server.client.post(f"/api/v1/jobs/{job['id']}/{verb}", json=body or None)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def refused(server: Running, job: dict[str, Any], verb: str, **body: Any) -> str:
    answer = server.client.post(f"/api/v1/jobs/{job['id']}/{verb}", json=body or None)
    assert answer.status_code in (404, 409), answer.text
    code: str = answer.json()["code"]
    return code


def listed(server: Running, **query: Any) -> list[str]:
    answer = server.client.get("/api/v1/jobs", params=query)
    assert answer.status_code == 200, answer.text
    return [job["id"] for job in answer.json()["items"]]


def until(server: Running, job: dict[str, Any], true: Callable[[dict[str, Any]], bool]) -> None:
    """Wait for something to be true of a job, from commit to commit."""
    for _ in range(200):
        seen = server.house.bell.count
        if true(server.client.get(f"/api/v1/jobs/{job['id']}").json()):
            return
        server.call(server.house.bell.wait(seen, 5))
    raise AssertionError("it does not become true")


def task_states(server: Running, job: dict[str, Any]) -> list[str]:
    tasks = server.client.get(job["links"]["tasks"]).json()["items"]
    return [task["state"] for task in tasks]


def running(server: Running, job: dict[str, Any]) -> None:
    until(server, job, lambda _: task_states(server, job)[0] == "running")


def test_a_parked_job_waits_until_it_is_unparked(server: Running) -> None:
    job = server.submit(parked=True)
    assert job["state"] == "parked"
    assert job["wait_reason"]["code"] == "parked"
    assert refused(server, job, "pause") == "conflict"
    assert refused(server, job, "resume") == "job_not_held"
    assert act(server, job, "unpark")["state"] == "queued"
    assert server.finish(job)["state"] == "completed"
    assert refused(server, job, "park") == "job_ended"


def test_a_queued_job_is_paused_and_resumed(idle: Running) -> None:
    job = idle.submit()
    paused = act(idle, job, "pause")
    assert (paused["state"], paused["wait_reason"]["code"]) == ("paused", "paused")
    told = idle.client.post(f"/api/v1/jobs/{job['id']}/park").json()
    assert (told["code"], "pause it" in told["detail"]) == ("job_started", False)
    (task,) = idle.client.get(job["links"]["tasks"]).json()["items"]
    assert (task["state"], task["wait_reason"]["code"]) == ("waiting", "paused")
    assert act(idle, job, "pause")["state"] == "paused"
    assert act(idle, job, "resume")["state"] == "queued"
    assert refused(idle, job, "resume") == "job_not_held"
    assert act(idle, job, "park")["state"] == "parked"


def test_a_running_task_of_a_paused_job_comes_to_its_end(server: Running, gate: MakeGate) -> None:
    way = gate()
    job = server.submit(
        tasks=[way.task("a"), {"name": "b", "engine": "noop"}],
        routes=[{"from": "a", "to": "b"}],
    )
    way.tell("progress 1")
    running(server, job)
    paused = act(server, job, "pause")
    assert paused["state"] == "paused"
    assert "1" in paused["wait_reason"]["message"]
    assert refused(server, job, "park") == "job_started"
    way.open()
    until(server, job, lambda _: task_states(server, job)[0] == "done")
    assert task_states(server, job) == ["done", "waiting"]
    act(server, job, "resume")
    assert server.finish(job)["state"] == "completed"


def test_a_pause_that_stops_takes_the_task_from_its_worker(server: Running, gate: MakeGate) -> None:
    way = gate()
    job = server.submit(tasks=[way.task("a")])
    way.tell("progress 1")
    running(server, job)
    assert act(server, job, "pause", stop=True)["state"] == "paused"
    (attempt,) = server.client.get(job["links"]["attempts"]).json()["items"]
    assert attempt["state"] == "stopped"
    assert task_states(server, job) == ["waiting"]
    way.close()
    assert server.client.post(f"/api/v1/jobs/{job['id']}/cancel").json()["state"] == "cancelled"


def test_an_ended_job_is_rewound_from_a_task_on(server: Running) -> None:
    names = ["a", "b", "c"]
    job = server.submit(
        tasks=[{"name": name, "engine": "noop"} for name in names],
        routes=[{"from": "a", "to": "b"}, {"from": "b", "to": "c"}],
    )
    server.finish(job)
    assert refused(server, job, "rewind", task="d") == "task_not_found"
    assert act(server, job, "rewind", task="b")["generation"] == 2
    server.finish(job)
    tasks = server.client.get(job["links"]["tasks"]).json()["items"]
    assert {task["name"]: task["attempts"] for task in tasks} == {"a": 1, "b": 2, "c": 2}


def test_what_is_said_of_a_job_can_be_changed(idle: Running) -> None:
    job = idle.submit(name=" Evening ", tags=["b", "a", "b"], metadata={"show": "x", "n": 4})
    assert (job["name"], job["tags"]) == ("Evening", ["b", "a"])
    due = "2031-01-31T12:00:00.000000Z"
    answer = idle.client.patch(
        f"/api/v1/jobs/{job['id']}",
        json={
            "name": None,
            "add_tags": ["c"],
            "remove_tags": ["a"],
            "metadata": {"n": None, "season": 2},
            "priority": 7,
            "due": due,
            "expires_at": due,
        },
    )
    shown = answer.json()
    assert answer.status_code == 200, shown
    assert shown["name"] is None
    assert shown["tags"] == ["b", "c"]
    assert shown["metadata"] == {"show": "x", "season": 2}
    assert (shown["priority"], shown["due"], shown["expires_at"]) == (7, due, due)
    assert idle.client.get(f"/api/v1/jobs/{job['id']}").json() == shown
    events = idle.client.get(job["links"]["events"]).json()["items"]
    assert events[-1]["type"] == "job.updated"
    assert "priority" in events[-1]["data"]["fields"]
    cleared = idle.client.patch(f"/api/v1/jobs/{job['id']}", json={"due": None}).json()
    assert (cleared["due"], cleared["expires_at"]) == (None, due)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"priority": 140}, "priority"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        ({"tags": [" "]}, "tags"),
        ({"metadata": {"a:b": 1}}, "metadata"),
        ({"metadata": {"a": "x" * 20_000}}, "metadata"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_change_names_its_field_and_changes_nothing(
    idle: Running, change: dict[str, Any], field: str
) -> None:
    job = idle.submit(tags=["kept"])
    answer = idle.client.patch(f"/api/v1/jobs/{job['id']}", json=change)
    assert (answer.status_code, answer.json()["field"].split(".")[0]) == (422, field)
    assert idle.client.get(f"/api/v1/jobs/{job['id']}").json() == job


def test_a_job_whose_time_is_over_is_expired(server: Running, gate: MakeGate) -> None:
    way = gate()
    at = server.house.clock.now() + timedelta(seconds=1)
    job = server.submit(tasks=[way.task("a")], expires_at=at.isoformat())
    way.tell("progress 1")
    ended = server.finish(job)
    assert (ended["state"], ended["reason"]["code"]) == ("expired", "expired")
    assert datetime.fromisoformat(ended["ended_at"]) - at < timedelta(seconds=5)
    way.close()
    assert act(server, job, "retry")["expires_at"] is None
    server.client.post(f"/api/v1/jobs/{job['id']}/cancel")


def test_lists_are_narrowed_by_all_tags_and_metadata_given(idle: Running) -> None:
    one = idle.submit(tags=["f-x", "f-y"], metadata={"k": "v", "n": 4, "deep": {"a": 1}})["id"]
    two = idle.submit(tags=["f-x"], metadata={"k": "v", "ok": True})["id"]
    assert listed(idle, tag="f-x") == [two, one]
    assert listed(idle, tag=["f-x", "f-y"]) == [one]
    assert listed(idle, metadata="k:v", tag="f-x") == [two, one]
    assert listed(idle, metadata=["k:v", "n:4"]) == [one]
    assert listed(idle, metadata="ok:true") == [two]
    assert listed(idle, metadata="k:other") == []
    assert listed(idle, tag="f-x", state="completed") == []
    page = idle.client.get("/api/v1/jobs", params={"tag": "f-x", "limit": 1}).json()
    assert listed(idle, tag="f-x", limit=1, cursor=page["next"]) == [one]
    idle.client.patch(f"/api/v1/jobs/{one}", json={"tags": [], "metadata": {"k": "w"}})
    assert listed(idle, tag="f-x") == [two]
    assert listed(idle, metadata="k:w") == [one]
    idle.client.delete(f"/api/v1/jobs/{two}")
    assert listed(idle, tag="f-x") == []
    answer = idle.client.get("/api/v1/jobs", params={"metadata": "nocolon"})
    assert (answer.status_code, answer.json()["field"]) == (422, "metadata")


def pages(server: Running, path: str) -> list[list[str]]:
    """The ids (or names) on each page of one item."""
    seen, cursor = [], None
    while True:
        query = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = server.client.get(path, params=query).json()
        seen.append([each.get("id") or each["name"] for each in page["items"]])
        if not (cursor := page["next"]):
            return seen


def test_pools_and_limits_come_in_pages(server: Running) -> None:
    made = [
        server.client.put("/api/v1/limits", json={"engine": engine, "running": 5}).json()["id"]
        for engine in ("noop", "gate")
    ]
    for path in ("/api/v1/limits", "/api/v1/pools"):
        every = server.client.get(path).json()
        assert every["next"] is None
        assert pages(server, path) == [[e.get("id") or e["name"]] for e in every["items"]]
        refused = server.client.get(path, params={"cursor": "nonsense"})
        assert (refused.status_code, refused.json()["field"]) == (422, "cursor")
    first = server.client.get("/api/v1/limits", params={"limit": 1}).json()
    server.client.delete(f"/api/v1/limits/{first['items'][0]['id']}")
    rest = server.client.get("/api/v1/limits", params={"cursor": first["next"]}).json()["items"]
    assert [each["id"] for each in rest] == [made[1]], "nothing is skipped if the last one is gone"
    server.client.delete(f"/api/v1/limits/{made[1]}")


def test_pools_are_paused_and_limits_are_set(server: Running) -> None:
    assert {p["name"] for p in server.client.get("/api/v1/pools").json()["items"]} >= {"cpu"}
    assert server.client.post("/api/v1/pools/cpu/pause").json()["paused"]
    job = server.submit()
    assert job["wait_reason"]["code"] == "pool_paused"
    assert not server.client.post("/api/v1/pools/cpu/resume").json()["paused"]
    assert server.finish(job)["state"] == "completed"
    limit = server.client.put("/api/v1/limits", json={"engine": "noop", "running": 0}).json()
    job = server.submit()
    assert job["wait_reason"]["code"] == "limit"
    again = server.client.put("/api/v1/limits", json={"engine": "noop", "running": 1}).json()
    assert again["id"] == limit["id"]
    assert server.finish(job)["state"] == "completed"
    assert server.client.delete(f"/api/v1/limits/{limit['id']}").status_code == 204
    left = server.client.get("/api/v1/limits").json()["items"]
    assert limit["id"] not in [each["id"] for each in left]
    unknown = server.client.put("/api/v1/limits", json={"organization": "no", "running": 1})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "organization")
    assert server.client.post("/api/v1/pools/none/pause").json()["code"] == "pool_not_found"
