"""The transport: forms of requests, refusals, caps, introspection, unknown paths."""

import json
import subprocess
import sys
from typing import Any

import httpx2
import pytest
from graphql import build_client_schema, get_introspection_query

from tests.dialects.aiware.speaking import Speaker
from tests.running import Running

ME = "{ me { id } }"


def sent(api: Speaker, body: bytes | str, kind: str) -> httpx2.Response:
    """A body of a type."""
    headers = {**api.headers, "Content-Type": kind}
    return api.http.post("/v3/graphql", content=body, headers=headers)


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/json; charset=utf-8"]
)
def test_json_is_taken_under_any_usual_type(api: Speaker, kind: str) -> None:
    assert sent(api, json.dumps({"query": ME}), kind).json()["data"]["me"]["id"]


def test_a_bare_query_is_taken(api: Speaker) -> None:
    assert sent(api, ME, "application/graphql").json()["data"]["me"]["id"]


@pytest.mark.parametrize("variables", [{"id": "noop"}, '{"id": "noop"}'])
def test_variables_are_an_object_or_its_text(api: Speaker, variables: Any) -> None:
    query = "query A($id: ID!) { engine(id: $id) { name } }"
    for name in (None, "A"):
        found = api.data(query, variables, operationName=name)
        assert found == {"engine": {"name": "No operation"}}
    assert api.data(ME, None, operationName=None)["me"]["id"]
    assert api.data(ME, "")["me"]["id"]


def test_a_slash_at_the_end_is_no_redirect(api: Speaker) -> None:
    answer = api.http.post("/v3/graphql/", json={"query": ME}, headers=api.headers)
    assert answer.json()["data"]["me"]["id"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("", "application/json", 400),
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ('[{"query": "{ me { id } }"}]', "application/json", 400),
        ('{"query": 3}', "application/json", 400),
        ('{"query": "{ me { id } }", "variables": [1]}', "application/json", 400),
        ('{"query": "{ me { id } }", "variables": "{"}', "application/json", 400),
        ('{"query": "{ me { id } }", "operationName": 5}', "application/json", 400),
        ('{"query": "{ me { id } }", "operationName": "B"}', "application/json", 400),
        ('{"query": "{ me { nothing } }"}', "application/json", 400),
        ('{"query": "query ($a: Int!) { me { id } }"}', "application/json", 400),
        ("query=x", "application/x-www-form-urlencoded", 400),
        ("x", "multipart/form-data", 400),
        ("x", "multipart/form-data; boundary=b", 400),
    ],
)
def test_what_is_no_request_is_answered_in_the_vendors_shape(
    api: Speaker, body: str, kind: str, status: int
) -> None:
    answer = sent(api, body, kind)

    assert answer.status_code == status, answer.text
    errors = answer.json()["errors"]
    assert all(each["message"] and each["name"] == "invalid_input" for each in errors)


def test_only_post_is_served(api: Speaker) -> None:
    answer = api.http.get("/v3/graphql", params={"query": ME}, headers=api.headers)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "POST" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("path", ["/v3", "/v3/", "/v3/graphiql", "/v3/graphql/x", "/v3/x/y"])
def test_an_unknown_path_is_answered_in_the_vendors_shape(api: Speaker, path: str) -> None:
    for method in ("GET", "POST"):
        answer = api.http.request(method, path, headers=api.headers)
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["name"] == "not_found"


def test_introspection_is_open_and_whole(server: Running) -> None:
    with Speaker(server.url) as stranger:
        first = stranger.answer(get_introspection_query())
        schema = build_client_schema(first["data"])
        assert stranger.answer(get_introspection_query()) == first
        assert stranger.data("{ __typename }") == {"__typename": "Query"}
    named = {"JSONData", "CreateExportRequestForTDO", "CreateTask", "TaskStatus", "JobStatusFilter"}
    assert named <= schema.type_map.keys()


