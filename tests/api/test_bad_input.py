"""Bad input: each is refused with the field and the fix, and nothing is made."""

import json
from typing import Any

import pytest

from jobmill.http.limits import JSON_CAP
from tests.running import Running

INPUT = {"json": 1}
NOOP = [{"name": "a", "engine": "noop"}]
PAST = "2020-01-01T00:00:00Z"


def refused(server: Running, status: int, **request: Any) -> dict[str, Any]:
    """The problem with which a POST of a job is refused; no job is made."""
    before = server.client.get("/api/v1/jobs", params={"limit": 1}).json()["items"]
    answer = server.client.post("/api/v1/jobs", **request)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    after = server.client.get("/api/v1/jobs", params={"limit": 1}).json()["items"]
    assert [job["id"] for job in after] == [job["id"] for job in before]
    return problem


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"tasks": NOOP}, "input", "missing"),
        ({"tasks": NOOP, "input": {}}, "input", "exactly one"),
        ({"tasks": NOOP, "input": {"json": 1, "path": "a"}}, "input", "exactly one"),
        ({"tasks": NOOP, "input": {"pth": "a"}}, "input.pth", "Did you mean 'path'?"),
        ({"taks": NOOP, "tasks": NOOP, "input": INPUT}, "taks", "Did you mean 'tasks'?"),
        ({"input": INPUT}, "features", "exactly one of features, pipeline or tasks"),
        ({"input": INPUT, "features": ["A"], "tasks": NOOP}, "tasks", "exactly one"),
        ({"input": INPUT, "features": ["GAET"]}, "features", "Did you mean 'GATE'?"),
        ({"input": INPUT, "tasks": [{"engine": "nop"}]}, "tasks.0.engine", "Did you mean 'noop'?"),
        ({"input": INPUT, "tasks": [{"engine": "noop", "x": 1}]}, "tasks.0.x", "Known here: name"),
        ({"input": INPUT, "tasks": [{"name": "a/b", "engine": "noop"}]}, "tasks.0.name", "match"),
        ({"input": INPUT, "tasks": NOOP + NOOP}, "tasks.1.name", "used twice"),
        (
            {"input": INPUT, "tasks": [{"engine": "noop", "params": {"eco": 1}}]},
            "tasks.0.params.eco",
            "Did you mean 'echo'?",
        ),
        (
            {"input": INPUT, "tasks": NOOP, "routes": [{"from": "b", "to": "a"}]},
            "routes.0.from",
            "no task 'b'",
        ),
        (
            {"input": INPUT, "tasks": NOOP, "routes": [{"from": "a", "to": "a"}]},
            "routes",
            "wait for each other",
        ),
        (
            {"input": INPUT, "features": ["GATE"], "params": {"GATE": {"gate": 3}}},
            "params.GATE.gate",
            "string",
        ),
        ({"input": INPUT, "features": ["GATE"], "params": {"NOPE": {}}}, "params.NOPE", "features"),
        ({"input": INPUT, "tasks": NOOP, "priority": 140}, "priority", "139"),
        ({"input": INPUT, "tasks": NOOP, "priority": -1}, "priority", "0"),
        ({"input": INPUT, "tasks": NOOP, "priority": "high"}, "priority", "integer"),
        ({"input": INPUT, "tasks": NOOP, "retain_days": 0}, "retain_days", "greater"),
        ({"input": INPUT, "tasks": NOOP, "retain_until": PAST}, "retain_until", "not over yet"),
        (
            {
                "input": INPUT,
                "tasks": NOOP,
                "retain_until": "2130-01-01T00:00:00Z",
                "retain_days": 1,
            },
            "retain_until",
            "not both",
        ),
        ({"input": INPUT, "tasks": NOOP, "origin": "x" * 201}, "origin", "200"),
        ({"input": {"path": "../etc/passwd"}, "tasks": NOOP}, "input.path", ".."),
        ({"input": {"path": "not-there.mp4"}, "tasks": NOOP}, "input.path", "no file"),
        ({"input": {"path": "a\0b"}, "tasks": NOOP}, "input.path", ""),
        ({"input": {"url": "ftp://example.org/a"}, "tasks": NOOP}, "input.url", "http"),
        ({"input": {"url": "http://127.0.0.1/a"}, "tasks": NOOP}, "input.url", ""),
        ([], "body", ""),
        ("text", "body", ""),
        (None, "body", ""),
    ],
)
def test_a_wrong_field_is_named_with_its_fix(
    server: Running, body: Any, field: str, words: str
) -> None:
    problem = refused(server, 422, json=body)
    assert problem["field"] == field
    assert words in problem["detail"] + problem.get("fix", "")


