"""All information on many jobs in one archive, through the native API."""

import io
import json
import zipfile
from typing import Any

import httpx2

from tests.api.test_batches import read
from tests.api.test_exports import finished
from tests.api.test_many import post
from tests.running import Running


def exported(server: Running, client: httpx2.Client | None = None, **body: Any) -> list[Any]:
    """The list in the archive, got by its link without a key."""
    answer = (client or server.client).post("/api/v1/exports/jobs", json=body)
    assert answer.status_code == 202, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"/api/v1/exports/{made['id']}"
    done = finished(server, made)
    assert (done["state"], done["files"], done["problems"]) == ("complete", [], [])
    archive = zipfile.ZipFile(io.BytesIO(httpx2.get(done["url"]).content))
    assert archive.namelist() == ["jobs.json"]
    found: list[Any] = json.loads(archive.read("jobs.json"))
    assert done["jobs"] == len(found)
    return found


def test_all_jobs_of_a_batch_are_in_the_list_each_once(idle: Running) -> None:
    body = {"name": "exported", "tasks": [{"name": "a", "engine": "noop"}]}
    assert idle.client.post("/api/v1/pipelines", json=body).status_code == 201
    inputs = [{"json": {"n": n, "ä": "ü"}} for n in range(230)]
    batch = read(idle, post(idle, "batches/rows", pipeline="exported", inputs=inputs))
    found = exported(idle, filter={"batch": batch["id"]}, name="March")
    assert [each["input"] for each in found] == inputs[::-1]
    first = found[-1]
    assert set(first) == {"job", "input", "output", "output_by", "confidence", "edited_at"}
    job = first["job"]
    assert (job["state"], job["pipeline"], job["batch"]) == ("queued", "exported", batch["number"])
    assert (first["output"], job["correct"], job["kind"]) == (None, None, "default")


def test_outputs_results_and_history_are_told_where_they_are_asked_for(server: Running) -> None:
    tasks = [{"name": "a", "engine": "noop"}]
    program = {"input_schema": {}, "output_schema": {}, "answer": "a"}
    body = {"name": "answered", "tasks": tasks, "program": program}
    assert server.client.post("/api/v1/pipelines", json=body).status_code == 201
    given = {"pipeline": "answered", "input": {"json": {"n": 1}}, "tags": ["told"]}
    job = server.finish(server.client.post("/api/v1/jobs", json=given).json())
    edited = server.client.put(f"{job['links']['self']}/output", json={"document": {"a": 2}})
    assert edited.status_code == 200, edited.text
    server.client.put(f"{job['links']['self']}/mark", json={"correct": True})
    (found,) = exported(server, filter={"tag": ["told"]}, results=True, history=True)
    assert (found["output"], found["output_by"], found["job"]["correct"]) == (
        {"a": 2},
        "person",
        True,
    )
    types = [each["type"] for each in found["history"]]
    assert types[0] == "job.created"
    assert types[-1] == "job.marked"
    assert [each["task"] for each in found["results"]] == ["a"]


def test_nothing_matched_is_an_empty_list(idle: Running) -> None:
    assert exported(idle, filter={"tag": ["nobody has it"]}) == []


def test_a_member_gets_only_what_they_see(idle: Running) -> None:
    idle.submit(tags=["seen"])
    theirs = idle.submit(tags=["seen"], collaborators=[{"user": "*", "steps": []}])
    user = idle.client.post("/api/v1/users", json={"name": "exporter"}).json()
    key = idle.client.post("/api/v1/keys", json={"user": user["id"], "name": "k"}).json()["key"]
    headers = {"Authorization": f"Bearer {key}"}
    with httpx2.Client(base_url=idle.url, headers=headers, timeout=60) as member:
        found = exported(idle, member, filter={"tag": ["seen"]})
    assert [each["job"]["id"] for each in found] == [theirs["id"]]
