"""Programs from end to end: typed input, engines, people, one output; by REST and by the client."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from jobmill_client import Jobmill
from tests.api.reviews.conftest import Desk
from tests.running import Running

NAME = "invoices"
TAXONOMY = {"datapoints": [{"key": "total", "type": "money", "required": True}]}
LETTER = b"Dear customer,\n\nInvoice No: A-77\n\nTotal: 12.50 EUR\n\nKind regards\n"


@pytest.fixture
def desk(server: Running) -> Iterator[Desk]:
    made = Desk(server)
    yield made
    for person in made.people:
        person.client.close()


def save(server: Running, document: Any, **program: Any) -> dict[str, Any]:
    body = {
        "tasks": [
            {"name": "find", "engine": "scribe", "params": {"document": document}},
            {"name": "check", "review": {"step": "check"}},
        ],
        "routes": [{"from": "find", "to": "check"}],
        "program": {
            "input_schema": {"type": "object", "required": ["url"]},
            "output_schema": {"type": "object", "required": ["total"]},
            "workers": {"threshold": 0.5},
            **program,
        },
    }
    path = f"/api/v1/pipelines/{NAME}"
    answer = server.client.put(path, json=body)
    if answer.status_code == 404:
        answer = server.client.post("/api/v1/pipelines", json={"name": NAME, **body})
    assert answer.status_code in (200, 201), answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def test_a_program_is_shown_as_it_was_saved(server: Running) -> None:
    shown = save(server, {"total": 1}, ui={"order": ["total"]}, expires_after_s=60)
    program = shown["program"]
    assert (program["answer"], program["ui"]) == ("check", {"order": ["total"]})
    assert program["workers"] == {"threshold": 0.5}
    with Jobmill(server.url, server.key) as client:
        assert client.pipelines.get(NAME).program == program


def test_a_bad_input_is_refused_and_a_good_one_comes_to_its_output(desk: Desk) -> None:
    server = desk.server
    save(server, {"total": 3, "confidence": 0.9})
    asked = {"pipeline": NAME, "tasks": []}
    refused = server.client.post("/api/v1/jobs", json={**asked, "input": {"json": {"colour": 1}}})
    assert (refused.status_code, refused.json()["field"]) == (422, "input.url")
    job = server.submit(**asked, input={"json": {"url": "a"}})
    server.finish(job)
    path = f"/api/v1/jobs/{job['id']}/output"
    output = server.client.get(path).json()
    assert output.pop("document")["total"] == 3
    assert output == {"confidence": 0.9, "by": "engine", "edited_at": None}
    wrong = server.client.put(path, json={"document": {}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "output.total")
    assert server.client.put(path, json={"document": {"total": 4}}).json()["by"] == "person"
    with Jobmill(server.url, server.key) as client:
        client.jobs.edit_output(job["id"], {"total": 5})
        assert client.jobs.output(job["id"]).document == {"total": 5}
        assert [each.document for each in client.jobs.output_edits(job["id"])] == [
            {"total": 4},
            {"total": 5},
        ]
    page = server.client.get(f"{path}/edits", params={"limit": 1}).json()
    more = server.client.get(f"{path}/edits", params={"limit": 1, "cursor": page["next"]}).json()
    assert [each["document"]["total"] for each in (*page["items"], *more["items"])] == [4, 5]
    assert more["next"] is None


def test_people_answer_below_the_threshold_and_nobody_confirms_what_is_wrong(desk: Desk) -> None:
    save(desk.server, {"payee": "ACME", "confidence": 0.2})
    job = desk.server.submit(pipeline=NAME, tasks=[], input={"json": {"url": "a"}})
    review = desk.review_of(job)
    admin = desk.admin
    admin.take(review["id"])
    refused = admin.answer(review["id"], "confirm")
    assert (refused.status_code, refused.json()["field"]) == (422, "output.total")
    large = {"total": 1, "note": "x" * 200_000}
    assert admin.answer(review["id"], "edit", document=large).status_code == 200
    desk.server.finish(job)
    output = desk.server.client.get(f"/api/v1/jobs/{job['id']}/output").json()
    assert (output["document"], output["by"]) == (large, "person")


def test_a_question_without_an_answer_fails_its_job_by_itself(desk: Desk) -> None:
    save(desk.server, {"total": 1}, workers={"time_limit_s": 1, "on_timeout": "fail"})
    job = desk.server.submit(pipeline=NAME, tasks=[], input={"json": {"url": "a"}})
    ended = desk.server.finish(job)
    assert (ended["state"], ended["reason"]["code"]) == ("failed", "review_timed_out")
    events = [each["type"] for each in desk.events(job)]
    assert "review.timed_out" in events


def test_a_job_without_a_program_has_no_output(server: Running) -> None:
    job = server.submit()
    answer = server.client.get(f"/api/v1/jobs/{job['id']}/output")
    assert (answer.status_code, answer.json()["code"]) == (404, "output_not_found")


def test_a_document_is_extracted_by_the_built_in_program(desk: Desk) -> None:
    server = desk.server
    stored = server.client.post(
        "/api/v1/assets",
        content=LETTER,
        headers={"X-Name": "letter.txt", "Content-Type": "text/plain"},
    ).json()
    given = {"document_url": stored["id"], "taxonomy": TAXONOMY}
    job = server.submit(pipeline="document-extraction", tasks=[], input={"json": given})
    seen = desk.see(job)
    assert seen["input"] == {"json": given}
    while seen["state"] not in ("blocked", "completed"):
        assert seen["ended_at"] is None, seen
        path = f"/api/v1/jobs/{job['id']}"
        seen = server.client.get(path, headers={"Prefer": "wait=5"}).json()
    if seen["state"] == "blocked":
        review = desk.review_of(job)
        document = desk.admin.document(review["id"])
        desk.admin.take(review["id"])
        desk.admin.answer(review["id"], "edit", document={**document, "confidence": 1})
        server.finish(job)
    output = server.client.get(f"/api/v1/jobs/{job['id']}/output").json()["document"]
    assert output["fields"]["total"] == {"amount": "12.50", "currency": "EUR"}
    assert output["missing"] == []


def test_people_label_what_no_engine_can(desk: Desk) -> None:
    given = {"tweet": "What a day!"}
    job = desk.server.submit(pipeline="human-labelling", tasks=[], input={"json": given})
    review = desk.review_of(job)
    assert review["form"]["required"] == ["labels"]
    assert desk.admin.document(review["id"])["labels"] == []
    desk.admin.take(review["id"])
    desk.admin.answer(review["id"], "edit", document={"labels": ["joy"], "comment": "sure"})
    desk.server.finish(job)
    output = desk.server.client.get(f"/api/v1/jobs/{job['id']}/output").json()
    assert output["document"] == {"labels": ["joy"], "comment": "sure"}
    assert json.dumps(output["by"]) == '"person"'
