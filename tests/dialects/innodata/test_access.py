"""Who may do what to whose job: roles × operations × own, shared and foreign jobs, by this face."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import httpx2
import pytest

from tests.dialects.innodata.curl import Curl
from tests.dialects.innodata.people import PASSWORD
from tests.serving.processes import ServerProcess


class Role(Enum):
    """Who calls. All but the last two are of one organization."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    ALL_STEPS = "all steps"
    ZONER = "zoner"
    MEMBER = "member"  # of a team with the step that the job waits at
    MAPPER = "mapper"
    VIEWER = "viewer"
    COLLEAGUE = "colleague"
    STRANGER = "stranger"
    STRANGE_ADMIN = "strange admin"


STEPS: Mapping[Role, list[str]] = {
    Role.MANAGER: ["manage"],
    Role.ALL_STEPS: ["*"],
    Role.ZONER: ["zoning"],
    Role.MAPPER: ["mapping"],
    Role.VIEWER: [],
}
SEES = {Role.OWNER, Role.ADMIN, Role.MEMBER, *STEPS}
STEERS = {Role.OWNER, Role.ADMIN, Role.MANAGER, Role.ALL_STEPS}
WORKS = {Role.OWNER, Role.ADMIN, Role.ALL_STEPS, Role.ZONER, Role.MEMBER}
OWNS = {Role.OWNER, Role.ADMIN}
TEXT = b"Total: 1\n"
OURS = set(Role) - {Role.STRANGER, Role.STRANGE_ADMIN}


