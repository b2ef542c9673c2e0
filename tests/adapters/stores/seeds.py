"""Rows to begin with, made through the ports alone, so that any implementation can be seeded."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from jobmill.core.accounts import ensure_first_accounts
from jobmill.core.ids import (
    JobId,
    OrganizationNumber,
    RunToken,
    TaskNumber,
    UserNumber,
    WorkerName,
    new_id,
    new_token,
)
from jobmill.core.jobs import machine
from jobmill.core.jobs.model import DEFAULT_PRIORITY, JobGraph
from jobmill.core.jobs.ports import NewJob, UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.pipelines import Plan, PlannedRoute, PlannedTask
from tests.core.graphs import NOW, WORKER


def owner(work: UnitOfWork) -> tuple[OrganizationNumber, UserNumber]:
    organization, admin = ensure_first_accounts(work.accounts)
    return organization.number, admin.number


def stranger(work: UnitOfWork) -> tuple[OrganizationNumber, UserNumber]:
    organization = work.accounts.organization_named("other")
    if organization is None:
        organization = work.accounts.add_organization(new_id(), "other")
        work.accounts.add_user(new_id(), organization.number, "somebody")
    user = work.accounts.user_named(organization.number, "somebody")
    assert user is not None
    return organization.number, user.number


def planned(name: str, **fields: Any) -> PlannedTask:
    return PlannedTask(
        name=name, engine=fields.pop("engine", "noop"), pool=fields.pop("pool", "cpu"), **fields
    )


def add_job(
    work: UnitOfWork,
    *tasks: PlannedTask | str,
    routes: Iterable[tuple[str, str]] = (),
    by: tuple[OrganizationNumber, UserNumber] | None = None,
    at: datetime = NOW,
    **fields: Any,
) -> JobGraph:
    """A job of these tasks (one `a` where none is given)."""
    return work.jobs.add(new_job(work, *tasks, routes=routes, by=by, at=at, **fields))


def new_job(
    work: UnitOfWork,
    *tasks: PlannedTask | str,
    routes: Iterable[tuple[str, str]] = (),
    by: tuple[OrganizationNumber, UserNumber] | None = None,
    at: datetime = NOW,
    **fields: Any,
) -> NewJob:
    """A job before it is added."""
    organization, user = by or owner(work)
    listed = [planned(each) if isinstance(each, str) else each for each in tasks or ("a",)]
    joined = tuple(PlannedRoute(source, "out", target, "in") for source, target in routes)
    columns: dict[str, Any] = {
        "owner": user,
        "type": "graph",
        "features": (),
        "params": {},
        "pipeline": None,
        "input": {"json": 1},
        "asset": None,
        "item": None,
        "origin": "api",
        "priority": DEFAULT_PRIORITY,
        "retain_until": None,
        "name": None,
        "tags": (),
        "metadata": {},
        "batch": None,
        "due": None,
        "expires_at": None,
        "hold": None,
        "alarms": (),
        "extras": {},
    }
    plan = Plan(tuple(listed), joined)
    return NewJob(JobId(new_id()), organization, plan, at, columns | fields)


def take(
    work: UnitOfWork,
    graph: JobGraph,
    name: str = "a",
    worker: WorkerName = WORKER,
    at: datetime = NOW,
) -> RunToken:
    """Claim a task of a job for a worker, with its attempt."""
    token, number = new_token(), graph.named(name).number
    fresh = work.jobs.lock(graph.job.number)
    assert fresh is not None
    change = machine.claim(fresh, number, worker, token, at)
    apply_change(work, change, at)
    work.attempts.open(change.graph.task(number), worker, token, at)
    return token


def settle(work: UnitOfWork, graph: JobGraph, token: RunToken, name: str = "a") -> JobGraph:
    """The task of this attempt is done."""
    fresh = work.jobs.lock(graph.job.number)
    assert fresh is not None
    change = machine.settle_done(fresh, graph.named(name).number, token, [], None, NOW)
    apply_change(work, change, NOW)
    work.attempts.close(token, "done", None, NOW, NOW)
    return change.graph


def numbers(graph: JobGraph) -> dict[str, TaskNumber]:
    return {task.name: task.number for task in graph.tasks}
