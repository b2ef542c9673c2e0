"""Callers, and the rows that calls are about: who they are, and how each row is made anew."""

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import httpx2

from jobmill.core.engines import Done
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.model import Part
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import finish_attempt
from jobmill.core.jobs.service.working import Finish, Notes
from jobmill.core.results import Provenance, Result
from jobmill.core.watches import WatchRule
from tests.adapters.stores.seeds import take
from tests.running import Running

FRESH = itertools.count()
JOB = {"tasks": [{"name": "a", "engine": "noop"}], "input": {"json": 1}}


class Role(Enum):
    """Who calls. All but the last three are of one organization; `OPERATOR` is of the first."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    VIEWER = "viewer"
    MEMBER = "member"  # of a team that the shared rows are shared with
    COLLEAGUE = "colleague"
    STRANGER = "stranger"
    STRANGE_ADMIN = "strange admin"
    OPERATOR = "operator"


OURS = (Role.OWNER, Role.ADMIN, Role.MANAGER, Role.VIEWER, Role.MEMBER, Role.COLLEAGUE)


class Row(Enum):
    """How far the row is shared that the call is about."""

    PRIVATE = "private"
    SHARED = "shared"
    EVERYBODYS = "everybody's"


@dataclass(frozen=True)
class World:
    """The callers' keys, and what the rows are made with."""

    server: Running
    client: httpx2.Client
    keys: Mapping[Role, str]
    users: Mapping[Role, str]
    team: str
    organization: str

    def call(self, role: Role, method: str, path: str, **given: Any) -> httpx2.Response:
        """One native call of a caller."""
        headers = {"Authorization": f"Bearer {self.keys[role]}", **given.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **given)

    def make(self, role: Role, path: str, **given: Any) -> dict[str, Any]:
        """A row that a caller makes."""
        answer = self.call(role, "POST", path, **given)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def shares(self, row: Row) -> list[dict[str, Any]]:
        """With whom a row of this kind is shared."""
        shared = [
            {"user": self.users[Role.MANAGER], "steps": ["manage", "check"]},
            {"user": self.users[Role.VIEWER], "steps": ["check"]},
            {"team": self.team},
        ]
        return {Row.PRIVATE: [], Row.SHARED: shared, Row.EVERYBODYS: [{"user": "*"}]}[row]

    def job(self, row: Row, **body: Any) -> dict[str, Any]:
        """A job of our owner."""
        shared = {"collaborators": self.shares(row)}
        return self.make(Role.OWNER, "/jobs", json={**JOB, **shared, **body})

    def asset(self, row: Row) -> str:
        """An asset of our owner, which a job works on."""
        made = self.make(Role.OWNER, "/assets", content=b"x", headers={"X-Name": "x"})
        self.job(row, input={"asset": made["id"]})
        found: str = made["id"]
        return found

    def run_once(self, job: dict[str, Any]) -> str:
        """Have a worker take the job's task and write a part; the attempt's id."""
        house = self.server.house

        async def some() -> AsyncIterator[bytes]:
            yield b"part"

        def run(work: UnitOfWork) -> str:
            graph = work.jobs.graph(JobNumber(job["number"]))
            assert graph is not None
            take(work, graph)
            part = Part("out", 0, stored.sha256, stored.size, "text/plain")
            work.parts.add(graph.tasks[0].number, 1, [part], graph.job.organization)
            return work.attempts.of_job(graph.job.number)[0].id

        number = self.server.call(
            house.database.read(lambda work: work.accounts.organization_by_id(self.organization))
        )
        assert number is not None
        stored = self.server.call(house.blobs.put(number.number, some(), 100))
        return self.server.call(house.database.write(run))

    def ask(self, job: dict[str, Any]) -> str:
        """Have the first task of a job done, so that its review opens; the review's id."""
        self.do_first(job)
        reviews = self.server.house.database.read(
            lambda work: work.reviews.of_jobs([JobNumber(job["number"])])
        )
        return self.server.call(reviews)[0].id

    def do_first(self, job: dict[str, Any]) -> None:
        """Have the first task of a job done."""
        house = self.server.house

        def run(work: UnitOfWork) -> None:
            graph = work.jobs.graph(JobNumber(job["number"]))
            assert graph is not None
            token = take(work, graph)
            task = graph.tasks[0].number
            text = '{"total": 1}'
            part = Part("out", 0, None, len(text), "application/json", {}, text)
            notes = Notes(task, graph.job.number, token)
            provenance = Provenance("noop", "1", {}, None)
            finish = Finish(notes, Done({"total": 1}), provenance, (part,))
            assert finish_attempt(work, finish, house.clock.now())

        self.server.call(house.database.write(run))