def test_what_does_not_exist_is_a_404(server: Running) -> None:
    unknown = refused(server, 404, json={"input": INPUT, "pipeline": "nope"})
    assert (unknown["code"], unknown["field"]) == ("pipeline_not_found", "pipeline")
    missing = refused(server, 404, json={"input": {"asset": "nope"}, "tasks": NOOP})
    assert (missing["code"], missing["field"]) == ("asset_not_found", "input.asset")


def test_all_wrong_fields_are_told_at_once(server: Running) -> None:
    problem = refused(server, 422, json={"priority": "x", "featurs": []})
    fields = {error["field"] for error in problem["errors"]}
    assert fields == {"priority", "featurs", "input"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 5000,
    ],
)
def test_what_is_not_json_is_a_400(server: Running, body: bytes) -> None:
    problem = refused(server, 400, content=body, headers={"Content-Type": "application/json"})
    assert problem["code"] == "malformed_body"


def test_json_is_taken_with_no_type_and_with_any_json_type(server: Running) -> None:
    body = json.dumps({"tasks": NOOP, "input": INPUT}).encode()
    for kind in (None, "application/json; charset=utf-8", "application/vnd.mine+json"):
        headers = {"Content-Type": kind} if kind else {}
        answer = server.client.post("/api/v1/jobs", content=b"\xef\xbb\xbf" + body, headers=headers)
        assert answer.status_code == 201, kind


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "x", "/"])
def test_another_type_is_a_415(server: Running, kind: str) -> None:
    problem = refused(server, 415, content=b"{}", headers={"Content-Type": kind})
    assert (problem["code"], problem["field"]) == ("unsupported_body", "Content-Type")


def test_a_body_beyond_the_cap_is_a_413_whether_announced_or_not(server: Running) -> None:
    large = b'"' + b"x" * JSON_CAP + b'"'
    assert refused(server, 413, content=large)["code"] == "too_large"
    assert refused(server, 413, content=iter([large[:100], large[100:]]))["code"] == "too_large"


def test_a_large_body_below_the_cap_is_taken(server: Running) -> None:
    job = server.submit(input={"json": "x" * (JSON_CAP - 1000)})
    assert server.finish(job)["state"] == "completed"


def test_unknown_paths_and_methods_are_problems(server: Running) -> None:
    for path in ("/api/v1/nope", "/api/v1/jobs/", "/nope", "/api/v2"):
        answer = server.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_path")
    answer = server.client.put("/api/v1/jobs", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert answer.json()["code"] == "method_not_allowed"
    answer = server.client.put("/api/v1/jobs/1", json={})
    assert answer.headers["allow"] == "DELETE, GET, PATCH"


def test_numbers_that_fit_no_column_are_refused_or_not_found(server: Running) -> None:
    huge = 10**30
    job = server.submit()["id"]
    get = server.client.get
    assert get(f"/api/v1/jobs/{huge}").status_code == 404
    assert get(f"/api/v1/jobs/{'9' * 5000}").status_code == 404
    assert get(f"/api/v1/jobs/{job}/events", params={"after": huge}).status_code == 422
    assert get(f"/api/v1/jobs/{job}/tasks/a/parts/out/{huge}").status_code == 422
    assert get(f"/api/v1/jobs/{job}/tasks/a/parts/out/x").status_code == 422
    assert get("/api/v1/jobs/٣").status_code == 404


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_an_idempotency_key_has_1_to_255_characters(server: Running, key: str) -> None:
    problem = refused(
        server,
        422,
        json={"tasks": NOOP, "input": INPUT},
        headers={"Idempotency-Key": key},
    )
    assert problem["field"].lower() == "idempotency-key"


def test_a_slip_in_the_query_is_told_what_was_meant(server: Running) -> None:
    problem = server.client.get("/api/v1/jobs", params={"stat": "failed"}).json()
    assert problem["field"] == "stat"
    assert "Did you mean 'state'?" in problem["fix"]
    assert "limit" in problem["fix"]
