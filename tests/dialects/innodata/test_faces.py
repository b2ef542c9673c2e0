"""A job made here is an ordinary one: seen natively, by gentoo and by aiWARE, and the other way."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.dialects.innodata.curl import Curl
from tests.dialects.innodata.people import People

TAXONOMY = {"datapoints": [{"key": "total", "label": "Total"}]}


class Native:
    """The native API with the admin's key."""

    def __init__(self, people: People) -> None:
        headers = {"Authorization": f"Bearer {people.admin}"}
        self.client = httpx2.Client(base_url=people.url, headers=headers, timeout=90)

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self.client.request(method, path, json=body, **more)
        assert answer.status_code < 300, answer.text
        return answer.json()


@pytest.fixture
def native(people: People) -> Any:
    native = Native(people)
    yield native
    native.client.close()


@pytest.fixture
def admin(people: People) -> Curl:
    return Curl(people.url, f"{people.admin}:")


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    file = tmp_path / "letter.txt"
    file.write_text("Total: 7\n")
    return file


def test_a_built_in_pipeline_is_used_by_name(native: Native, admin: Curl, letter: Path) -> None:
    document = admin.upload(letter)
    assert native("GET", "/api/v1/pipelines/data-point-extraction")["version"] == 1
    body = {
        "pipeline": "data-point-extraction",
        "input": {"asset": document["id"]},
        "params": {
            "points": {"taxonomy": TAXONOMY},
            "zoning": {"threshold": 0},
            "mapping": {"threshold": 0.5},
        },
    }
    made = native("POST", "/api/v1/jobs", body)
    job = admin.until(made["id"])
    assert (job["status"], job["type"]) == ("completed", "data-point-extraction")
    assert b">7</datapoint>" in admin("GET", job["output_content"]["uri"]).body


def test_a_name_taken_by_an_organization_is_theirs(native: Native, admin: Curl) -> None:
    names = [each["name"] for each in native("GET", "/api/v1/pipelines")["items"]]
    assert {"data-point-extraction", "indexing", "doc2xml", "pdf2xml"} <= set(names)
    native("POST", "/api/v1/pipelines", {"name": "pdf2xml", "tasks": [{"engine": "noop"}]})
    try:
        names = [each["name"] for each in native("GET", "/api/v1/pipelines")["items"]]
        assert names.count("pdf2xml") == 1
        assert admin.get("/job-types/pdf2xml")["workflow"] == ["noop"]
    finally:
        native.client.delete("/api/v1/pipelines/pdf2xml")
    assert admin.get("/job-types/pdf2xml")["workflow"] == ["read", "zones", "write"]


def test_a_pipeline_of_ones_own_is_a_job_type(native: Native, admin: Curl, letter: Path) -> None:
    review = {"name": "look", "review": {"step": "looking", "claim_seconds": 60}}
    graph = {
        "name": "look-at-it",
        "tasks": [{"name": "read", "engine": "document-reader"}, review],
        "routes": [{"from": "read", "to": "look"}],
    }
    native("POST", "/api/v1/pipelines", graph)
    kind = admin.get("/job-types/look-at-it")
    assert (kind["steps"], kind["workflow"]) == (["looking"], ["read", "look"])
    (field,) = kind["metadata"]["optional"]
    assert (field["name"], field["default"]) == ("looking.high_confidence_threshold", 1)
    body = {"type": "look-at-it", "contents": [{"uri": admin.upload(letter)["contents_uri"]}]}
    job = admin.post("/jobs", body)["id"]
    assert admin.until(job, "blocked")["blocking_step"] == "looking"
    admin.post(f"/jobs/{job}/checkout")
    seen = admin("GET", f"/jobs/{job}/contents/looking-json").json
    assert seen["pages"][0]["lines"] == [{"text": "Total: 7"}]
    assert admin("PUT", f"/jobs/{job}/contents/looking-json", body={"seen": True}).status == 200
    admin.post(f"/jobs/{job}/checkin")
    assert admin.until(job)["status"] == "completed"
    assert admin("GET", f"/jobs/{job}/contents/looking-json").json == {"seen": True}
    never = admin.post("/jobs", {**body, "looking": {"high_confidence_threshold": 0}})["id"]
    assert admin.until(never)["status"] == "completed"


def test_a_blocked_job_is_seen_in_every_face(native: Native, admin: Curl, letter: Path) -> None:
    body = {
        "type": "indexing",
        "contents": [{"uri": admin.upload(letter)["contents_uri"]}],
        "indexing": {"taxonomy": TAXONOMY},
    }
    job = admin.post("/jobs", body)["id"]
    admin.until(job, "blocked")
    seen = native("GET", f"/api/v1/jobs/{job}")
    assert (seen["state"], seen["pipeline"], seen["origin"]) == ("blocked", "indexing", "innodata")

    listed = native("GET", "/api/ai/jobs?limit=20")
    (name,) = [each["name"] for each in listed if each.get("workflow") == "indexing"][:1]
    assert native("GET", f"/api/ai/jobs/{name}")["status"] == "running"

    query = "{ jobs(limit: 1) { records { status tasks { records { status } } } } }"
    answer = native("POST", "/v3/graphql", {"query": query})
    (record,) = answer["data"]["jobs"]["records"]
    assert record["status"] == "running"
    assert len(record["tasks"]["records"]) == 6

    native("POST", f"/api/v1/jobs/{job}/cancel")
    assert admin.until(job)["status"] == "cancelled"


def test_a_job_of_another_face_is_shown_here(native: Native, admin: Curl) -> None:
    graph = {"tasks": [{"name": "a", "engine": "noop"}], "input": {"json": 1}}
    made = native("POST", "/api/v1/jobs", {**graph, "metadata": {"x": 1}})
    job = admin.until(made["id"])
    assert (job["type"], job["status"], job["metadata"]) == ("graph", "completed", {"x": 1})
    assert job["input_content"] is None
    assert job["progress"] == {"current": 1, "total": 1}
    assert admin.get("/jobs?type=graph")["total"] >= 1