def test_a_bad_token_is_told_to_the_fields_that_need_one(server: Running) -> None:
    with Speaker(server.url, "11111111-1111-4111-8111-111111111111") as stranger:
        body = stranger.answer("{ me { id } __typename }")
    assert body["data"] == {"me": None, "__typename": "Query"}
    (error,) = body["errors"]
    assert (error["name"], error["path"]) == ("authentication_error", ["me"])


def test_one_failing_field_leaves_the_others(api: Speaker) -> None:
    body = api.answer('{ a: job(id: "x") { id } b: engine(id: "noop") { name } }')

    assert body["data"] == {"a": None, "b": {"name": "No operation"}}
    (error,) = body["errors"]
    assert error["message"] == "The requested object was not found"
    assert error["data"]["objectId"] == "x"
    assert error["locations"] == [{"line": 1, "column": 3}]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{" + "a: me { id } " * 8000 + "}", "token"),
        ("{" + " ".join(f"a{n}: me {{ id }}" for n in range(200)) + "}", "aliases"),
        (
            "{ job(id: 1) {" + "target { jobs { records {" * 12 + "id" + "} } }" * 12 + "} }",
            "deeper",
        ),
        ("{" * 5000, "nested|Syntax|token"),
        (
            "query { ...a } "
            + " ".join(
                f"fragment {a} on Query {{ ...{b} ...{b} }}"
                for a, b in zip("abcdef", "bcdefg", strict=True)
            )
            + " fragment g on Query {"
            + "me { id } " * 60
            + "}",
            "fields",
        ),
    ],
)
def test_a_document_beyond_the_caps_is_refused_before_it_costs(
    api: Speaker, query: str, words: str
) -> None:
    answer = api.post(query)
    assert answer.status_code == 400
    message = answer.json()["errors"][0]["message"]
    assert any(word in message for word in words.split("|")), message


def test_a_body_too_large_is_refused(api: Speaker) -> None:
    answer = sent(api, b'{"query": "' + b"x" * (3 * 2**20) + b'"}', "application/json")
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["name"] == "capacity_exceeded"


def test_json_literals_with_variables_inside_are_taken(api: Speaker) -> None:
    query = """mutation ($x: String) { createJob(input: { tasks: [{ engineId: "noop",
      payload: { echo: { deep: [$x, 1.5, null, true, "é\\u00e9"] } } }] })
      { tasks { records { payload } } } }"""
    (record,) = api.data(query, {"x": "v"})["createJob"]["tasks"]["records"]
    assert record["payload"] == {"echo": {"deep": ["v", 1.5, None, True, "éé"]}}


def test_fields_that_are_left_out_or_put_in_by_a_directive_do_not_act(api: Speaker) -> None:
    query = """mutation ($no: Boolean!) { createTDO(input: { startDateTime: 1, stopDateTime: 2,
      name: "never" }) @include(if: $no) { id } ...more }
      fragment more on Mutation { kept: createTDO(input: { startDateTime: 1, stopDateTime: 2,
      name: "once" }) { name } }"""
    assert api.data(query, {"no": False}) == {"kept": {"name": "once"}}


def test_too_many_sign_ins_are_told_to_wait(server: Running) -> None:
    query = """mutation { userLogin(input: {userName: "slow@example.com", password: "x"})
      { token } }"""
    with Speaker(server.url) as stranger:
        answers = [stranger.post(query) for _ in range(11)]
    assert {each.status_code for each in answers[:10]} == {200}
    assert answers[10].status_code == 429
    assert int(answers[10].headers["retry-after"]) > 0
    assert answers[10].json()["errors"][0]["name"] == "rate_limited"


def test_starting_a_server_loads_nothing_of_graphql() -> None:
    """graphql-core comes with the first request."""
    program = (
        "import sys; from jobmill.bootstrap.app import dialects; n = {d.name for d in dialects()};"
        "assert 'aiware' in n; print([m for m in ('graphql', 'joserfc') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
