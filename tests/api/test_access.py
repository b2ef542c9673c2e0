"""Who may do what: keys, rights, and what is open without a key."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from jobmill.core.accounts import Right, issue_key
from tests.running import Running

JOB = {"tasks": [{"engine": "noop"}], "input": {"json": 1}}
READ, WRITE = "GET", "POST"
NEEDS: list[tuple[str, str, Right, Any]] = [
    ("GET", "/jobs", Right.JOBS_READ, None),
    ("GET", "/jobs/1", Right.JOBS_READ, None),
    ("GET", "/jobs/1/tasks", Right.JOBS_READ, None),
    ("GET", "/jobs/1/attempts", Right.JOBS_READ, None),
    ("GET", "/jobs/1/results", Right.JOBS_READ, None),
    ("GET", "/jobs/1/output", Right.JOBS_READ, None),
    ("PUT", "/jobs/1/output", Right.JOBS_WRITE, {"document": 1}),
    ("GET", "/jobs/1/output/edits", Right.JOBS_READ, None),
    ("GET", "/jobs/1/events", Right.JOBS_READ, None),
    ("GET", "/jobs/1/tasks/a/parts", Right.JOBS_READ, None),
    ("GET", "/jobs/1/tasks/a/parts/out/0", Right.JOBS_READ, None),
    ("GET", "/attempts/x/log", Right.JOBS_READ, None),
    ("GET", "/jobs/1/changes", Right.JOBS_READ, None),
    ("GET", "/reviews", Right.JOBS_READ, None),
    ("GET", "/reviews/x", Right.JOBS_READ, None),
    ("GET", "/reviews/x/document", Right.JOBS_READ, None),
    ("GET", "/reviews/x/draft", Right.JOBS_READ, None),
    ("GET", "/reviews/x/changes", Right.JOBS_READ, None),
    ("POST", "/reviews/x/checkout", Right.REVIEWS_WRITE, None),
    ("POST", "/reviews/x/renew", Right.REVIEWS_WRITE, None),
    ("POST", "/reviews/x/release", Right.REVIEWS_WRITE, None),
    ("PUT", "/reviews/x/draft", Right.REVIEWS_WRITE, {"document": 1}),
    ("POST", "/reviews/x/answer", Right.REVIEWS_WRITE, {"answer": "confirm"}),
    ("POST", "/jobs", Right.JOBS_WRITE, JOB),
    ("POST", "/jobs/1/cancel", Right.JOBS_WRITE, None),
    ("POST", "/jobs/1/retry", Right.JOBS_WRITE, None),
    ("POST", "/jobs/1/restart", Right.JOBS_WRITE, None),
    ("POST", "/jobs/1/rewind", Right.JOBS_WRITE, {"task": "a"}),
    ("POST", "/jobs/1/pause", Right.JOBS_WRITE, None),
    ("POST", "/jobs/1/resume", Right.JOBS_WRITE, None),
    ("POST", "/jobs/1/park", Right.JOBS_WRITE, None),
    ("POST", "/jobs/1/unpark", Right.JOBS_WRITE, None),
    ("PUT", "/jobs/1/mark", Right.JOBS_WRITE, {"correct": None}),
    ("PATCH", "/jobs/1", Right.JOBS_WRITE, {"name": "x"}),
    ("POST", "/batches", Right.JOBS_WRITE, {"jobs": [JOB]}),
    ("GET", "/batches", Right.JOBS_READ, None),
    ("GET", "/batches/x", Right.JOBS_READ, None),
    ("POST", "/batches/x/cancel", Right.JOBS_WRITE, None),
    ("POST", "/batches/x/retry", Right.JOBS_WRITE, None),
    ("POST", "/batches/x/restart", Right.JOBS_WRITE, None),
    ("GET", "/batches/x/errors", Right.JOBS_READ, None),
    ("POST", "/batches/rows", Right.JOBS_WRITE, {"pipeline": "doc2xml", "inputs": [1]}),
    ("POST", "/bulk", Right.JOBS_WRITE, {"action": "cancel", "filter": {"tag": ["none"]}}),
    ("POST", "/exports/jobs", Right.JOBS_READ, {"filter": {}}),
    ("POST", "/exports", Right.JOBS_READ, {"jobs": [1], "formats": ["json"]}),
    ("GET", "/exports", Right.JOBS_READ, None),
    ("GET", "/exports/x", Right.JOBS_READ, None),
    ("GET", "/jobs/1/exports/json", Right.JOBS_READ, None),
    ("GET", "/search?q=x", Right.JOBS_READ, None),
    ("POST", "/engines", Right.ENGINES_WRITE, {"id": "b", "url": "http://127.0.0.1:1"}),
    ("DELETE", "/engines/none", Right.ENGINES_WRITE, None),
    ("GET", "/pools", Right.ENGINES_READ, None),
    ("POST", "/pools/cpu/pause", Right.POOLS_WRITE, None),
    ("POST", "/pools/cpu/resume", Right.POOLS_WRITE, None),
    ("GET", "/limits", Right.ENGINES_READ, None),
    ("PUT", "/limits", Right.LIMITS_WRITE, {"engine": "none", "running": 1}),
    ("DELETE", "/limits/x", Right.LIMITS_WRITE, None),
    ("DELETE", "/jobs/0", Right.JOBS_WRITE, None),
    ("POST", "/assets", Right.ASSETS_WRITE, None),
    ("GET", "/assets/x", Right.ASSETS_READ, None),
    ("GET", "/assets/x/content", Right.ASSETS_READ, None),
    ("DELETE", "/assets/x", Right.ASSETS_WRITE, None),
    ("GET", "/assets", Right.ASSETS_READ, None),
    ("POST", "/assets/awaiting", Right.ASSETS_WRITE, {}),
    ("POST", "/assets/x/links", Right.ASSETS_READ, {"method": "GET"}),
    ("PUT", "/assets/x/content", Right.ASSETS_WRITE, None),
    ("GET", "/assets/x/versions", Right.ASSETS_READ, None),
    ("GET", "/assets/x/versions/1", Right.ASSETS_READ, None),
    ("POST", "/assets/x/purge", Right.ASSETS_WRITE, None),
    ("GET", "/data/x", Right.ASSETS_READ, None),
    ("PUT", "/data/rights", Right.ASSETS_WRITE, None),
    ("POST", "/watches", Right.JOBS_WRITE, {"path": ".", "features": ["GATE"]}),
    ("GET", "/watches", Right.JOBS_READ, None),
    ("GET", "/watches/x", Right.JOBS_READ, None),
    ("GET", "/watches/x/files", Right.JOBS_READ, None),
    ("POST", "/watches/x/pause", Right.JOBS_WRITE, None),
    ("POST", "/watches/x/resume", Right.JOBS_WRITE, None),
    ("DELETE", "/watches/x", Right.JOBS_WRITE, None),
    ("GET", "/engines", Right.ENGINES_READ, None),
    ("GET", "/engines/noop", Right.ENGINES_READ, None),
    ("GET", "/features", Right.ENGINES_READ, None),
    ("GET", "/workers", Right.ENGINES_READ, None),
    ("GET", "/pipelines", Right.PIPELINES_READ, None),
    ("GET", "/pipelines/x", Right.PIPELINES_READ, None),
    ("POST", "/pipelines", Right.PIPELINES_WRITE, {"name": "r", "features": ["GATE"]}),
    ("PUT", "/pipelines/x", Right.PIPELINES_WRITE, {"features": ["GATE"]}),
    ("DELETE", "/pipelines/x", Right.PIPELINES_WRITE, None),
    ("GET", "/ground-truths", Right.JOBS_READ, None),
    ("GET", "/ground-truths/x", Right.JOBS_READ, None),
    ("POST", "/ground-truths", Right.JOBS_WRITE, {"pipeline": "x", "input": {}, "label": 1}),
    ("PATCH", "/ground-truths/x", Right.JOBS_WRITE, {"label": 1}),
    ("DELETE", "/ground-truths/x", Right.JOBS_WRITE, None),
    ("GET", "/pipelines/x/quality", Right.PIPELINES_READ, None),
    ("POST", "/pipelines/x/calibrations", Right.JOBS_WRITE, {"count": 1}),
    ("GET", "/jobs/1/collaborators", Right.JOBS_READ, None),
    ("PUT", "/jobs/1/collaborators", Right.JOBS_WRITE, {"collaborators": []}),
    ("POST", "/jobs/1/collaborators", Right.JOBS_WRITE, {"collaborators": []}),
    ("DELETE", "/jobs/1/collaborators/users/x", Right.JOBS_WRITE, None),
    ("DELETE", "/jobs/1/collaborators/teams/x", Right.JOBS_WRITE, None),
    ("GET", "/organizations", Right.ACCOUNTS_READ, None),
    ("GET", "/organizations/x", Right.ACCOUNTS_READ, None),
    ("POST", "/organizations", Right.ACCOUNTS_WRITE, {"name": "by right"}),
    ("PATCH", "/organizations/x", Right.ACCOUNTS_WRITE, {"name": "y"}),
    ("DELETE", "/organizations/x", Right.ACCOUNTS_WRITE, None),
    ("GET", "/users", Right.ACCOUNTS_READ, None),
    ("GET", "/users/x", Right.ACCOUNTS_READ, None),
    ("POST", "/users", Right.ACCOUNTS_WRITE, {"name": "by right"}),
    ("PATCH", "/users/x", Right.ACCOUNTS_WRITE, {"name": "y"}),
    ("DELETE", "/users/x", Right.ACCOUNTS_WRITE, None),
    ("GET", "/teams", Right.ACCOUNTS_READ, None),
    ("GET", "/teams/x", Right.ACCOUNTS_READ, None),
    ("POST", "/teams", Right.ACCOUNTS_WRITE, {"name": "by right"}),
    ("PATCH", "/teams/x", Right.ACCOUNTS_WRITE, {"name": "y"}),
    ("DELETE", "/teams/x", Right.ACCOUNTS_WRITE, None),
    ("GET", "/teams/x/members", Right.ACCOUNTS_READ, None),
    ("PUT", "/teams/x/members/y", Right.ACCOUNTS_WRITE, None),
    ("DELETE", "/teams/x/members/y", Right.ACCOUNTS_WRITE, None),
    ("GET", "/me/sessions", Right.KEYS_READ, None),
    ("DELETE", "/me/sessions/x", Right.KEYS_WRITE, None),
    ("GET", "/keys", Right.KEYS_READ, None),
    ("GET", "/keys/x", Right.KEYS_READ, None),
    ("POST", "/keys", Right.KEYS_WRITE, {"name": "y"}),
    ("PATCH", "/keys/x", Right.KEYS_WRITE, {"name": "y"}),
    ("DELETE", "/keys/x", Right.KEYS_WRITE, None),
    ("POST", "/endpoints", Right.ENDPOINTS_WRITE, {"url": "https://example.com"}),
    ("GET", "/endpoints", Right.ENDPOINTS_READ, None),
    ("GET", "/endpoints/x", Right.ENDPOINTS_READ, None),
    ("PATCH", "/endpoints/x", Right.ENDPOINTS_WRITE, {}),
    ("DELETE", "/endpoints/x", Right.ENDPOINTS_WRITE, None),
    ("POST", "/endpoints/x/rotate", Right.ENDPOINTS_WRITE, {}),
    ("POST", "/endpoints/x/ping", Right.ENDPOINTS_WRITE, None),
    ("POST", "/endpoints/x/replay", Right.ENDPOINTS_WRITE, {"from": "2026-01-01T00:00:00Z"}),
    ("GET", "/endpoints/x/deliveries", Right.ENDPOINTS_READ, None),
    ("GET", "/deliveries/x", Right.ENDPOINTS_READ, None),
    ("POST", "/deliveries/x/replay", Right.ENDPOINTS_WRITE, None),
]


@pytest.fixture(scope="module")
def keys(idle: Running) -> dict[str, str]:
    """For each right a key that has it alone, and one that has all others."""
    rights = [right for right in Right if right is not Right.ALL]
    alone = {right.value: idle.key_with(right) for right in rights}
    without = {
        "-" + right.value: idle.key_with(*(each for each in rights if each is not right))
        for right in rights
    }
    return {**alone, **without}


def ask(server: Running, method: str, path: str, key: str | None, body: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx2.Client(base_url=server.url) as plain:
        return plain.request(method, f"/api/v1{path}", json=body, headers=headers)


@pytest.mark.parametrize(("method", "path", "right", "body"), NEEDS)
def test_a_route_needs_its_right_and_no_other(
    idle: Running, keys: dict[str, str], method: str, path: str, right: Right, body: Any
) -> None:
    nobody = ask(idle, method, path, None, body)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "not_authenticated")
    assert nobody.headers["www-authenticate"].startswith("Bearer")
    lacking = ask(idle, method, path, keys["-" + right.value], body)
    assert (lacking.status_code, lacking.json()["code"]) == (403, "not_allowed")
    assert right.value in lacking.json()["detail"]
    having = ask(idle, method, path, keys[right.value], body)
    assert having.status_code not in (401, 403, 500)


def test_every_route_is_in_the_table_of_rights(idle: Running) -> None:
    paths = idle.client.get("/openapi.json").json()["paths"]
    operations = sum(len(methods) for methods in paths.values())
    # The index and /me need a key, but no right; sign-in and sign-out need neither. Three are for
    # services that work on an attempt, with its own token.
    assert operations == len(NEEDS) + 6 + 3


def test_strangers_learn_nothing_from_bad_bodies(idle: Running) -> None:
    with httpx2.Client(base_url=idle.url) as plain:
        answer = plain.post("/api/v1/jobs", content=b"{not json")
        assert answer.status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Basic eDp5", "Bearer jm_x_y", "x"])
def test_a_key_that_is_none_is_refused(idle: Running, header: str) -> None:
    with httpx2.Client(base_url=idle.url) as plain:
        answer = plain.get("/api/v1/jobs", headers={"Authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_an_expired_key_is_refused(idle: Running) -> None:
    now = idle.house.clock.now()

    def issue(work: Any) -> str:
        organization = work.accounts.organization_named("default")
        admin = work.accounts.user_named(organization.number, "admin")
        past = now - timedelta(seconds=1)
        return issue_key(work.accounts, admin, "old", [Right.ALL], past, past)

    key = idle.call(idle.house.database.write(issue))
    answer = ask(idle, "GET", "/jobs", key, None)
    assert (answer.status_code, "expired" in answer.json()["detail"]) == (401, True)


def test_what_is_another_organizations_is_not_there(idle: Running) -> None:
    def stranger(work: Any) -> str:
        other = work.accounts.add_organization("o-2", "other")
        user = work.accounts.add_user("u-2", other.number, "eve")
        return issue_key(work.accounts, user, "k", [Right.ALL], idle.house.clock.now())

    key = idle.call(idle.house.database.write(stranger))
    job = idle.submit()
    asset = idle.client.post("/api/v1/assets", content=b"x").json()["id"]
    for method, path in (
        ("GET", f"/jobs/{job['id']}"),
        ("GET", f"/jobs/{job['number']}"),
        ("GET", f"/jobs/{job['id']}/events"),
        ("GET", f"/jobs/{job['id']}/results"),
        ("GET", f"/jobs/{job['id']}/output"),
        ("POST", f"/jobs/{job['id']}/cancel"),
        ("DELETE", f"/jobs/{job['id']}"),
        ("GET", f"/assets/{asset}"),
        ("GET", f"/assets/{asset}/content"),
        ("DELETE", f"/assets/{asset}"),
    ):
        assert ask(idle, method, path, key, None).status_code == 404, path
    assert ask(idle, "GET", "/jobs", key, None).json()["items"] == []
    body = {**JOB, "input": {"asset": asset}}
    assert ask(idle, "POST", "/jobs", key, body).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
def test_some_paths_are_open(idle: Running, path: str) -> None:
    with httpx2.Client(base_url=idle.url) as plain:
        assert plain.get(path).status_code == 200
