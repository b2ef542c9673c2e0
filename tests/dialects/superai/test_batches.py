"""Jobs by the thousand: accepted at once, made in the background, told of by row."""

import json
import time
from typing import Any

import httpx2
import pytest

from tests.dialects.superai.conftest import Caller, ingested
from tests.receiver import receiving
from tests.running import Running


def said(label: str) -> dict[str, Any]:
    return {"text": "a", "said": {"label": label}}


def upload(who: Caller, path: str, text: bytes, mime: str) -> str:
    """A file of inputs, by its `data://` path."""
    made = who.given("POST", "data", params={"path": path, "mimeType": mime})
    sent = httpx2.put(made["uploadUrl"], content=text, headers={"Content-Type": mime})
    assert sent.status_code == 200
    place: str = made["dataUrl"]
    return place


def test_rows_that_are_wrong_are_told_by_row_and_field_and_the_others_are_made(
    server: Running, admin: Caller, labels: str
) -> None:
    inputs = [said("cat"), {"text": 1}, said("dog"), 7]
    made = admin.given("POST", f"apps/{labels}/jobs", {"inputs": inputs, "tags": ["some"]})
    ingested(server, made)
    batch = admin.given("GET", f"apps/{labels}/batches/{made['batchId']}")
    counts = {key: batch[key] for key in ("batch_total", "total_processed", "valid_count")}
    assert counts == {"batch_total": 4, "total_processed": 4, "valid_count": 2}
    assert (batch["app_uuid"], batch["batch_id"]) == (labels, made["batchId"])
    assert (batch["batch_processed"], batch["invalid_index"]) == (True, [1, 3])
    assert batch["error_message"].startswith("2 of 4 rows")
    assert batch["errors_with_filename"][0] == '"1","text: 1 is not of type \'string\'."'
    assert batch["errors_with_file"] == batch["errors_with_filename"]
    jobs = admin.given("GET", f"apps/{labels}/jobs", params={"batchId": made["batchId"]})["jobs"]
    assert [job["input"]["said"]["label"] for job in jobs] == ["cat", "dog"]
    assert {tuple(job["tags"]) for job in jobs} == {("some",)}
    ids = admin.given("GET", f"apps/{labels}/batches/{made['batchId']}/jobs")
    assert ids["jobIds"] == [job["id"] for job in jobs]


def test_a_strict_request_makes_all_or_none(server: Running, admin: Caller, labels: str) -> None:
    body = {"inputs": [said("cat"), {"text": 1}], "strict": True}
    made = admin.given("POST", f"apps/{labels}/jobs", body)
    ingested(server, made)
    path = f"apps/{labels}/batches/{made['batchId']}"
    assert admin.given("GET", path)["invalid_index"] == [1]
    assert admin.given("GET", f"{path}/jobs")["jobIds"] == []


@pytest.mark.parametrize(
    ("name", "mime", "text"),
    [
        ("rows.json", "application/json", b'[{"text": "a"}, {"text": "b"}]'),
        ("rows.jsonl", "application/jsonl", b'{"text": "a"}\n{"text": "b"}\n'),
        ("rows.csv", "text/csv", b"text\r\na\r\nb\r\n"),
        ("rows", "application/octet-stream", b'[{"text": "a"}, {"text": "b"}]'),
    ],
)
def test_inputs_come_from_a_file(
    server: Running, admin: Caller, labels: str, name: str, mime: str, text: bytes
) -> None:
    place = upload(admin, f"batches/{name}", text, mime)
    made = admin.given("POST", f"apps/{labels}/jobs", {"inputsFileUrl": place})
    ingested(server, made)
    jobs = admin.given("GET", f"apps/{labels}/jobs", params={"batchId": made["batchId"]})["jobs"]
    assert [job["input"] for job in jobs] == [{"text": "a"}, {"text": "b"}]


def test_rows_with_the_same_key_are_told(server: Running, admin: Caller, labels: str) -> None:
    body = {"inputs": [{"text": "a"}, {"text": "b"}, {"text": "a"}], "key": "text"}
    made = admin.given("POST", f"apps/{labels}/jobs", body)
    ingested(server, made)
    batch = admin.given("GET", f"apps/{labels}/batches/{made['batchId']}")
    assert batch["invalid_index"] == [2]


