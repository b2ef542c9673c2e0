"""Roles by operations by own, shared and foreign rows: who gets what, who is refused, who is told
that there is nothing. Generated from the OpenAPI document, so that no operation is left out."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from jobmill.bootstrap import create_app
from jobmill.config import Settings
from tests.api.matrix import FORBIDDEN, HIDDEN, RULES, SHARED_RULES, YES, Tie, tie
from tests.api.rows import JOB, OURS, Role, Row, World, build
from tests.running import Running

PREFIX = "/api/v1"
OPERATIONS = sorted(
    (method.upper(), path.removeprefix(PREFIX))
    for path, methods in create_app(Settings()).openapi()["paths"].items()
    for method in methods
)
CASES = [
    (method, path, row)
    for method, path in OPERATIONS
    if (method, path) in RULES
    for row in (Row if RULES[(method, path)].expect in SHARED_RULES else (Row.PRIVATE,))
]

QUERIES = (
    "",
    "?state=queued",
    "?type=graph&state=queued&state=failed",
    "?tag=seen",
    "?metadata=k:v&state=queued",
)


@pytest.fixture(scope="module")
def world(idle: Running) -> Iterator[World]:
    with httpx2.Client(base_url=idle.url, timeout=60) as client:
        yield build(idle, client)


def test_every_operation_has_a_rule_and_every_rule_an_operation() -> None:
    assert set(RULES) == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path", "row"), CASES)
def test_a_caller_gets_what_the_rule_says(world: World, method: str, path: str, row: Row) -> None:
    rule = RULES[(method, path)]
    named = rule.fill(world, row)
    for role in Role:
        there = path.format(**named)
        body = rule.body(world, row)
        answer = world.call(role, method, there, **({} if body is None else {"json": body}))
        where = f"{role} {method} {there} ({row}): {answer.text}"
        expected = rule.expect(role, row)
        if expected == YES:
            if method != "GET":  # what was allowed may have changed the row
                named = rule.fill(world, row)
            assert answer.status_code not in (401, 403, 404, 500), where
            if path == "/login":
                assert answer.status_code == 422, where
        else:
            assert str(answer.status_code) == expected, where
            assert answer.json()["code"], where


@pytest.mark.parametrize("row", Row)
def test_lists_hold_what_each_caller_sees_and_nothing_else(world: World, row: Row) -> None:
    job = world.job(row, tags=["seen"], metadata={"k": "v"})
    for role in Role:
        for query in QUERIES:
            found = world.call(role, "GET", f"/jobs{query}").json()["items"]
            seen = job["id"] in {each["id"] for each in found}
            assert seen == (tie(role, row) is not Tie.NONE), f"{role} {row} {query}"


@pytest.mark.parametrize("row", Row)
def test_lists_of_assets_hold_what_each_caller_sees(world: World, row: Row) -> None:
    asset = world.asset(row)
    for role in Role:
        found = world.call(role, "GET", "/assets?limit=1000").json()["items"]
        seen = asset in {each["id"] for each in found}
        assert seen == (tie(role, row) is not Tie.NONE), f"{role} {row}"


@pytest.mark.parametrize("row", Row)
def test_an_asset_is_an_input_for_those_who_see_it(world: World, row: Row) -> None:
    body: dict[str, Any] = {
        "tasks": [{"engine": "noop"}],
        "input": {"asset": world.asset(row)},
    }
    for role in Role:
        answer = world.call(role, "POST", "/jobs", json=body)
        assert answer.status_code == (404 if tie(role, row) is Tie.NONE else 201), role


@pytest.mark.parametrize("row", Row)
def test_refusals_change_nothing(world: World, row: Row) -> None:
    job = world.job(row)
    before = world.call(Role.OWNER, "GET", f"/jobs/{job['id']}").json()
    assert before["owner"] == {"id": world.users[Role.OWNER], "name": "owner"}
    shares = world.call(Role.OWNER, "GET", f"/jobs/{job['id']}/collaborators").json()
    changes = [
        (method, path, rule)
        for (method, path), rule in RULES.items()
        if method != "GET" and path.startswith("/jobs/{job}")
    ]
    for role in Role:
        for method, path, rule in changes:
            if rule.expect(role, row) in (FORBIDDEN, HIDDEN):
                there = path.format(job=job["id"], user=world.users[Role.VIEWER], team=world.team)
                world.call(role, method, there, json=rule.body(world, row))
    assert world.call(Role.OWNER, "GET", f"/jobs/{job['id']}").json() == before
    assert world.call(Role.OWNER, "GET", f"/jobs/{job['id']}/collaborators").json() == shares


def test_a_callback_is_its_owners_and_an_endpoint_the_admins(world: World) -> None:
    callback = {"callback": {"url": "https://example.com/done"}}
    job = world.make(Role.COLLEAGUE, "/jobs", json={**JOB, **callback})
    path = f"/endpoints/{job['callback']['id']}"
    for role in Role:
        theirs = role in (Role.COLLEAGUE, Role.ADMIN)
        assert world.call(role, "GET", path).status_code == (200 if theirs else 404), role
    world.make(Role.ADMIN, "/endpoints", json={"url": "https://example.com"})
    for role in OURS:
        listed = world.call(role, "GET", "/endpoints").json()["items"]
        assert bool(listed) == (role is Role.ADMIN), role


def test_what_is_hidden_answers_as_what_is_not_there(world: World) -> None:
    hidden = world.job(Row.PRIVATE)["id"]
    nothing = "019b0e5c-6a2e-7c3f-9d55-0d3b1c2f4a6e"
    for path in ("/jobs/{}", "/jobs/{}/tasks", "/jobs/{}/events", "/jobs/{}/collaborators"):
        told = [
            world.call(Role.COLLEAGUE, "GET", path.format(each)).json()
            for each in (hidden, nothing)
        ]
        for each, job in zip(told, (hidden, nothing), strict=True):
            each.pop("request_id")
            each["detail"] = each["detail"].replace(job, "")
        assert told[0] == told[1]


@pytest.mark.parametrize("row", Row)
def test_bulk_actions_and_search_stay_within_what_the_caller_sees(world: World, row: Row) -> None:
    word = f"aardvark{row.name.lower()}"
    job = world.job(row, tags=[word], name=word)
    bulk = {"action": "delete", "filter": {"tag": [word]}, "dry_run": True}

    def found(role: Role) -> bool:
        hits = world.call(role, "GET", f"/search?q={word}").json()["items"]
        return job["id"] in [hit["id"] for hit in hits]

    for _ in range(50):
        seen = world.server.house.bell.count
        if found(Role.OWNER):
            break
        world.server.call(world.server.house.bell.wait(seen, 1))
    for role in Role:
        there = tie(role, row) is not Tie.NONE
        assert found(role) == there, role
        assert world.call(role, "POST", "/bulk", json=bulk).json()["matched"] == there, role
