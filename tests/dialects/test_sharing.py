"""Who may do what to whose job by the gentoo and aiWARE faces: roles × operations × private and
shared jobs. A job that waits for people is what all of them are tried on; innodata has its own.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import httpx2
import pytest

from jobmill.dialects.aiware.mapping.ids import job_id
from jobmill.dialects.gentoo.mapping.names import name_of
from tests.running import Running, running


class Role(Enum):
    """Who calls. All but the last two are of one organization."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    ALL_STEPS = "all steps"
    REVIEWER = "reviewer"
    VIEWER = "viewer"
    COLLEAGUE = "colleague"
    STRANGER = "stranger"
    STRANGE_ADMIN = "strange admin"


STEPS: Mapping[Role, list[str]] = {
    Role.MANAGER: ["manage"],
    Role.ALL_STEPS: ["*"],
    Role.REVIEWER: ["check"],
    Role.VIEWER: [],
}
OWNS = {Role.OWNER, Role.ADMIN}
SEES = {*OWNS, *STEPS}
STEERS = {*OWNS, Role.MANAGER, Role.ALL_STEPS}
ABROAD = {Role.STRANGER, Role.STRANGE_ADMIN}
GRAPH = {
    "tasks": [{"name": "a", "engine": "noop"}, {"name": "ask", "review": {"step": "check"}}],
    "routes": [{"from": "a", "to": "ask"}],
    "input": {"json": 1},
}


@dataclass(frozen=True)
class Job:
    """A job by its names in both faces."""

    gentoo: str
    aiware: str


@dataclass
class World:
    """Two organizations, and blocked jobs of one owner."""

    server: Running
    client: httpx2.Client
    keys: dict[Role, str] = field(default_factory=dict)
    ids: dict[Role, str] = field(default_factory=dict)
    kept: dict[bool, Job] = field(default_factory=dict)

    def call(self, role: Role, method: str, path: str, body: Any = None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.keys[role]}"}
        return self.client.request(method, path, json=body, headers=headers)

    def job(self, *, shared: bool) -> Job:
        """A new one that waits for people."""
        people = [{"user": self.ids[role], "steps": steps} for role, steps in STEPS.items()]
        body = {**GRAPH, "collaborators": people if shared else []}
        answer = self.call(Role.OWNER, "POST", "/api/v1/jobs", body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        path = f"/api/v1/jobs/{made['id']}/events"
        headers = {
            "Authorization": f"Bearer {self.keys[Role.OWNER]}",
            "Accept": "text/event-stream",
        }
        with self.client.stream("GET", path, headers=headers) as stream:
            assert any(line == "event: review.opened" for line in stream.iter_lines())
        uuid, number = made["id"], made["number"]
        return Job(name_of(uuid, number), job_id(uuid, number))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        running(tmp_path_factory.mktemp("sharing") / "data") as server,
        httpx2.Client(base_url=server.url, timeout=90) as client,
    ):
        made = server.client.post("/api/v1/organizations", json={"name": "others"})
        world = World(server, client)
        world.keys = {Role.ADMIN: server.key, Role.STRANGE_ADMIN: made.json()["key"]}
        for role in set(Role) - {Role.ADMIN, Role.STRANGE_ADMIN}:
            admin = Role.STRANGE_ADMIN if role in ABROAD else Role.ADMIN
            user = world.call(admin, "POST", "/api/v1/users", {"name": role.value}).json()["id"]
            key = {"user": user, "name": role.value, "rights": ["*"]}
            world.ids[role] = user
            world.keys[role] = world.call(admin, "POST", "/api/v1/keys", key).json()["key"]
        world.kept = {shared: world.job(shared=shared) for shared in (False, True)}
        yield world


def gentoo(method: str, rest: str = "") -> Callable[[World, Role, Job], int]:
    """The status of a call of the gentoo API."""

    def call(world: World, role: Role, job: Job) -> int:
        return world.call(role, method, f"/api/ai/jobs/{job.gentoo}{rest}").status_code

    return call


def graphql(document: str) -> Callable[[World, Role, Job], int]:
    """What a GraphQL document about a job comes to, as a status."""

    def call(world: World, role: Role, job: Job) -> int:
        query = document.replace("ID", json.dumps(job.aiware))
        answer = world.call(role, "POST", "/v3/graphql", {"query": query}).json()
        names = {"not_found": 404, "not_allowed": 403}
        return names[answer["errors"][0]["name"]] if "errors" in answer else 200

    return call


def edge(method: str, rest: str) -> Callable[[World, Role, Job], int]:
    """The status of a call of Edge."""

    def call(world: World, role: Role, job: Job) -> int:
        path = f"/edge/v1/proc/job/{job.aiware}{rest}"
        return world.call(role, method, path).status_code

    return call


@dataclass(frozen=True)
class Operation:
    """Who may among those who see the job; `ends`: the job is another one afterwards."""

    may: set[Role]
    call: Callable[[World, Role, Job], int]
    ends: bool = False


OPERATIONS: Mapping[str, Operation] = {
    "gentoo read": Operation(SEES, gentoo("GET")),
    "gentoo cancel": Operation(STEERS, gentoo("POST", ":cancel"), ends=True),
    "gentoo delete": Operation(OWNS, gentoo("DELETE"), ends=True),
    "graphql read": Operation(SEES, graphql("{ job(id: ID) { id status } }")),
    "graphql results": Operation(
        SEES, graphql("{ engineResults(jobId: ID) { records { engineId } } }")
    ),
    "graphql cancel": Operation(
        STEERS, graphql("mutation { cancelJob(id: ID) { id } }"), ends=True
    ),
    "edge status": Operation(SEES, edge("GET", "/status")),
    "edge detail": Operation(SEES, edge("GET", "/detail")),
    "edge delete": Operation(OWNS, edge("POST", "/delete"), ends=True),
}


@pytest.mark.parametrize("shared", [False, True], ids=["private", "shared"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_for_those_who_may(world: World, name: str, shared: bool) -> None:
    operation = OPERATIONS[name]
    for role in Role:
        sees = role in (SEES if shared else OWNS)
        may = sees and role in operation.may
        job = world.job(shared=shared) if may and operation.ends else world.kept[shared]
        told = operation.call(world, role, job)
        assert told in ((200, 204) if may else (403,) if sees else (404,)), role


def test_lists_show_what_one_sees(world: World) -> None:
    for role in Role:
        expected = {job for shared, job in world.kept.items() if role in (SEES if shared else OWNS)}
        listed = world.call(role, "GET", "/api/ai/jobs").json()
        assert {each["_id"] for each in listed} >= {job.gentoo for job in expected}, role
        hidden = set(world.kept.values()) - expected
        assert not {each["_id"] for each in listed} & {job.gentoo for job in hidden}, role
        query = {"query": "{ jobs(limit: 500) { records { id } } }"}
        records = world.call(role, "POST", "/v3/graphql", query).json()["data"]["jobs"]["records"]
        seen = {each["id"] for each in records} & {job.aiware for job in world.kept.values()}
        assert seen == {job.aiware for job in expected}, role