def test_the_end_of_a_batch_is_called_back_to_its_app(
    server: Running, admin: Caller, labels: str
) -> None:
    with receiving() as receiver:
        body = {"templateName": "labels", "appName": "by batch", "callbackUrl": receiver.url}
        app = admin.given("POST", "apps", body)["uuid"]
        inputs = [said("cat"), {"text": 1}, said("dog")]
        made = admin.given("POST", f"apps/{app}/jobs", {"inputs": inputs})
        got = [each.json for each in receiver.wait(3)]
    (batch,) = [each for each in got if each.get("entityType") == "batch"]
    assert batch == {
        "version": "2",
        "entityType": "batch",
        "entityId": made["batchId"],
        "state": "PARTIAL_FAILURE",
        "appId": app,
    }
    jobs = [each for each in got if each.get("entityType") != "batch"]
    assert [each["state"] for each in jobs] == ["COMPLETED", "COMPLETED"]
    assert {each["batchId"] for each in jobs} == {made["batchId"]}


def test_a_file_that_cannot_be_fetched_fails_the_batch_says_why_and_is_called_back(
    server: Running, admin: Caller, labels: str
) -> None:
    with receiving() as receiver:
        body = {"templateName": "labels", "appName": "unreached", "callbackUrl": receiver.url}
        app = admin.given("POST", "apps", body)["uuid"]
        nowhere = {"inputsFileUrl": "http://127.0.0.1:1/rows.json"}
        made = admin.given("POST", f"apps/{app}/jobs", nowhere)
        told = receiver.wait(1)[0].json
    assert (told["entityId"], told["state"]) == (made["batchId"], "FAILED")
    batch = admin.given("GET", f"apps/{app}/batches/{made['batchId']}")
    assert (batch["batch_processed"], batch["valid_count"]) == (True, 0)
    assert "refused the connection" in batch["error_message"]


def test_unprocessed_batches_are_listed_and_all_if_wanted(
    server: Running, admin: Caller, labels: str, quick: str
) -> None:
    app = admin.given("POST", "apps", {"templateName": "labels", "appName": "listing"})["uuid"]
    made = admin.given("POST", f"apps/{app}/jobs", {"inputs": [said("cat"), said("dog")]})
    one = admin.given("POST", f"apps/{app}/jobs", {"inputs": [said("cat")]})
    ingested(server, made)
    assert admin.given("GET", f"apps/{app}/batches")["batches"] == []
    every = admin.given("GET", f"apps/{app}/batches", params={"all": "true"})["batches"]
    ids = {each["batch_id"] for each in every}
    assert ids == {made["batchId"], one["batchId"]}
    single = next(each for each in every if each["batch_id"] == one["batchId"])
    assert (single["batch_total"], single["valid_count"]) == (1, 1)
    admin.refused(404, "GET", f"apps/{quick}/batches/{made['batchId']}")
    admin.refused(404, "GET", f"apps/{app}/batches/nothing")


def test_a_whole_batch_is_cancelled_and_runs_again(
    server: Running, admin: Caller, labels: str
) -> None:
    body = {"inputs": [said("cat"), said("dog")], "pending": True}
    made = admin.given("POST", f"apps/{labels}/jobs", body)
    ingested(server, made)
    path = f"apps/{labels}/batches/{made['batchId']}"
    for action, status in (("cancel", "CANCELED"), ("restart", "COMPLETED")):
        done = admin.given("POST", f"{path}/{action}")
        server.finish({"id": done["operationId"]})
        for job in admin.given("GET", f"{path}/jobs")["jobIds"]:
            server.finish({"id": job})
            assert admin.given("GET", f"jobs/{job}")["status"] == status


def test_ten_thousand_inputs_are_accepted_at_once_and_each_becomes_a_job(
    server: Running, admin: Caller, labels: str
) -> None:
    inputs = [{"text": f"number {n}"} for n in range(10_000)]
    text = json.dumps({"inputs": inputs, "pending": True}).encode()
    began = time.perf_counter()
    made = admin.given("POST", f"apps/{labels}/jobs", content=text)
    # Under a second on a machine of its own; others may be busy here.
    assert time.perf_counter() - began < 10
    ingested(server, made)
    found = admin.given(
        "GET", f"apps/{labels}/jobs", params={"batchId": made["batchId"], "size": 1, "page": 9999}
    )
    assert (found["total"], found["jobs"][0]["input"]) == (10_000, {"text": "number 9999"})
