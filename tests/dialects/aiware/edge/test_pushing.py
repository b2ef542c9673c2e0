"""Jobs that wait for bytes to be pushed to an endpoint."""

import uuid
from typing import Any

import pytest

from tests.dialects.aiware.edge.shapes import ERROR, JOB, check
from tests.dialects.aiware.edge.speaking import WRITER, Edge, task

TEXT = "El puerto duerme.\n"
PLAIN = {"content-type": "text/plain"}


def waiting(endpoint: str, *more: dict[str, Any]) -> dict[str, Any]:
    """A translation whose text is still to come, and an output writer behind it."""
    folders = [{"correlationID": "found", "mode": "chunk", "type": "output"}]
    read = [{"correlationID": "read", "mode": "chunk", "type": "input"}]
    return {
        "tasks": [
            task(correlationTaskId="text", ioFolders=folders),
            task(WRITER, correlationTaskId="writer", ioFolders=read),
        ],
        "taskRoutes": [
            {"taskChildId": "text", "endpoint": endpoint},
            {
                "taskParentId": "text",
                "taskParentOutputId": "found",
                "taskChildId": "writer",
                "taskChildInputId": "read",
            },
            *more,
        ],
    }


def push(edge: Edge, endpoint: str, body: bytes = TEXT.encode()) -> Any:
    return edge.call("POST", f"/proc/endpoint/{endpoint}", content=body, headers=PLAIN)


def test_a_job_begins_with_the_bytes_that_are_pushed(edge: Edge) -> None:
    endpoint = str(uuid.uuid4())
    jobs = edge.create(waiting(endpoint), waiting(endpoint.upper()))
    assert {edge.get(f"/proc/job/{job}/status")["job"]["jobStatus"] for job in jobs} == {"pending"}

    answer = push(edge, endpoint)

    assert answer.status_code == 200, answer.text
    assert sorted(answer.json()["internalJobIds"]) == sorted(jobs)
    for job in jobs:
        assert edge.ended(job) == "complete"
        (output,) = edge.outputs(job)
        assert edge.get(f"/proc/job/{job}/output/{output['name']}")["series"]
    again = push(edge, endpoint)
    assert again.status_code == 409
    check(again.json(), ERROR)


def test_a_job_with_two_endpoints_waits_for_both(edge: Edge) -> None:
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    job = waiting(first, {"taskChildId": "other", "endpoint": second})
    job["tasks"].append(task(correlationTaskId="other"))
    (ident,) = edge.create(job)

    assert push(edge, first).status_code == 200
    detail = edge.get(f"/proc/job/{ident}/detail")["job"]
    check(detail, JOB)
    assert detail["jobStatus"] == "pending"
    assert {each.get("endpoint") for each in detail["taskRoutes"]} == {first, second, None}
    assert push(edge, second).status_code == 200

    assert edge.ended(ident) == "complete"


def test_what_cannot_be_pushed_is_refused(edge: Edge) -> None:
    endpoint = str(uuid.uuid4())
    (job,) = edge.create(waiting(endpoint))
    for place, body, status in (
        (str(uuid.uuid4()), b"x", 404),
        ("nowhere", b"x", 404),
        (endpoint, b"", 400),
    ):
        answer = push(edge, place, body)
        assert answer.status_code == status, answer.text
        check(answer.json(), ERROR)
    assert edge.call("POST", f"/proc/job/{job}/delete").status_code == 204
    assert push(edge, endpoint).status_code == 404


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"endpoint": "no uuid"}, 400),
        ({"syncEnabled": True}, 501),
        ({"taskParentId": "writer"}, 501),
    ],
)
def test_ways_to_push_that_are_not_served_are_named(
    edge: Edge, more: dict[str, Any], status: int
) -> None:
    job = waiting(str(uuid.uuid4()))
    job["taskRoutes"][0] |= more
    edge.refused(job, status=status)
