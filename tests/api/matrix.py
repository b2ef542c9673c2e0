"""The rule of every native operation, and a world of callers and rows to hold it against.

A new operation needs a line in `RULES`; `test_matrix` fails without one.
"""

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import httpx2

from jobmill.core.engines import Done
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.model import Part
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import finish_attempt
from jobmill.core.jobs.service.attempts import Finish, Notes
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


class Tie(Enum):
    """What binds a caller to a row."""

    OWN = "own"
    MANAGE = "manage"
    SEE = "see"
    NONE = "none"


def tie(role: Role, row: Row) -> Tie:
    """The tie between a caller and a job (or what hangs on it)."""
    if role in (Role.OWNER, Role.ADMIN):
        return Tie.OWN
    if row is Row.PRIVATE or role not in OURS:
        return Tie.NONE
    if role is Role.MANAGER and row is Row.SHARED:
        return Tie.MANAGE
    if row is Row.SHARED and role is Role.COLLEAGUE:
        return Tie.NONE
    return Tie.SEE


YES, FORBIDDEN, HIDDEN = "yes", "403", "404"
Expect = Callable[[Role, Row], str]


def by_tie(yes: tuple[Tie, ...]) -> Expect:
    """Allowed with these ties; hidden without any; otherwise forbidden."""

    def expect(role: Role, row: Row) -> str:
        found = tie(role, row)
        return YES if found in yes else HIDDEN if found is Tie.NONE else FORBIDDEN

    return expect


SEE = by_tie((Tie.OWN, Tie.MANAGE, Tie.SEE))
STEER = by_tie((Tie.OWN, Tie.MANAGE))
OWN = by_tie((Tie.OWN,))


def answer(role: Role, row: Row) -> str:
    """Of a review of the step `check`: who owns its job, or was given the step."""
    if row is Row.SHARED and role in (Role.MANAGER, Role.VIEWER):
        return YES
    return OWN(role, row)


ANSWER: Expect = answer


def anybody(role: Role, row: Row) -> str:
    """Whoever has the right, for what is theirs."""
    return YES


def nobody(role: Role, row: Row) -> str:
    """It is not there, as long as it is not set up."""
    return HIDDEN


def admins(role: Role, row: Row) -> str:
    """Admins of any organization, in their own."""
    return YES if role in (Role.ADMIN, Role.STRANGE_ADMIN, Role.OPERATOR) else FORBIDDEN


def over(role: Role, row: Row) -> str:
    """For the service that works on an attempt, by its token: no key opens it."""
    return "409"


def operator(role: Role, row: Row) -> str:
    """Who operates the server."""
    return YES if role is Role.OPERATOR else FORBIDDEN


def members(role: Role, row: Row) -> str:
    """Everybody of the row's organization."""
    return YES if role in OURS else HIDDEN


def own_admins(role: Role, row: Row) -> str:
    """Admins of the row's organization."""
    return YES if role is Role.ADMIN else FORBIDDEN if role in OURS else HIDDEN


def holder(role: Role, row: Row) -> str:
    """Owner of a key, and the admins."""
    return YES if role in (Role.OWNER, Role.ADMIN) else HIDDEN


def organization(seen: str, admin: str) -> Expect:
    """Of an organization's own row; operators see every one."""

    def expect(role: Role, row: Row) -> str:
        if role is Role.OPERATOR:
            return YES
        return HIDDEN if role not in OURS else admin if role is Role.ADMIN else seen

    return expect


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
        house = self.server.house

        def run(work: UnitOfWork) -> str:
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
            return work.reviews.of_jobs([graph.job.number])[0].id

        return self.server.call(house.database.write(run))


Fill = Callable[[World, Row], Mapping[str, str]]


@dataclass(frozen=True)
class Rule:
    """Who may, and what the call names: its path's parameters, made new for each caller."""

    expect: Expect
    fill: Fill = field(default=lambda world, row: {})
    body: Callable[[World, Row], Any] = field(default=lambda world, row: None)


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


def taken(role: Role, row: Row) -> str:
    """A place in the organization that is another user's; elsewhere it is free."""
    return "409" if role in OURS and role not in (Role.OWNER, Role.ADMIN) else YES


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


