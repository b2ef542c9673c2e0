"""Workflows at a real server, and the jobs made with them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.dialects.gentoo.test_served import Gentoo, refused
from tests.running import running

CONTEXT = {
    "audioFormatConfig": {"enabled": True, "compressed_channels": [7, 8]},
    "inBlackConfig": {"enabled": False, "delay": 3},
    "priority": 5,
    "segments": [{"startTimeOffset": "0s", "endTimeOffset": "5s"}],
}


@pytest.fixture
def gentoo(tmp_path: Path) -> Iterator[Gentoo]:
    with running(tmp_path, worker=False) as server:
        found = Gentoo(server)
        with found.http:
            yield found


def body(name: str = "workflow-1", index: int = 1, **more: Any) -> dict[str, Any]:
    return {"name": name, "index": index, "videoContext": CONTEXT, **more}


def created(gentoo: Gentoo, **fields: Any) -> dict[str, Any]:
    answer = gentoo.call("POST", "/workflows", json=body(**fields))
    assert answer.status_code == 200, answer.text
    workflow: dict[str, Any] = answer.json()
    return workflow


def native(gentoo: Gentoo, method: str, path: str, **given: Any) -> httpx2.Response:
    return gentoo.server.client.request(method, f"/api/v1{path}", **given)


def test_a_workflow_is_created_read_listed_edited_and_deleted(gentoo: Gentoo) -> None:
    made = created(gentoo)
    assert made == {**body(), "_id": made["_id"]}
    assert len(made["_id"]) == 24
    assert gentoo.call("GET", "/workflows/workflow-1").json() == made
    assert gentoo.call("GET", "/workflows").json() == [made]

    edited = gentoo.call(
        "PUT", "/workflows/workflow-1", json={"videoContext": {"inBlackConfig": {"delay": 1}}}
    ).json()
    assert edited == {**made, "videoContext": {"inBlackConfig": {"delay": 1}}}
    renamed = gentoo.call("PUT", "/workflows/workflow-1", json={"name": "night", "index": 4}).json()
    assert renamed == {**edited, "name": "night", "index": 4}

    assert gentoo.call("DELETE", "/workflows/night").json() == {}
    assert gentoo.call("GET", "/workflows").json() == []


def test_name_and_index_must_be_free(gentoo: Gentoo) -> None:
    created(gentoo)
    created(gentoo, name="other", index=2)
    for method, path, given in (
        ("POST", "/workflows", body(index=3)),
        ("POST", "/workflows", body(name="third")),
        ("PUT", "/workflows/other", {"name": "workflow-1"}),
        ("PUT", "/workflows/other", {"index": 1}),
    ):
        refused(gentoo.call(method, path, json=given), 409, "ALREADY_EXISTS")
    assert [each["index"] for each in gentoo.call("GET", "/workflows").json()] == [2, 1]


def test_a_workflow_that_is_not_there_is_not_found(gentoo: Gentoo) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = gentoo.call(method, "/workflows/nope", json={} if method == "PUT" else None)
        assert "'nope'" in refused(answer, 404, "NOT_FOUND")


def test_a_job_runs_its_workflow_as_it_was_written(gentoo: Gentoo) -> None:
    created(gentoo)
    answer = gentoo.call("POST", "/jobs", json={"inputUri": "/a.mp4", "workflow": "workflow-1"})
    number = int(answer.json()["name"][8:], 16)
    job = native(gentoo, "GET", f"/jobs/{number}").json()
    (task,) = native(gentoo, "GET", f"/jobs/{number}/tasks").json()["items"]
    assert (job["pipeline"], job["features"], job["priority"]) == (
        "workflow-1",
        ["AUDIO_FORMAT"],
        5,
    )
    assert task["parameters"] == {
        "segments": [{"start_ms": 0.0, "end_ms": 5000.0}],
        "AUDIO_FORMAT": {"compressed_channels": [7, 8]},
    }


def test_a_job_may_lay_its_own_context_over_the_workflows(gentoo: Gentoo) -> None:
    created(gentoo)
    own = {"priority": 0, "audioFormatConfig": {"compressed_channels": []}}
    given = {"inputUri": "/a.mp4", "workflow": "workflow-1", "videoContext": own}
    number = int(gentoo.call("POST", "/jobs", json=given).json()["name"][8:], 16)
    (task,) = native(gentoo, "GET", f"/jobs/{number}/tasks").json()["items"]
    assert native(gentoo, "GET", f"/jobs/{number}").json()["priority"] == 0
    assert task["parameters"]["AUDIO_FORMAT"] == {"compressed_channels": []}

    given["videoContext"] = {"inBlackConfig": {"delay": 1}}
    message = refused(gentoo.call("POST", "/jobs", json=given), 400, "INVALID_ARGUMENT")
    assert "videoContext.inBlackConfig" in message


def test_pipelines_made_natively_appear_when_a_workflow_can_say_them(gentoo: Gentoo) -> None:
    for pipeline in (
        {"name": "still", "features": ["FREEZE"], "params": {"FREEZE": {"min_duration": 4}}},
        {"name": "graph", "tasks": [{"name": "a", "engine": "noop"}]},
    ):
        assert native(gentoo, "POST", "/pipelines", json=pipeline).status_code == 201
    (shown,) = gentoo.call("GET", "/workflows").json()
    assert (shown["name"], shown["videoContext"]) == (
        "still",
        {"freezeConfig": {"enabled": True, "min_duration": 4}},
    )
    assert "graph" in refused(gentoo.call("GET", "/workflows/graph"), 400, "INVALID_ARGUMENT")
    started = gentoo.call("POST", "/jobs", json={"inputUri": "/a.mp4", "workflow": "graph"})
    assert started.status_code == 200
    assert gentoo.read(started.json()["name"])["status"] == "queued"


def test_a_workflow_is_a_pipeline_natively(gentoo: Gentoo) -> None:
    created(gentoo)
    found = native(gentoo, "GET", "/pipelines").json()["items"]
    (pipeline,) = [each for each in found if each["features"]]
    assert (pipeline["name"], pipeline["features"]) == ("workflow-1", ["AUDIO_FORMAT"])
