"""Change the graph of a job that has not ended: add a task, join it by a route, take it away, give
it what it works on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.capacity.made import check_pools
from jobmill.core.errors import Conflict, InvalidInput, TaskNotFound, TaskStarted
from jobmill.core.ids import JobRef
from jobmill.core.jobs import extending
from jobmill.core.jobs.access import open_job
from jobmill.core.jobs.flow import EMPTY, OUT, Flow, PortFlow
from jobmill.core.jobs.model import JobGraph, Route, Task
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.service.handing_on import kept_document
from jobmill.core.jobs.service.job_input import JobInput, Outside, asset_for
from jobmill.core.jobs.service.media_check import check_media
from jobmill.core.jobs.service.parts import fill
from jobmill.core.jobs.states import TaskState
from jobmill.core.pipelines import Mode, Plan, PlannedRoute, PlannedTask, plan_route, plan_task


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task in the form of `plan_graph`. `awaits` are the inputs that routes will lead into, each
    with what that carries (`stream` or `chunk`): it cannot start before all of them do."""

    task: Mapping[str, Any]
    awaits: Mapping[str, str] = field(default_factory=dict)


def add_task(
    work: UnitOfWork, outside: Outside, who: Principal, job: JobRef, new: NewTask, now: datetime
) -> tuple[JobGraph, Task]:
    """A task more: one without `awaits` starts at once. Raises JobEnded, and as a submit does."""
    graph = open_job(work, who, job)
    names, rows = {task.name for task in graph.tasks}, len(graph.tasks) + len(graph.lanes)
    plan = plan_task(new.task, new.awaits, names, rows, outside.catalog)
    (planned,) = plan.tasks
    manifest = outside.catalog.manifests()[planned.engine]
    check_pools(work.capacity, who, [(planned.pool, manifest)])
    asset = None
    if planned.input is not None:
        asset = asset_for(work, outside, who, JobInput(**planned.input), now, where="task.input")
    elif not new.awaits:
        given = graph.job.asset
        check_media(outside.catalog, plan, None if given is None else work.assets.get(given))
    flow = Flow(awaits=dict(new.awaits)) if new.awaits else EMPTY
    tasks = work.jobs.add_task(graph.job, plan, flow, None if asset is None else asset.number, now)
    own = next(task for task in tasks if not task.lane)
    graph = JobGraph(
        graph.job,
        (*graph.tasks, own),
        graph.routes,
        (*graph.lanes, *(task for task in tasks if task.lane)),
    )
    change = extending.added(graph, own, now)
    apply_change(work, change, now)
    return change.graph, change.graph.named(own.name)


def add_route(
    work: UnitOfWork, who: Principal, job: JobRef, route: Mapping[str, Any], now: datetime
) -> tuple[JobGraph, Route]:
    """A route, `{from, to}`, into a port that its target awaits.

    It comes before its source has begun, or leads out of a port whose parts are kept. Raises
    JobEnded, GraphInvalid, TaskStarted.
    """
    graph = open_job(work, who, job)
    standing = [PlannedRoute(r.source, r.source_port, r.target, r.target_port)
                for r in graph.routes]  # fmt: skip
    plan = plan_route(route, {task.name for task in graph.tasks}, standing)
    source, target = graph.named(plan.source), graph.named(plan.target)
    mode = Mode(target.flow.awaits.get(plan.target_port, plan.mode))
    new = Route(plan.source, plan.source_port, plan.target, plan.target_port, mode)
    kept = _kept(work, graph, source, new.source_port)
    extending.check_route(graph, new, kept=kept is not None)
    work.jobs.add_route(graph.job.number, new)
    counted = None if source.flow.held(new.source_port) else kept
    change = extending.routed(graph, new, counted, now)
    apply_change(work, change, now)
    graph = change.graph
    if target.mode is Mode.CHUNK:
        graph = fill(work, graph, new, now)
    return graph, new


def give_input(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    job: JobRef,
    name: str,
    given: JobInput,
    now: datetime,
) -> JobGraph:
    """A task that has not begun works on this file, in place of what its job was given.

    Raises JobEnded, TaskNotFound, TaskStarted, Conflict for one that reads another's output, and
    as a submit does.
    """
    graph = open_job(work, who, job)
    task = _named(graph, name)
    if extending.begun(graph, name):
        raise TaskStarted(f"The task {name} has begun with what it was given.")
    if graph.parents(name):
        raise Conflict(f"The task {name} reads what another task writes.")
    asset = asset_for(work, outside, who, given, now)
    if asset is None:
        raise InvalidInput("input: give a path, a url or an asset.", field="input")
    planned = PlannedTask(task.name, task.engine, task.pool)
    check_media(outside.catalog, Plan((planned,)), asset)
    work.jobs.give_input(task.number, given.given(), asset.number)
    return work.jobs.graph(graph.job.number) or graph


def _named(graph: JobGraph, name: str) -> Task:
    if name not in {task.name for task in graph.tasks}:
        raise TaskNotFound(f"The job has no task {name!r}.", field="task")
    return graph.named(name)


def _kept(work: UnitOfWork, graph: JobGraph, source: Task, port: str) -> PortFlow | None:
    """What lies at a port. A job without routes does not count what its tasks write; and of one
    that is done, what it found becomes its part now that somebody reads it."""
    if source.flow.held(port):
        return source.flow.ports[port]
    parts = work.parts.after(source.number, port, 0, -1)
    if not parts and port == OUT and source.state is TaskState.DONE:
        part = kept_document(work, graph, source)
        if part is not None:
            number, generation = source.number, source.generation
            parts = work.parts.add(number, generation, [part], graph.job.organization).fresh
    return PortFlow(len(parts), sum(part.size for part in parts)) if parts else None


def remove_task(
    work: UnitOfWork, who: Principal, job: JobRef, name: str, now: datetime
) -> JobGraph:
    """A task less, with the routes into it. Raises TaskStarted, and Conflict where others read
    from it, or it is the only one; JobEnded."""
    graph = open_job(work, who, job)
    _named(graph, name)
    extending.check_removable(graph, name)
    change = extending.removed(graph, name, now)
    for task in graph.lanes_of(name):
        for blob in work.jobs.remove_task(task.number):
            work.drop_blob(graph.job.organization, blob)
    apply_change(work, change, now)
    return change.graph
