"""Who may do what to whose job: roles × calls. What one may not see is not there (404); what one
sees and may not change is refused (403)."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import Enum

import pytest

from jobmill.core.accounts import Right
from tests.dialects.superai.conftest import Caller, app_of, caller
from tests.running import Running


class Role(Enum):
    """Who calls; all but the last are of one organization."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    VIEWER = "viewer"
    COLLEAGUE = "colleague"
    STRANGER = "stranger"


SEES = {Role.OWNER, Role.ADMIN, Role.MANAGER, Role.VIEWER}
STEERS = {Role.OWNER, Role.ADMIN, Role.MANAGER}
OWNS = {Role.OWNER, Role.ADMIN}
CALLS: dict[str, tuple[str, str, set[Role]]] = {
    "read": ("GET", "jobs/{job}", SEES),
    "response": ("GET", "jobs/{job}/response", SEES),
    "cancel": ("POST", "jobs/{job}/cancel", STEERS),
    "restart": ("POST", "jobs/{job}/restart", STEERS),
    "suspend": ("POST", "jobs/{job}/suspend", STEERS),
    "review": ("PATCH", "jobs/{job}/review", STEERS),
    "delete": ("DELETE", "jobs/{job}", OWNS),
}


@dataclass
class World:
    """An organization with an app, another organization, and who calls."""

    app: str = ""
    people: dict[Role, Caller] = field(default_factory=dict)
    ids: dict[Role, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def world(server: Running, admin: Caller) -> Iterator[World]:
    world = World(people={Role.ADMIN: admin})
    with ExitStack() as stack:
        for role in (Role.OWNER, Role.MANAGER, Role.VIEWER, Role.COLLEAGUE):
            name = f"{role.value} of jobs"
            user = {"name": name, "email": f"{role.value}@access.org", "password": "long enough 1"}
            world.ids[role] = server.client.post("/api/v1/users", json=user).json()["id"]
            asked = {"user": world.ids[role], "name": "k", "rights": ["*"]}
            key = server.client.post("/api/v1/keys", json=asked).json()["key"]
            world.people[role] = stack.enter_context(caller(server, key))
        made = server.client.post("/api/v1/organizations", json={"name": "elsewhere"})
        world.people[Role.STRANGER] = stack.enter_context(caller(server, made.json()["key"]))
        world.app = app_of(server, admin, "guarded", [{"name": "a", "engine": "noop"}])
        yield world


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("call", CALLS)
def test_who_may_do_what(server: Running, world: World, role: Role, call: str) -> None:
    owner, (method, path, allowed) = world.people[Role.OWNER], CALLS[call]
    body = {"inputs": [{"text": "a"}], "pending": True}
    made = owner.given("POST", f"apps/{world.app}/jobs", body)
    shares = [
        {"user": world.ids[Role.MANAGER], "steps": ["manage"]},
        {"user": world.ids[Role.VIEWER], "steps": []},
    ]
    place = f"/api/v1/jobs/{made['uuid']}/collaborators"
    server.client.put(place, json={"collaborators": shares}).raise_for_status()

    given = {"correct": True} if call == "review" else None
    status = world.people[role].call(method, path.format(job=made["id"]), given).status_code

    if role in allowed:
        # 400: allowed to ask, and the job's state does not allow it.
        assert status in (200, 204, 400)
    else:
        assert status == (403 if role in SEES else 404)


@pytest.mark.parametrize("role", Role)
def test_lists_hold_what_one_sees(server: Running, world: World, role: Role) -> None:
    owner, tag = world.people[Role.OWNER], f"for {role.value}"
    body = {"inputs": [{"text": "a"}], "pending": True, "tags": [tag]}
    made = owner.given("POST", f"apps/{world.app}/jobs", body)
    shares = [{"user": world.ids[each], "steps": []} for each in (Role.MANAGER, Role.VIEWER)]
    place = f"/api/v1/jobs/{made['uuid']}/collaborators"
    server.client.put(place, json={"collaborators": shares}).raise_for_status()
    listed = world.people[role].call("GET", f"apps/{world.app}/jobs", params={"tags": tag})
    if role is Role.STRANGER:
        assert listed.status_code == 404
        return
    ids = [each["id"] for each in listed.json()["jobs"]]
    assert ids == ([made["id"]] if role in SEES else [])
    for each in listed.json()["jobs"]:
        assert (each["batchId"] is None) is (role not in OWNS)


def test_a_key_does_what_its_rights_allow(server: Running, world: World) -> None:
    key = server.key_with(
        Right.JOBS_READ, Right.PIPELINES_READ, Right.ASSETS_READ, Right.ASSETS_WRITE
    )
    with caller(server, key) as reader:
        reader.given("GET", f"apps/{world.app}/jobs")
        body = {"inputs": [{"text": "a"}]}
        assert "jobs:write" in reader.refused(403, "POST", f"apps/{world.app}/jobs", body)
        body = {"templateName": "guarded", "appName": "mine"}
        assert "pipelines:write" in reader.refused(403, "POST", "apps", body)
