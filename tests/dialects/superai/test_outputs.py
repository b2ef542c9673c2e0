"""Outputs and their review; jobs of an app with a typed input and output."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from jobmill.core.ids import OrganizationNumber
from jobmill.core.webhooks import Message
from jobmill.dialects.superai.mapping.callbacks import job_body
from jobmill.dialects.superai.signing import check_secret, installation_key, new_secret
from tests.dialects.superai.conftest import (
    INPUT,
    OUTPUT,
    Caller,
    job_of,
    labelled,
    program_of,
)
from tests.receiver import receiving
from tests.running import Running


def test_an_app_shows_its_schemas(admin: Caller, labels: str) -> None:
    app = admin.given("GET", f"apps/{labels}")
    assert (app["inputSchema"], app["outputSchema"]) == (INPUT, OUTPUT)


def test_the_output_is_read_by_itself(server: Running, admin: Caller, labels: str) -> None:
    job = labelled(server, admin, labels, "cat")
    assert job["status"] == "COMPLETED"
    assert "output" not in job
    response = admin.given("GET", f"jobs/{job['id']}/response")["response"]
    assert response == {"label": "cat", "read": job["input"]}


def test_there_is_no_output_before_the_end(admin: Caller, labels: str) -> None:
    job = job_of(admin, labels, pending=True)
    assert "SCHEDULED" in admin.refused(400, "GET", f"jobs/{job['id']}/response")


def test_a_job_without_a_program_has_what_its_tasks_found(
    server: Running, admin: Caller, quick: str
) -> None:
    job = labelled(server, admin, quick, "cat")
    assert "response" in admin.given("GET", f"jobs/{job['id']}/response")


def test_an_input_that_breaks_the_schema_is_refused_with_row_and_field(
    admin: Caller, labels: str
) -> None:
    inputs = [{"text": "a"}, {"text": 1}]
    answer = admin.call("POST", f"apps/{labels}/jobs", {"inputs": inputs[1:]})
    assert (answer.status_code, answer.json()["field"]) == (400, "inputs.0.text")
    assert answer.json()["message"].startswith("inputs.0.text: ")


def test_an_answer_that_breaks_the_schema_fails_the_job(
    server: Running, admin: Caller, labels: str
) -> None:
    assert labelled(server, admin, labels, "bird")["status"] == "FAILED"


def test_a_review_marks_the_output_and_jobs_are_listed_by_it(
    server: Running, admin: Caller, labels: str
) -> None:
    jobs = [labelled(server, admin, labels, "cat", tags=["marked"]) for _ in range(2)]
    path = f"apps/{labels}/jobs"
    for job, correct in zip(jobs, (True, False), strict=True):
        marked = admin.given("PATCH", f"jobs/{job['id']}/review", {"correct": correct})
        assert marked["correct"] is correct
        listed = admin.given("GET", path, params={"correct": str(correct), "tags": "marked"})
        assert [each["id"] for each in listed["jobs"]] == [job["id"]]
    admin.given("POST", f"jobs/{jobs[0]['id']}/restart")
    assert admin.given("GET", f"jobs/{jobs[0]['id']}")["correct"] is None


def test_a_review_puts_another_output_in_the_place(
    server: Running, admin: Caller, labels: str
) -> None:
    job = labelled(server, admin, labels, "cat")
    body = {"response": {"label": "dog"}, "correct": True}
    assert admin.given("PATCH", f"jobs/{job['id']}/review", body)["correct"] is True
    assert admin.given("GET", f"jobs/{job['id']}/response")["response"] == {"label": "dog"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "response"),
        ({"correct": "perhaps"}, "correct"),
        ({"response": {"label": "bird"}}, "response.label"),
        ({"response": {}}, "response"),
    ],
)
def test_a_wrong_review_names_its_field(
    server: Running, admin: Caller, labels: str, body: Any, field: str
) -> None:
    job = labelled(server, admin, labels, "cat")
    answer = admin.call("PATCH", f"jobs/{job['id']}/review", body)
    assert answer.status_code == 400
    assert answer.json()["field"].startswith(field)
    assert answer.json()["message"].startswith(field)


def test_what_is_not_completed_is_not_reviewed(admin: Caller, labels: str) -> None:
    job = job_of(admin, labels, pending=True)
    admin.refused(400, "PATCH", f"jobs/{job['id']}/review", {"correct": True})


def test_reviews_are_called_back(server: Running, admin: Caller, labels: str) -> None:
    with receiving() as receiver:
        job = labelled(server, admin, labels, "cat", callbackUrl=receiver.url)
        path = f"jobs/{job['id']}/review"
        receiver.wait(1)
        for count, body in enumerate(
            ({"correct": True}, {"correct": False}, {"response": {"label": "dog"}}), 2
        ):
            admin.given("PATCH", path, body)
            receiver.wait(count)
        actions = [got.json["action"] for got in receiver.wait(4)]
    assert actions == ["RESOLVED", "ACCEPTED", "DECLINED", "EDITED"]
    assert [got.json["correct"] for got in receiver.got[1:3]] == [True, False]


@pytest.mark.parametrize(("correct", "action"), [(True, "ACCEPTED"), (False, "DECLINED")])
def test_a_late_callback_of_a_mark_says_what_was_marked(correct: bool, action: str) -> None:
    data = {"details": {"correct": correct}}
    at = datetime(2026, 1, 5, tzinfo=UTC)
    message = Message("msg_1", OrganizationNumber(1), "job.marked", at, data)
    body = job_body(message, {"correct": not correct})
    assert (body["action"], body["correct"]) == (action, correct)


def test_an_apps_own_callback_hears_of_jobs_made_natively_too(
    server: Running, admin: Caller, labels: str
) -> None:
    with receiving() as receiver:
        body = {"templateName": "labels", "appName": "heard", "callbackUrl": receiver.url}
        app = admin.given("POST", "apps", body)
        given = {"text": "a", "said": {"label": "cat"}}
        native = {"pipeline": "heard", "input": {"json": given}}
        made = server.client.post("/api/v1/jobs", json=native).json()
        (got,) = receiver.wait(1)
    assert (got.json["uuid"], got.json["appId"]) == (made["id"], app["uuid"])
    assert base64.b64decode(got.headers["x-superai-webhook-signature"])


ROUTES = [{"from": "a", "to": "ask"}]


def test_machines_alone_answer_where_the_labeler_says_so(server: Running, admin: Caller) -> None:
    tasks = [{"name": "a", "engine": "scribe"}, {"name": "ask", "review": {"step": "look"}}]
    app = program_of(server, admin, "asked", tasks, routes=ROUTES)
    made = admin.given("GET", f"apps/{app}")
    assert made["dpWorkflows"] == ["asked.a", "asked.ask"]
    job = labelled(server, admin, app, "dog", labeler="bots")
    assert job["status"] == "COMPLETED"


def test_keys_of_callbacks_are_keys() -> None:
    for secret in (new_secret(), installation_key(b"secret")):
        check_secret(secret)
    assert installation_key(b"secret") == installation_key(b"secret")
    assert installation_key(b"secret") != installation_key(b"other")