Fill = Callable[[World, Row], Mapping[str, str]]


def the_job(world: World, row: Row) -> Mapping[str, str]:
    return {"job": world.job(row)["id"]}


def the_asset(world: World, row: Row) -> Mapping[str, str]:
    return {"asset": world.asset(row)}


def the_version(world: World, row: Row) -> Mapping[str, str]:
    return {"asset": world.asset(row), "version": "1"}


def the_place(world: World, row: Row) -> Mapping[str, str]:
    path = f"matrix/{next(FRESH)}"
    made = world.call(Role.OWNER, "PUT", f"/data/{path}", content=b"x")
    world.job(row, input={"asset": made.json()["id"]})
    return {"path": path}


def a_watch(world: World, row: Row) -> Mapping[str, str]:
    """Made past the API: only the first organization has a folder to watch."""

    def add(work: UnitOfWork) -> str:
        organization = work.accounts.organization_by_id(world.organization)
        assert organization is not None
        user = work.accounts.user_named(organization.number, Role.OWNER.value)
        assert user is not None
        rule, now = WatchRule("in", features=("GATE",)), world.server.house.clock.now()
        return work.watches.add(organization.number, user.number, rule, now).id

    return {"watch": world.server.call(world.server.house.database.write(add))}


def the_attempt(world: World, row: Row) -> Mapping[str, str]:
    return {"attempt": world.run_once(world.job(row))}


def an_input(world: World, row: Row) -> dict[str, Any]:
    return {**the_attempt(world, row), "number": 0}


ASKING = {
    "tasks": [{"name": "a", "engine": "noop"}, {"name": "r", "review": {"step": "check"}}],
    "routes": [{"from": "a", "to": "r"}],
}


def the_review(world: World, row: Row) -> Mapping[str, str]:
    return {"review": world.ask(world.job(row, **ASKING))}


def confirming(world: World, row: Row) -> Any:
    return {"answer": "confirm"}


def the_part(world: World, row: Row) -> Mapping[str, str]:
    job = world.job(row)
    world.run_once(job)
    return {"job": job["id"], "task": "a", "port": "out", "number": "0"}


def a_result(world: World, row: Row) -> Mapping[str, str]:
    """Made past the API: nobody works here."""
    job = world.job(row)

    def add(work: UnitOfWork) -> None:
        graph = work.jobs.graph(JobNumber(job["number"]))
        assert graph is not None
        found = Result("a", None, {"n": 1}, Provenance("noop", "1", {}))
        task, now = graph.tasks[0], world.server.house.clock.now()
        work.results.add(graph.job.number, task.number, task.generation, [found], now)

    world.server.call(world.server.house.database.write(add))
    return {"job": job["id"], "format": "json"}


def an_output(world: World, row: Row) -> Mapping[str, str]:
    """A job of a program, done."""
    program = {"name": f"p{next(FRESH)}", "tasks": JOB["tasks"], "program": {}}
    name = world.make(Role.ADMIN, "/pipelines", json=program)["name"]
    job = world.job(row, tasks=[], pipeline=name)
    world.do_first(job)
    return {"job": job["id"]}


def an_export(world: World, row: Row) -> Mapping[str, str]:
    body = {"jobs": [world.job(row)["id"]], "formats": ["json"]}
    return {"export": world.call(Role.OWNER, "POST", "/exports", json=body).json()["id"]}


def a_pipeline(world: World, row: Row) -> Mapping[str, str]:
    graph = {"name": f"p{next(FRESH)}", "tasks": [{"engine": "noop"}]}
    return {"name": world.make(Role.ADMIN, "/pipelines", json=graph)["name"]}