def an_export(world: World, row: Row) -> Mapping[str, str]:
    body = {"jobs": [world.job(row)["id"]], "formats": ["json"]}
    return {"export": world.call(Role.OWNER, "POST", "/exports", json=body).json()["id"]}


def a_pipeline(world: World, row: Row) -> Mapping[str, str]:
    graph = {"name": f"p{next(FRESH)}", "tasks": [{"engine": "noop"}]}
    return {"name": world.make(Role.ADMIN, "/pipelines", json=graph)["name"]}


def a_user(world: World, row: Row) -> Mapping[str, str]:
    return {"user": world.make(Role.ADMIN, "/users", json={"name": f"u{next(FRESH)}"})["id"]}


def a_team(world: World, row: Row) -> Mapping[str, str]:
    return {"team": world.make(Role.ADMIN, "/teams", json={"name": f"t{next(FRESH)}"})["id"]}


def a_member(world: World, row: Row) -> Mapping[str, str]:
    user = a_user(world, row)["user"]
    team = {"name": f"t{next(FRESH)}", "members": [user]}
    return {"user": user, "team": world.make(Role.ADMIN, "/teams", json=team)["id"]}


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


def only_admins_see(role: Role, row: Row) -> str:
    """What tells of everything in the row's organization."""
    return YES if role is Role.ADMIN else HIDDEN


def ours(world: World, row: Row) -> Mapping[str, str]:
    return {"organization": world.organization}


def named(prefix: str, **more: Any) -> Callable[[World, Row], Any]:
    """A body with a name that nothing has yet."""
    return lambda world, row: {"name": f"{prefix}{next(FRESH)}", **more}


