"""The OpenAPI document is true: whatever is sent, the answers are those that it describes."""

from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jobmill.bootstrap import create_app
from jobmill.config import Settings
from tests.api.review_calls import Call, review_calls
from tests.running import MakeGate, Running

DOCUMENT: dict[str, Any] = create_app(Settings(data=Path("never-opened"))).openapi()
schema = schemathesis.openapi.from_dict(DOCUMENT)
CONFORMANCE = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schema.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case: "Case[Any]", idle: Running) -> None:
    """Without `positive_data_acceptance`: no schema says which engines, files and names exist.

    Of raw bytes none are wrong, and the key that an example leaves away is given all the same.
    """
    headers = {"Authorization": f"Bearer {idle.key}"}
    answer = case.call(base_url=idle.url, headers=headers, timeout=30)
    never = [positive_data_acceptance]
    if case.media_type == "application/octet-stream":
        never.append(negative_data_rejection)
    case.validate_response(answer, excluded_checks=never)


def test_the_document_is_openapi_3_1_and_served_as_it_is(idle: Running) -> None:
    served = idle.client.get("/openapi.json").json()
    assert served["openapi"].startswith("3.1")
    assert served["paths"].keys() == DOCUMENT["paths"].keys()
    assert served["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_operation_has_words_a_stranger_needs() -> None:
    ids = []
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            ids.append(operation["operationId"])
            assert operation["summary"], where
            assert len(operation["description"]) > 20, where
            assert operation["tags"], where
            for status, answer in operation["responses"].items():
                assert answer["description"], where
                kinds = set(answer.get("content", {}))
                if int(status) >= 400 and status != "416":
                    assert kinds == {"application/problem+json"}, f"{where} {status}"
            assert {"401", "403", "422", "503"} <= operation["responses"].keys(), where
    assert len(set(ids)) == len(ids)


def asset_calls(asset: str) -> list[Call]:
    """What can be done with an asset beside the beginning and the end of it."""
    the_asset, place = {"asset": asset}, {"path": "open/api"}
    body = {"body": b"more bytes", "media_type": "application/octet-stream"}
    at = {"path_parameters": the_asset}
    first = {"path_parameters": {**the_asset, "version": 1}}
    return [
        ("GET", "/assets", 200, {"query": {"limit": 3, "state": "ready"}}),
        ("POST", "/assets/awaiting", 201, {"body": {"name": "later.mp4", "size": 3}}),
        ("POST", "/assets/{asset}/links", 201, {**at, "body": {"method": "PUT"}}),
        ("PUT", "/assets/{asset}/content", 200, {**at, **body}),
        ("GET", "/assets/{asset}/versions", 200, at),
        ("GET", "/assets/{asset}/versions/{version}", 200, first),
        ("PUT", "/data/{path}", 201, {"path_parameters": place, **body}),
        ("PUT", "/data/{path}", 200, {"path_parameters": place, **body}),
        ("GET", "/data/{path}", 200, {"path_parameters": place}),
        ("POST", "/assets/{asset}/purge", 200, {**at, "body": {"version": 1}}),
    ]


def watch_calls(server: Running) -> list[Call]:
    """The life of a watch."""
    rule = {"path": ".", "features": ["IN_BLACK"]}
    made = server.client.post("/api/v1/watches", json=rule).json()
    at = {"path_parameters": {"watch": made["id"]}}
    return [
        ("POST", "/watches", 201, {"body": rule}),
        ("GET", "/watches", 200, {}),
        ("GET", "/watches/{watch}", 200, at),
        ("GET", "/watches/{watch}/files", 200, at),
        ("POST", "/watches/{watch}/pause", 200, at),
        ("POST", "/watches/{watch}/resume", 200, at),
        ("DELETE", "/watches/{watch}", 204, at),
    ]


def test_the_good_answer_of_every_operation_is_as_described(
    server: Running, gate: MakeGate
) -> None:
    """The fuzzed cases above mostly name things that are not there; these are."""
    way = gate()
    tasks = [way.task("make"), {"name": "take", "engine": "noop"}]
    job = server.submit(tasks=tasks, routes=[{"from": "make", "to": "take"}])
    way.tell("write some bytes", "log a line", "warn a warning", "progress 5")
    way.open()
    server.finish(job)
    attempt = server.client.get(job["links"]["attempts"]).json()["items"][0]["id"]
    asset = server.client.post("/api/v1/assets", content=b"x").json()["id"]
    the_job = {"job": job["id"]}
    made = {**the_job, "task": "make"}
    part = {**made, "port": "out", "number": 0}
    graph = {"tasks": [{"name": "a", "engine": "noop"}]}
    create = {**graph, "input": {"json": 1}, "priority": 3, "retain_days": 0.5}
    create["callback"] = {"url": "https://example.com/done", "events": ["job.started"]}
    calls: list[Call] = [
        ("GET", "", 200, {}),
        ("POST", "/jobs", 201, {"body": create}),
        ("GET", "/jobs", 200, {"query": {"limit": 3, "state": "completed"}}),
        ("GET", "/jobs/{job}", 200, {"path_parameters": the_job}),
        ("GET", "/jobs/{job}/tasks", 200, {"path_parameters": the_job}),
        ("GET", "/jobs/{job}/attempts", 200, {"path_parameters": the_job}),
        ("GET", "/jobs/{job}/results", 200, {"path_parameters": the_job}),
        ("GET", "/jobs/{job}/events", 200, {"path_parameters": the_job}),
        ("GET", "/attempts/{attempt}/log", 200, {"path_parameters": {"attempt": attempt}}),
        *grant_calls(attempt),
        ("GET", "/jobs/{job}/tasks/{task}/parts", 200, {"path_parameters": made}),
        ("GET", "/jobs/{job}/tasks/{task}/parts/{port}/{number}", 200, {"path_parameters": part}),
        ("POST", "/jobs/{job}/cancel", 409, {"path_parameters": the_job}),
        ("POST", "/jobs/{job}/retry", 409, {"path_parameters": the_job}),
        ("POST", "/jobs/{job}/restart", 200, {"path_parameters": the_job}),
        *_steering(the_job),
        ("DELETE", "/jobs/{job}", 204, {"path_parameters": the_job}),
        ("POST", "/assets", 201, {"body": b"bytes", "media_type": "application/octet-stream"}),
        ("GET", "/assets/{asset}", 200, {"path_parameters": {"asset": asset}}),
        ("GET", "/assets/{asset}/content", 200, {"path_parameters": {"asset": asset}}),
        *asset_calls(asset),
        ("DELETE", "/assets/{asset}", 204, {"path_parameters": {"asset": asset}}),
        *watch_calls(server),
        *engine_calls(),
        *webhook_calls(server),
        *pipeline_calls(server, graph),
        *output_calls(server, graph),
        *account_calls(server),
        *review_calls(server),
    ]
    operations = {(m.upper(), p) for p, methods in DOCUMENT["paths"].items() for m in methods}
    assert {(method, f"/api/v1{path}") for method, path, *_ in calls} == operations
    headers = {"Authorization": f"Bearer {server.key}"}
    for method, path, status, parts in calls:
        case = schema[f"/api/v1{path}"][method].Case(**parts)
        answer = case.call(base_url=server.url, headers=headers, timeout=30)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
        case.validate_response(answer, checks=CONFORMANCE)


def grant_calls(attempt: str) -> list[Call]:
    """What only a service may do that works on an attempt: this one has ended."""
    at = {"path_parameters": {"attempt": attempt}}
    return [
        (
            "GET",
            "/attempts/{attempt}/input/{number}",
            409,
            {"path_parameters": {"attempt": attempt, "number": 0}},
        ),
        ("POST", "/attempts/{attempt}/heartbeat", 409, at),
        ("POST", "/attempts/{attempt}/result", 409, at),
    ]


def engine_calls() -> list[Call]:
    """A good call of each operation on engines and workers, or what there is instead of one."""
    return [
        ("GET", "/engines", 200, {}),
        ("GET", "/engines/{engine}", 200, {"path_parameters": {"engine": "gate"}}),
        ("POST", "/engines", 422, {"body": {"url": "http://127.0.0.1:1", "id": "x"}}),
        ("DELETE", "/engines/{engine}", 404, {"path_parameters": {"engine": "x"}}),
        ("GET", "/features", 200, {}),
        ("GET", "/workers", 200, {}),
    ]


def pipeline_calls(server: Running, graph: dict[str, Any]) -> list[Call]:
    """A good call of each operation on pipelines, and on what is known of them."""
    named = {"path_parameters": {"name": "true"}}
    known = {"input": {"json": 1}, "label": "cat", "tag": "easy"}
    kept = server.client.post("/api/v1/ground-truths", json={"pipeline": "indexing", **known})
    truth = {"path_parameters": {"truth": kept.json()["id"]}}
    return [
        ("POST", "/pipelines", 201, {"body": {**graph, "name": "true"}}),
        ("GET", "/pipelines", 200, {}),
        ("GET", "/pipelines/{name}", 200, named),
        ("PUT", "/pipelines/{name}", 200, {**named, "body": graph}),
        ("POST", "/ground-truths", 201, {"body": {"pipeline": "true", **known}}),
        ("GET", "/ground-truths", 200, {"query": {"pipeline": "true", "limit": 2}}),
        ("GET", "/ground-truths/{truth}", 200, truth),
        ("PATCH", "/ground-truths/{truth}", 200, {**truth, "body": {"label": [1], "tag": None}}),
        ("DELETE", "/ground-truths/{truth}", 204, truth),
        ("POST", "/pipelines/{name}/calibrations", 201, {**named, "body": {"count": 1}}),
        ("GET", "/pipelines/{name}/quality", 200, {**named, "query": {"by": "engine"}}),
        ("DELETE", "/pipelines/{name}", 204, named),
    ]


def output_calls(server: Running, graph: dict[str, Any]) -> list[Call]:
    """What can be done with the output of a job of a program."""
    program = {**graph, "name": "answering", "program": {"output_schema": {"type": "object"}}}
    assert server.client.post("/api/v1/pipelines", json=program).status_code == 201
    job = server.submit(pipeline="answering", tasks=[])
    server.finish(job)
    at = {"path_parameters": {"job": job["id"]}}
    return [
        ("GET", "/jobs/{job}/output", 200, at),
        ("PUT", "/jobs/{job}/output", 200, {**at, "body": {"document": {"total": 1}}}),
        ("GET", "/jobs/{job}/output/edits", 200, at),
    ]


def account_calls(server: Running) -> list[tuple[str, str, int, dict[str, Any]]]:
    """A good call of each operation on accounts."""
    user, team = {"user": "true"}, {"team": "true"}
    organization = {"organization": server.client.get("/api/v1/me").json()["organization"]["id"]}
    kept = {
        "organization": server.client.post("/api/v1/organizations", json={"name": "x"}).json()["id"]
    }
    secret = {"name": "true", "email": "t@x.org", "password": "true enough"}
    login = {"email": "t@x.org", "password": "true enough"}
    key = {"key": server.client.post("/api/v1/keys", json={"name": "k"}).json()["id"]}
    return [
        ("POST", "/users", 201, {"body": secret}),
        ("GET", "/users", 200, {}),
        ("GET", "/users/{user}", 200, {"path_parameters": user}),
        ("PATCH", "/users/{user}", 200, {"path_parameters": user, "body": {"admin": True}}),
        ("POST", "/login", 200, {"body": login}),
        ("POST", "/logout", 204, {}),
        ("GET", "/me", 200, {}),
        ("GET", "/me/sessions", 200, {}),
        ("DELETE", "/me/sessions/{session}", 404, {"path_parameters": {"session": "x"}}),
        ("GET", "/login/oidc", 404, {}),
        ("GET", "/login/oidc/callback", 404, {}),
        ("POST", "/teams", 201, {"body": {"name": "true", "members": ["t@x.org"]}}),
        ("GET", "/teams", 200, {}),
        ("GET", "/teams/{team}", 200, {"path_parameters": team}),
        ("PATCH", "/teams/{team}", 200, {"path_parameters": team, "body": {"name": "true"}}),
        ("GET", "/teams/{team}/members", 200, {"path_parameters": team}),
        ("PUT", "/teams/{team}/members/{user}", 200, {"path_parameters": {**team, **user}}),
        *sharing_calls(server),
        ("DELETE", "/teams/{team}/members/{user}", 204, {"path_parameters": {**team, **user}}),
        ("DELETE", "/teams/{team}", 204, {"path_parameters": team}),
        ("DELETE", "/users/{user}", 204, {"path_parameters": user}),
        ("POST", "/keys", 201, {"body": {"name": "k", "rights": ["jobs:read"]}}),
        ("GET", "/keys", 200, {}),
        ("GET", "/keys/{key}", 200, {"path_parameters": key}),
        ("PATCH", "/keys/{key}", 200, {"path_parameters": key, "body": {"rights": ["*"]}}),
        ("DELETE", "/keys/{key}", 204, {"path_parameters": key}),
        ("POST", "/organizations", 201, {"body": {"name": "true"}}),
        ("GET", "/organizations", 200, {}),
        ("GET", "/organizations/{organization}", 200, {"path_parameters": organization}),
        (
            "PATCH",
            "/organizations/{organization}",
            200,
            {"path_parameters": kept, "body": {"name": "y"}},
        ),
        ("DELETE", "/organizations/{organization}", 204, {"path_parameters": kept}),
    ]


def sharing_calls(server: Running) -> list[Call]:
    """A good call of each operation on the collaborators of a job."""
    share = {"collaborators": [{"user": "true", "steps": ["manage"]}, {"team": "*"}]}
    job = {"job": server.submit()["id"]}
    route = "/jobs/{job}/collaborators"
    one = {"collaborators": [{"team": "true"}]}
    return [
        ("PUT", route, 200, {"path_parameters": job, "body": share}),
        ("GET", route, 200, {"path_parameters": job}),
        ("POST", route, 200, {"path_parameters": job, "body": one}),
        ("DELETE", f"{route}/teams/{{team}}", 204, {"path_parameters": {**job, "team": "true"}}),
        ("DELETE", f"{route}/users/{{user}}", 204, {"path_parameters": {**job, "user": "true"}}),
    ]


def webhook_calls(server: Running) -> list[Call]:
    """Calls about an endpoint that stands."""
    address = {"url": "https://example.com/hooks", "events": ["task.skipped"]}
    hook = server.client.post("/api/v1/endpoints", json=address).json()["id"]
    ping = server.client.post(f"/api/v1/endpoints/{hook}/ping").json()["id"]
    since = {"from": "2026-01-01T00:00:00Z", "states": ["failed"]}
    the_hook, the_ping = {"endpoint": hook}, {"delivery": ping}
    return [
        ("POST", "/endpoints", 201, {"body": address}),
        ("GET", "/endpoints", 200, {"query": {"limit": 1}}),
        ("GET", "/endpoints/{endpoint}", 200, {"path_parameters": the_hook}),
        ("POST", "/endpoints/{endpoint}/rotate", 200, {"path_parameters": the_hook, "body": {}}),
        ("POST", "/endpoints/{endpoint}/ping", 202, {"path_parameters": the_hook}),
        ("POST", "/endpoints/{endpoint}/replay", 200, {"path_parameters": the_hook, "body": since}),
        ("GET", "/endpoints/{endpoint}/deliveries", 200, {"path_parameters": the_hook}),
        ("GET", "/deliveries/{delivery}", 200, {"path_parameters": the_ping}),
        ("POST", "/deliveries/{delivery}/replay", 200, {"path_parameters": the_ping}),
        (
            "PATCH",
            "/endpoints/{endpoint}",
            200,
            {"path_parameters": the_hook, "body": {"enabled": False}},
        ),
        ("DELETE", "/endpoints/{endpoint}", 204, {"path_parameters": the_hook}),
    ]


def _steering(the_job: dict[str, str]) -> list[tuple[str, str, int, dict[str, Any]]]:
    """What holds jobs back, and acts upon many."""
    graph = {"tasks": [{"name": "a", "engine": "noop"}]}
    srt = {"path_parameters": {**the_job, "format": "srt"}}
    return [
        ("GET", "/jobs/{job}/exports/{format}", 409, srt),
        ("POST", "/jobs/{job}/pause", 200, {"path_parameters": the_job, "body": {"stop": True}}),
        ("POST", "/jobs/{job}/resume", 200, {"path_parameters": the_job}),
        ("POST", "/jobs/{job}/park", 409, {"path_parameters": the_job}),
        ("POST", "/jobs/{job}/unpark", 409, {"path_parameters": the_job}),
        ("POST", "/jobs/{job}/rewind", 409, {"path_parameters": the_job, "body": {"task": "make"}}),
        ("PUT", "/jobs/{job}/mark", 200, {"path_parameters": the_job, "body": {"correct": None}}),
        ("PATCH", "/jobs/{job}", 200, {"path_parameters": the_job, "body": {"tags": ["x"]}}),
        ("POST", "/batches", 201, {"body": {"jobs": [{**graph, "input": {"json": 1}}]}}),
        ("GET", "/batches", 200, {}),
        ("GET", "/batches/{batch}", 200, {"path_parameters": {"batch": "1"}}),
        ("GET", "/batches/{batch}/errors", 200, {"path_parameters": {"batch": "1"}}),
        ("POST", "/batches/rows", 202, {"body": {"pipeline": "doc2xml", "inputs": [1]}}),
        ("POST", "/batches/{batch}/cancel", 202, {"path_parameters": {"batch": "1"}}),
        ("POST", "/batches/{batch}/retry", 202, {"path_parameters": {"batch": "1"}}),
        ("POST", "/batches/{batch}/restart", 202, {"path_parameters": {"batch": "1"}}),
        ("POST", "/bulk", 200, {"body": {"action": "delete", "filter": {}, "dry_run": True}}),
        ("POST", "/exports", 202, {"body": {"jobs": ["1"], "formats": ["json"]}}),
        ("POST", "/exports/jobs", 202, {"body": {"filter": {}}}),
        ("GET", "/exports", 200, {}),
        ("GET", "/exports/{export}", 404, {"path_parameters": {"export": "x"}}),
        ("GET", "/search", 200, {"query": {"q": "talk"}}),
        ("GET", "/pools", 200, {}),
        ("POST", "/pools/{pool}/pause", 200, {"path_parameters": {"pool": "cpu"}}),
        ("POST", "/pools/{pool}/resume", 200, {"path_parameters": {"pool": "cpu"}}),
        ("PUT", "/limits", 200, {"body": {"engine": "gate", "running": 100}}),
        ("GET", "/limits", 200, {}),
        ("DELETE", "/limits/{limit}", 404, {"path_parameters": {"limit": "x"}}),
    ]