def a_known_pipeline(world: World, row: Row) -> Mapping[str, str]:
    name = a_pipeline(world, row)["name"]
    known = {"pipeline": name, "input": {"json": 1}, "label": 1}
    world.make(Role.OWNER, "/ground-truths", json=known)
    return {"name": name}


def a_truth(world: World, row: Row) -> Mapping[str, str]:
    known = {"pipeline": "indexing", "input": {"json": 1}, "label": 1}
    return {"truth": world.make(Role.OWNER, "/ground-truths", json=known)["id"]}


def a_user(world: World, row: Row) -> Mapping[str, str]:
    return {"user": world.make(Role.ADMIN, "/users", json={"name": f"u{next(FRESH)}"})["id"]}


def a_team(world: World, row: Row) -> Mapping[str, str]:
    return {"team": world.make(Role.ADMIN, "/teams", json={"name": f"t{next(FRESH)}"})["id"]}


def a_member(world: World, row: Row) -> Mapping[str, str]:
    user = a_user(world, row)["user"]
    team = {"name": f"t{next(FRESH)}", "members": [user]}
    return {"user": user, "team": world.make(Role.ADMIN, "/teams", json=team)["id"]}


def a_collaborator(world: World, row: Row) -> Mapping[str, str]:
    """A job with a user and a team of its own beside those of the row."""
    job, user, team = the_job(world, row), a_user(world, row), a_team(world, row)
    body = {"collaborators": [user, team]}
    world.call(Role.OWNER, "POST", f"/jobs/{job['job']}/collaborators", json=body)
    return {**job, **user, **team}


def a_key(world: World, row: Row) -> Mapping[str, str]:
    return {"key": world.make(Role.OWNER, "/keys", json={"name": "k"})["id"]}


def an_endpoint(world: World, row: Row) -> Mapping[str, str]:
    address = {"url": "https://example.com/hooks", "events": ["task.skipped"]}
    return {"endpoint": world.make(Role.ADMIN, "/endpoints", json=address)["id"]}


def a_delivery(world: World, row: Row) -> Mapping[str, str]:
    path = f"/endpoints/{an_endpoint(world, row)['endpoint']}/ping"
    return {"delivery": world.call(Role.ADMIN, "POST", path).json()["id"]}


def a_batch(world: World, row: Row) -> Mapping[str, str]:
    return {"batch": world.make(Role.OWNER, "/batches", json={"jobs": [JOB]})["id"]}


def a_pool(world: World, row: Row) -> Mapping[str, str]:
    return {"pool": "cpu"}


def a_limit(world: World, row: Row) -> Mapping[str, str]:
    limit = world.call(Role.OPERATOR, "PUT", "/limits", json={"engine": "gate", "running": 9})
    return {"limit": limit.json()["id"]}


def ours(world: World, row: Row) -> Mapping[str, str]:
    return {"organization": world.organization}


def named(prefix: str, **more: Any) -> Callable[[World, Row], Any]:
    """A body with a name that nothing has yet."""
    return lambda world, row: {"name": f"{prefix}{next(FRESH)}", **more}


def build(server: Running, client: httpx2.Client) -> World:
    """Two organizations with their users, each with a key of all rights."""
    keys, users = {Role.OPERATOR: server.key}, {}
    world = World(server, client, keys, users, "", "")
    made = world.make(Role.OPERATOR, "/organizations", json={"name": f"ours {next(FRESH)}"})
    keys[Role.ADMIN] = made["key"]
    other = world.make(Role.OPERATOR, "/organizations", json={"name": f"other {next(FRESH)}"})
    keys[Role.STRANGE_ADMIN] = other["key"]
    for role in Role:
        if role not in keys:
            admin = Role.ADMIN if role in OURS else Role.STRANGE_ADMIN
            users[role] = world.make(admin, "/users", json={"name": role.value})["id"]
            key = {"user": users[role], "name": "k", "rights": ["*"]}
            keys[role] = world.make(admin, "/keys", json=key)["key"]
    team = {"name": f"team {next(FRESH)}", "members": [users[Role.MEMBER]]}
    shared = world.make(Role.ADMIN, "/teams", json=team)["id"]
    return World(server, client, keys, users, shared, made["id"])
