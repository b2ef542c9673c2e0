"""The rule of every native operation: who may, and what others are told.

A new operation needs a line in `RULES`; `test_matrix` fails without one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.api.rows import (
    JOB,
    OURS,
    Fill,
    Role,
    Row,
    World,
    a_batch,
    a_collaborator,
    a_delivery,
    a_key,
    a_known_pipeline,
    a_limit,
    a_member,
    a_pipeline,
    a_pool,
    a_result,
    a_team,
    a_truth,
    a_user,
    a_watch,
    an_endpoint,
    an_export,
    an_input,
    an_output,
    confirming,
    named,
    ours,
    the_asset,
    the_attempt,
    the_job,
    the_part,
    the_place,
    the_review,
    the_version,
)


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


def own_admins_only(role: Role, row: Row) -> str:
    """Admins of the row's organization; who is no admin of any is told so at once."""
    if role is Role.ADMIN:
        return YES
    return HIDDEN if admins(role, row) == YES else FORBIDDEN


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
class Rule:
    """Who may, and what the call names: its path's parameters, made new for each caller."""

    expect: Expect
    fill: Fill = field(default=lambda world, row: {})
    body: Callable[[World, Row], Any] = field(default=lambda world, row: None)


def taken(role: Role, row: Row) -> str:
    """A place in the organization that is another user's; elsewhere it is free."""
    return "409" if role in OURS and role not in (Role.OWNER, Role.ADMIN) else YES


def only_admins_see(role: Role, row: Row) -> str:
    """What tells of everything in the row's organization."""
    return YES if role is Role.ADMIN else HIDDEN


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
    ("GET", "/jobs/{job}/output"): Rule(SEE, an_output),
    ("PUT", "/jobs/{job}/output"): Rule(
        STEER, an_output, lambda world, row: {"document": {"total": 2}}
    ),
    ("GET", "/jobs/{job}/output/edits"): Rule(SEE, the_job),
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
    ("PUT", "/jobs/{job}/mark"): Rule(STEER, the_job, lambda world, row: {"correct": None}),
    ("PATCH", "/jobs/{job}"): Rule(STEER, the_job, lambda world, row: {"name": "x"}),
    ("GET", "/batches"): Rule(anybody),
    ("POST", "/batches"): Rule(anybody, body=lambda world, row: {"jobs": [JOB]}),
    ("GET", "/batches/{batch}"): Rule(holder, a_batch),
    ("POST", "/batches/rows"): Rule(
        anybody, body=lambda world, row: {"pipeline": "doc2xml", "inputs": [1]}
    ),
    ("GET", "/batches/{batch}/errors"): Rule(holder, a_batch),
    ("POST", "/batches/{batch}/cancel"): Rule(holder, a_batch),
    ("POST", "/batches/{batch}/retry"): Rule(holder, a_batch),
    ("POST", "/batches/{batch}/restart"): Rule(holder, a_batch),
    ("POST", "/bulk"): Rule(
        anybody, body=lambda world, row: {"action": "pause", "filter": {}, "dry_run": True}
    ),
    ("GET", "/exports"): Rule(anybody),
    ("POST", "/exports"): Rule(
        SEE, body=lambda world, row: {"jobs": [world.job(row)["id"]], "formats": ["json"]}
    ),
    ("POST", "/exports/jobs"): Rule(anybody, body=lambda world, row: {"filter": {}}),
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
    ("POST", "/jobs/{job}/collaborators"): Rule(
        OWN, the_job, lambda world, row: {"collaborators": []}
    ),
    ("DELETE", "/jobs/{job}/collaborators/users/{user}"): Rule(OWN, a_collaborator),
    ("DELETE", "/jobs/{job}/collaborators/teams/{team}"): Rule(OWN, a_collaborator),
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
    ("GET", "/pipelines/{name}/quality"): Rule(own_admins_only, a_pipeline),
    ("POST", "/pipelines/{name}/calibrations"): Rule(
        own_admins_only, a_known_pipeline, lambda world, row: {"count": 1}
    ),
    ("POST", "/ground-truths"): Rule(
        anybody,
        body=lambda world, row: {"pipeline": "indexing", "input": {"json": 1}, "label": 1},
    ),
    ("GET", "/ground-truths"): Rule(anybody),
    ("GET", "/ground-truths/{truth}"): Rule(holder, a_truth),
    ("PATCH", "/ground-truths/{truth}"): Rule(holder, a_truth, lambda world, row: {"tag": "x"}),
    ("DELETE", "/ground-truths/{truth}"): Rule(holder, a_truth),
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