RULES: Mapping[tuple[str, str], Rule] = {
    ("GET", ""): Rule(anybody),
    ("GET", "/me"): Rule(anybody),
    ("GET", "/me/sessions"): Rule(anybody),
    ("DELETE", "/me/sessions/{session}"): Rule(
        lambda role, row: HIDDEN, lambda world, row: {"session": "none of theirs"}
    ),
    ("POST", "/login"): Rule(anybody),
    ("POST", "/logout"): Rule(anybody),
    ("GET", "/login/oidc"): Rule(nobody),
    ("GET", "/login/oidc/callback"): Rule(nobody),
    ("GET", "/engines"): Rule(anybody),
    ("POST", "/engines"): Rule(
        operator, body=lambda world, row: {"url": "http://127.0.0.1:1", "id": "x"}
    ),
    ("DELETE", "/engines/{engine}"): Rule(
        lambda role, row: FORBIDDEN, lambda world, row: {"engine": "noop"}
    ),
    ("GET", "/engines/{engine}"): Rule(anybody, lambda world, row: {"engine": "noop"}),
    ("GET", "/features"): Rule(anybody),
    ("GET", "/workers"): Rule(operator),
    ("GET", "/jobs"): Rule(anybody),
    ("POST", "/jobs"): Rule(anybody, body=lambda world, row: JOB),
    ("GET", "/jobs/{job}"): Rule(SEE, the_job),
    ("GET", "/jobs/{job}/tasks"): Rule(SEE, the_job),
    ("GET", "/jobs/{job}/attempts"): Rule(SEE, the_job),
    ("GET", "/jobs/{job}/events"): Rule(SEE, the_job),
    ("GET", "/jobs/{job}/results"): Rule(SEE, the_job),
    ("GET", "/jobs/{job}/collaborators"): Rule(SEE, the_job),
    ("GET", "/jobs/{job}/tasks/{task}/parts"): Rule(SEE, the_part),
    ("GET", "/jobs/{job}/tasks/{task}/parts/{port}/{number}"): Rule(SEE, the_part),
    ("GET", "/attempts/{attempt}/log"): Rule(SEE, the_attempt),
    ("GET", "/attempts/{attempt}/input/{number}"): Rule(over, an_input),
    ("POST", "/attempts/{attempt}/heartbeat"): Rule(over, the_attempt),
    ("POST", "/attempts/{attempt}/result"): Rule(over, the_attempt),
    ("POST", "/jobs/{job}/cancel"): Rule(STEER, the_job),
    ("POST", "/jobs/{job}/retry"): Rule(STEER, the_job),
    ("POST", "/jobs/{job}/restart"): Rule(STEER, the_job),
    ("POST", "/jobs/{job}/rewind"): Rule(STEER, the_job, lambda world, row: {"task": "a"}),
    ("POST", "/jobs/{job}/pause"): Rule(STEER, the_job),
    ("POST", "/jobs/{job}/resume"): Rule(STEER, the_job),
    ("POST", "/jobs/{job}/park"): Rule(STEER, the_job),
    ("POST", "/jobs/{job}/unpark"): Rule(STEER, the_job),
    ("PATCH", "/jobs/{job}"): Rule(STEER, the_job, lambda world, row: {"name": "x"}),
    ("GET", "/batches"): Rule(anybody),
    ("POST", "/batches"): Rule(anybody, body=lambda world, row: {"jobs": [JOB]}),
    ("GET", "/batches/{batch}"): Rule(holder, a_batch),
    ("POST", "/batches/{batch}/cancel"): Rule(holder, a_batch),
    ("POST", "/bulk"): Rule(
        anybody, body=lambda world, row: {"action": "pause", "filter": {}, "dry_run": True}
    ),
    ("GET", "/exports"): Rule(anybody),
    ("POST", "/exports"): Rule(
        SEE, body=lambda world, row: {"jobs": [world.job(row)["id"]], "formats": ["json"]}
    ),
    ("GET", "/exports/{export}"): Rule(holder, an_export),
    ("GET", "/jobs/{job}/exports/{format}"): Rule(SEE, a_result),
    ("GET", "/search"): Rule(anybody),
    ("GET", "/pools"): Rule(anybody),
    ("POST", "/pools/{pool}/pause"): Rule(operator, a_pool),
    ("POST", "/pools/{pool}/resume"): Rule(operator, a_pool),
    ("GET", "/limits"): Rule(anybody),
    ("PUT", "/limits"): Rule(operator, body=lambda world, row: {"engine": "gate", "running": 8}),
    ("DELETE", "/limits/{limit}"): Rule(operator, a_limit),
    ("DELETE", "/jobs/{job}"): Rule(OWN, the_job),
    ("PUT", "/jobs/{job}/collaborators"): Rule(
        OWN, the_job, lambda world, row: {"collaborators": []}
    ),
    ("POST", "/assets"): Rule(anybody),
    ("GET", "/assets/{asset}"): Rule(SEE, the_asset),
    ("GET", "/assets/{asset}/content"): Rule(SEE, the_asset),
    ("DELETE", "/assets/{asset}"): Rule(OWN, the_asset),
    ("GET", "/assets"): Rule(anybody),
    ("POST", "/assets/awaiting"): Rule(anybody, body=lambda world, row: {}),
    ("POST", "/assets/{asset}/links"): Rule(SEE, the_asset, lambda world, row: {}),
    ("PUT", "/assets/{asset}/content"): Rule(OWN, the_asset),
    ("POST", "/assets/{asset}/purge"): Rule(OWN, the_asset),
    ("GET", "/assets/{asset}/versions"): Rule(SEE, the_asset),
    ("GET", "/assets/{asset}/versions/{version}"): Rule(SEE, the_version),
    ("GET", "/reviews"): Rule(anybody),
    ("GET", "/reviews/{review}"): Rule(SEE, the_review),
    ("GET", "/reviews/{review}/document"): Rule(SEE, the_review),
    ("GET", "/reviews/{review}/draft"): Rule(SEE, the_review),
    ("GET", "/reviews/{review}/changes"): Rule(SEE, the_review),
    ("GET", "/jobs/{job}/changes"): Rule(SEE, the_job),
    ("POST", "/reviews/{review}/checkout"): Rule(ANSWER, the_review),
    ("POST", "/reviews/{review}/renew"): Rule(ANSWER, the_review),
    ("POST", "/reviews/{review}/release"): Rule(ANSWER, the_review),
    ("PUT", "/reviews/{review}/draft"): Rule(ANSWER, the_review, confirming),
    ("POST", "/reviews/{review}/answer"): Rule(ANSWER, the_review, confirming),
    ("GET", "/data/{path}"): Rule(SEE, the_place),
    ("PUT", "/data/{path}"): Rule(taken, the_place),
    ("POST", "/watches"): Rule(
        anybody, body=lambda world, row: {"path": ".", "features": ["GATE"]}
    ),
    ("GET", "/watches"): Rule(anybody),
    ("GET", "/watches/{watch}"): Rule(holder, a_watch),
    ("GET", "/watches/{watch}/files"): Rule(holder, a_watch),
    ("POST", "/watches/{watch}/pause"): Rule(holder, a_watch),
    ("POST", "/watches/{watch}/resume"): Rule(holder, a_watch),
    ("DELETE", "/watches/{watch}"): Rule(holder, a_watch),
    ("GET", "/pipelines"): Rule(anybody),
    ("POST", "/pipelines"): Rule(anybody, body=named("n", tasks=[{"engine": "noop"}])),
    ("GET", "/pipelines/{name}"): Rule(members, a_pipeline),
    ("PUT", "/pipelines/{name}"): Rule(
        members, a_pipeline, lambda world, row: {"tasks": [{"engine": "noop"}]}
    ),
    ("DELETE", "/pipelines/{name}"): Rule(members, a_pipeline),
    ("POST", "/endpoints"): Rule(
        admins, body=lambda world, row: {"url": "https://example.com", "events": ["task.skipped"]}
    ),
    ("GET", "/endpoints"): Rule(anybody),
    ("GET", "/endpoints/{endpoint}"): Rule(only_admins_see, an_endpoint),
    ("PATCH", "/endpoints/{endpoint}"): Rule(
        only_admins_see, an_endpoint, lambda world, row: {"description": "x"}
    ),
    ("DELETE", "/endpoints/{endpoint}"): Rule(only_admins_see, an_endpoint),
    ("POST", "/endpoints/{endpoint}/rotate"): Rule(
        only_admins_see, an_endpoint, lambda world, row: {}
    ),
    ("POST", "/endpoints/{endpoint}/ping"): Rule(only_admins_see, an_endpoint),
    ("POST", "/endpoints/{endpoint}/replay"): Rule(
        only_admins_see, an_endpoint, lambda world, row: {"from": "2026-01-01T00:00:00Z"}
    ),
    ("GET", "/endpoints/{endpoint}/deliveries"): Rule(only_admins_see, an_endpoint),
    ("GET", "/deliveries/{delivery}"): Rule(only_admins_see, a_delivery),
    ("POST", "/deliveries/{delivery}/replay"): Rule(only_admins_see, a_delivery),
    ("POST", "/organizations"): Rule(operator, body=named("o")),
    ("GET", "/organizations"): Rule(anybody),
    ("GET", "/organizations/{organization}"): Rule(organization(YES, YES), ours),
    ("PATCH", "/organizations/{organization}"): Rule(
        organization(FORBIDDEN, YES), ours, named("r")
    ),
    ("DELETE", "/organizations/{organization}"): Rule(organization(FORBIDDEN, FORBIDDEN), ours),
    ("POST", "/users"): Rule(admins, body=named("u")),
    ("GET", "/users"): Rule(anybody),
    ("GET", "/users/{user}"): Rule(members, a_user),
    ("PATCH", "/users/{user}"): Rule(own_admins, a_user, named("u")),
    ("DELETE", "/users/{user}"): Rule(own_admins, a_user),
    ("POST", "/teams"): Rule(admins, body=named("t")),
    ("GET", "/teams"): Rule(anybody),
    ("GET", "/teams/{team}"): Rule(members, a_team),
    ("PATCH", "/teams/{team}"): Rule(own_admins, a_team, named("t")),
    ("DELETE", "/teams/{team}"): Rule(own_admins, a_team),
    ("GET", "/teams/{team}/members"): Rule(members, a_team),
    ("PUT", "/teams/{team}/members/{user}"): Rule(own_admins, a_member),
    ("DELETE", "/teams/{team}/members/{user}"): Rule(own_admins, a_member),
    ("POST", "/keys"): Rule(anybody, body=named("k")),
    ("GET", "/keys"): Rule(anybody),
    ("GET", "/keys/{key}"): Rule(holder, a_key),
    ("PATCH", "/keys/{key}"): Rule(holder, a_key, named("k")),
    ("DELETE", "/keys/{key}"): Rule(holder, a_key),
}
# Of rows that are not shared one kind is enough.
SHARED_RULES = (SEE, STEER, OWN, ANSWER)


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