@dataclass
class World:
    """Two organizations, and jobs of our owner that wait for people at `zoning`."""

    server: ServerProcess
    client: httpx2.Client
    keys: dict[Role, str] = field(default_factory=dict)
    ids: dict[Role, str] = field(default_factory=dict)
    team: str = ""
    documents: dict[bool, str] = field(default_factory=dict)
    kept: dict[bool, str] = field(default_factory=dict)

    def call(self, role: Role, method: str, path: str, body: Any = None) -> httpx2.Response:
        """A call of a role, with the key as the user name."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        given = {} if data is None else {"content": data}
        return self.client.request(method, f"/v1.1{path}", auth=(self.keys[role], ""), **given)

    def collaboration(self, *, shared: bool) -> Any:
        """With whom a job is shared."""
        if not shared:
            return {"teams": [], "users": []}
        users = [{"id": self.ids[role], "steps": steps} for role, steps in STEPS.items()]
        return {"teams": [{"name": self.team, "steps": ["zoning"]}], "users": users}

    def job(self, *, shared: bool) -> str:
        """A new job that waits at `zoning`."""
        body = {
            "type": "indexing",
            "contents": [{"uri": self.documents[shared]}],
            "indexing.taxonomy": {"datapoints": []},
            "collaboration": self.collaboration(shared=shared),
        }
        made = self.call(Role.OWNER, "POST", "/jobs", body)
        assert made.status_code == 201, made.text
        job: str = made.json()["response"]["id"]
        Curl(self.server.url, f"{self.keys[Role.OWNER]}:").until(job, "blocked")
        return job


@pytest.fixture(scope="module")
def world(server: ServerProcess) -> Iterator[World]:
    with httpx2.Client(base_url=server.url, timeout=60) as client:
        world = World(server, client)

        def native(path: str, key: str, body: Any) -> Any:
            headers = {"Authorization": f"Bearer {key}"}
            answer = client.post(f"/api/v1{path}", json=body, headers=headers)
            assert answer.status_code == 201, answer.text
            return answer.json()

        ours = native("/organizations", server.key, {"name": "matrix"})["key"]
        others = native("/organizations", server.key, {"name": "matrix, others"})["key"]
        world.keys = {Role.ADMIN: ours, Role.STRANGE_ADMIN: others}
        for role in set(Role) - {Role.ADMIN, Role.STRANGE_ADMIN}:
            key = ours if role in OURS else others
            email = f"{role.value.replace(' ', '.')}@matrix.test"
            user = {"name": role.value, "email": email, "password": PASSWORD}
            world.ids[role] = native("/users", key, user)["id"]
            login = {"username": email, "password": PASSWORD}
            told = client.post("/v1.1/users/login", json=login).json()
            world.keys[role] = told["response"]["api_keys"]["live"]
        world.team = "zoning team"
        members = {"name": world.team, "members": [world.ids[Role.MEMBER]]}
        assert world.call(Role.ADMIN, "POST", "/teams", members).status_code == 201
        for shared in (False, True):
            made = client.post(
                "/v1.1/documents",
                content=TEXT,
                auth=(world.keys[Role.OWNER], ""),
                headers={"X-Name": "a.txt"},
            )
            world.documents[shared] = made.json()["response"]["contents_uri"]
        world.kept = {shared: world.job(shared=shared) for shared in (False, True)}
        yield world


def at(path: str, method: str = "GET", body: Any = None) -> Callable[..., httpx2.Response]:
    """A call about a job."""

    def call(world: World, role: Role, job: str, shared: bool) -> httpx2.Response:
        if body == "collaboration":
            return world.call(
                role, method, f"/jobs/{job}{path}", {body: world.collaboration(shared=shared)}
            )
        return world.call(role, method, f"/jobs/{job}{path}", body)

    return call


def of_document(method: str) -> Callable[..., httpx2.Response]:
    """A call about the document that a job works on."""

    def call(world: World, role: Role, job: str, shared: bool) -> httpx2.Response:
        path = world.documents[shared].partition("/v1.1")[2]
        # Other bytes would be a version that no job works on, which its collaborators do not see.
        return world.call(role, method, path, TEXT if method == "PUT" else None)

    return call


def check_out_and_save(world: World, role: Role, job: str, shared: bool) -> httpx2.Response:
    """Check out, save, and let go again: the first refusal counts."""
    answers = []
    for method, path, body in (
        ("POST", "/checkout", None),
        ("PUT", "/contents/zoning-json", {"zones": []}),
        ("POST", "/release", None),
    ):
        answers.append(world.call(role, method, f"/jobs/{job}{path}", body))
    refused = [answer for answer in answers if answer.status_code >= 400]
    assert len(refused) in (0, 3), [answer.text for answer in answers]
    return (refused or answers)[0]


def check_in(world: World, role: Role, job: str, shared: bool) -> httpx2.Response:
    """Check out and in."""
    world.call(role, "POST", f"/jobs/{job}/checkout")
    return world.call(role, "POST", f"/jobs/{job}/checkin")


@dataclass(frozen=True)
class Operation:
    """Who may among those who see the job; `ends`: the job is another one afterwards."""

    may: set[Role]
    call: Callable[..., httpx2.Response]
    ends: bool = False


OPERATIONS: Mapping[str, Operation] = {
    "read": Operation(SEES, at("")),
    "list contents": Operation(SEES, at("/contents")),
    "read content": Operation(SEES, at("/contents/zoning-json")),
    "read page image": Operation(SEES, at("/contents/page-image")),
    "read document": Operation(SEES, of_document("GET")),
    "update": Operation(STEERS, at("", "PUT", {"note": 1})),
    "share": Operation(OWNS, at("", "PUT", "collaboration")),
    "update document": Operation(OWNS, of_document("PUT")),
    "check out": Operation(WORKS, check_out_and_save),
    "check in": Operation(WORKS, check_in, ends=True),
    "rewind": Operation(STEERS, at("/rewind", "POST", {"step": "zones"}), ends=True),
    "cancel": Operation(STEERS, at("/cancel", "POST"), ends=True),
    "delete": Operation(OWNS, at("", "DELETE"), ends=True),
}


@pytest.mark.parametrize("shared", [False, True], ids=["private", "shared"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_for_those_who_may(world: World, name: str, shared: bool) -> None:
    operation = OPERATIONS[name]
    for role in Role:
        sees = role in SEES if shared else role in OWNS
        may = sees and role in operation.may
        job = world.job(shared=shared) if may and operation.ends else world.kept[shared]
        answer = operation.call(world, role, job, shared)
        expected = 200 if may else 403 if sees else 404
        assert answer.status_code == expected, (role, answer.text)


def test_lists_show_what_one_sees(world: World) -> None:
    for role in Role:
        jobs = world.call(role, "GET", "/jobs?limit=1000").json()["response"]["jobs"]
        seen = {each["id"] for each in jobs} & set(world.kept.values())
        shared = {world.kept[True]} if role in SEES else set()
        assert seen == (set(world.kept.values()) if role in OWNS else shared), role


def test_a_key_without_the_right_works_on_nothing(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.keys[Role.ADMIN]}"}
    body = {"name": "reads", "rights": ["jobs:read"]}
    key = world.client.post("/api/v1/keys", json=body, headers=headers).json()["key"]
    job = f"/v1.1/jobs/{world.kept[True]}"
    auth = (key, "")
    assert world.client.get(job, auth=auth).status_code == 200
    for verb in ("checkout", "cancel", "rewind", "checkin", "release"):
        assert world.client.post(f"{job}/{verb}", auth=auth).status_code == 403, verb
    assert world.client.post("/v1.1/documents", content=b"x", auth=auth).status_code == 403
    assert world.client.delete(job, auth=auth).status_code == 403
    assert world.client.get("/v1.1/users", auth=auth).status_code == 403
