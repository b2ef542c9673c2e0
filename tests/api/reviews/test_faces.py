"""Blocked jobs as other APIs show them, in their vendors' words."""

from typing import Any

from jobmill.core.ids import JobId, JobNumber
from jobmill.dialects.aiware.mapping.catalogue import AGGREGATOR, engine_kind
from jobmill.dialects.gentoo.mapping.names import name_of
from tests.api.reviews.conftest import Desk

QUERY = """query ($id: ID!) { job(id: $id) { status tasks { records { name status engineId
  engine { id } } } } }"""


def test_gentoo_says_that_it_is_at_work(desk: Desk) -> None:
    job, _ = desk.blocked()
    name = name_of(JobId(job["id"]), JobNumber(job["number"]))
    seen = desk.server.client.get(f"/api/ai/jobs/{name}").json()
    assert seen["status"] == "running"
    assert "done" not in seen


def test_aiware_says_that_the_task_waits(desk: Desk) -> None:
    job, _ = desk.blocked()
    listed = _asked(desk, "{ jobs(limit: 1) { records { id } } }")["jobs"]["records"]
    seen = _asked(desk, QUERY, {"id": listed[0]["id"]})["job"]
    assert seen["status"] == "running"
    by_name = {each["name"]: each for each in seen["tasks"]["records"]}
    assert by_name["mapping"]["status"] == "waiting"
    assert by_name["mapping"]["engine"] is None
    assert job["id"]


def test_edge_says_that_the_job_runs(desk: Desk) -> None:
    job, _ = desk.blocked()
    seen = desk.server.client.get(f"/edge/v1/proc/job/{job['id']}/status")
    assert seen.status_code == 200, seen.text
    assert seen.json()["job"]["jobStatus"] == "running"


def test_people_are_no_engine_that_finds_something() -> None:
    assert engine_kind("review") == AGGREGATOR


def _asked(desk: Desk, query: str, variables: Any = None) -> Any:
    body = {"query": query, "variables": variables}
    answer = desk.server.client.post("/v3/graphql", json=body).json()
    assert "errors" not in answer, answer
    return answer["data"]
