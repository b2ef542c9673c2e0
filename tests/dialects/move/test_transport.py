"""How requests come and how errors go: keys, bodies of any type, methods, paths, introspection."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from graphql import build_client_schema, get_introspection_query, lexicographic_sort_schema
from graphql import print_schema as printed

from jobmill.dialects.move.service import load_schema
from tests.dialects.move.speaking import Speaker
from tests.running import Running

QUERY = json.dumps({"query": "{ client { id } }"})
NOBODY = "job-2be2463e-ffa3-419b-beb4-ea0f99c79512"


@pytest.mark.parametrize("kind", ["text/plain;charset=UTF-8", "application/json", "x/y", ""])
def test_json_is_read_whatever_its_type_says(server: Running, kind: str) -> None:
    headers = {"authorization": server.key, "content-type": kind}
    answer = httpx2.post(f"{server.url}/ugc/graphql", content=QUERY, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["client"]["id"].startswith("client-")


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "bearer {}"])
def test_the_key_is_bare_or_behind_bearer(server: Running, form: str) -> None:
    with Speaker(server.url, form.format(server.key)) as speaker:
        assert speaker.data("{ client { id } }")
    headers = {"x-api-key": server.key}
    answer = httpx2.post(f"{server.url}/ugc/graphql", content=QUERY, headers=headers)
    assert "errors" not in answer.json()


@pytest.mark.parametrize("key", [None, "mv_key_nobody_knows", "Bearer x"])
def test_without_a_key_nothing_is_told_but_the_schema(server: Running, key: str | None) -> None:
    with Speaker(server.url, key) as stranger:
        error = stranger.error("{ client { id } }", status=401)
        assert error["errorType"] == "UnauthorizedException"
        error = stranger.error('mutation { createFile(type: "mp4") { id } }', status=401)
        assert error["errorType"] == "UnauthorizedException"
        assert stranger.error("{ listRigs { items { name } } }", status=401)
        assert stranger.data("{ __schema { queryType { name } } }")


def test_an_error_has_the_vendors_shape(api: Speaker) -> None:
    answer = api.post(f'{{ getJob(jobId: "{NOBODY}") {{ id }} }}')
    assert answer.status_code == 200
    body = answer.json()
    assert body["data"] is None
    (error,) = body["errors"]
    info = error.pop("errorInfo")
    assert error == {
        "path": ["getJob"],
        "data": None,
        "errorType": "MoveNotFoundError",
        "locations": [{"line": 1, "column": 3, "sourceName": None}],
        "message": "Resource not found in move-ugc-api.",
    }
    assert info["code"] == "job_not_found"


@pytest.mark.parametrize(
    "query",
    ["{ nothing }", "{", "{ getJob(jobId: 1.5) { id } }", "query ($a: Int!) { client { id } }"],
)
def test_what_cannot_be_run_is_told_where(api: Speaker, query: str) -> None:
    answer = api.post(query)
    assert (answer.status_code, answer.json()["data"]) == (200, None)
    for error in answer.json()["errors"]:
        assert error["errorType"] == "BadRequestException"
        assert error["locations"]


@pytest.mark.parametrize("body", ["", "x", "[]", "{}", '{"query": 1}'])
def test_what_is_no_request_is_refused(server: Running, body: str) -> None:
    answer = httpx2.post(
        f"{server.url}/ugc/graphql", content=body, headers={"authorization": server.key}
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["errorType"] == "MoveValidationError"


def test_other_methods_and_paths_answer_in_the_vendors_shape(server: Running) -> None:
    get = httpx2.get(f"{server.url}/ugc/graphql")
    assert (get.status_code, get.headers["allow"]) == (405, "POST")
    for path in ("/ugc", "/ugc/", "/ugc/file", "/ugc/graphql/x"):
        answer = httpx2.get(f"{server.url}{path}")
        assert answer.status_code == 404, path
        assert answer.json()["errors"][0]["errorType"] == "MoveNotFoundError"


def test_introspection_tells_the_schema_and_is_kept_as_bytes(api: Speaker) -> None:
    query = get_introspection_query()
    told: Any = api.data(query)
    ours = lexicographic_sort_schema(load_schema({}))
    theirs = lexicographic_sort_schema(build_client_schema(told))
    for name, known in ours.type_map.items():
        assert str(theirs.type_map[name]) == str(known)
    assert "percentage_complete: Int" in printed(theirs)
    from jobmill.dialects.move.routes import _SERVICE

    kept = asyncio.run(_SERVICE.get())._about_schema
    assert (query, None) in kept
    assert api.post(query).content == kept[query, None]


def test_ids_and_texts_may_stand_for_each_other_in_declarations(api: Speaker) -> None:
    for kind in ("ID!", "String!"):
        query = f"query ($j: {kind}) {{ getJob(jobId: $j) {{ id }} }}"
        assert api.error(query, {"j": NOBODY})["errorType"] == "MoveNotFoundError"
        query = f"query ($t: {kind}) {{ listJobs(takeId: $t) {{ first }} }}"
        assert api.error(query, {"t": "take-1"})["errorType"] == "MoveNotFoundError"
    for kind in ("String", "Int!", "[ID!]!", "AWSURL!"):
        query = f"query ($j: {kind}) {{ getJob(jobId: $j) {{ id }} }}"
        answer = api.post(query, {"j": None if kind == "String" else 1})
        assert {e["errorType"] for e in answer.json()["errors"]} == {"BadRequestException"}, kind


def test_every_document_may_hold_its_own_names(api: Speaker) -> None:
    query = """query A { client { id } } // one
        query B($y: Boolean!) { rigs: listRigs { items { name @skip(if: $y) } after } }"""
    answer = api.post(query, {"y": False, "undeclared": {"y": 1}}, operationName="B")
    assert answer.json()["data"]["rigs"]["items"][0] == {"name": "move_mo"}
