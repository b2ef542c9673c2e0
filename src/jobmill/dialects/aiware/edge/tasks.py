"""Handlers of tasks: look, list, logs, errors, and the statuses that a caller may set."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.errors import InvalidInput, JobEnded, NotFound
from jobmill.core.jobs.pages import TaskPage
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import cancel_job, page_tasks, rewind_job
from jobmill.core.jobs.states import ENDED_JOBS
from jobmill.dialects.aiware.edge.call import call_of, order_in, page_in, route
from jobmill.dialects.aiware.edge.finding import edge_job, edge_task
from jobmill.dialects.aiware.edge.lists import (
    around_of,
    list_answer,
    own_organization,
    spans_in,
    status_in,
)
from jobmill.dialects.aiware.edge.logs import logs_of
from jobmill.dialects.aiware.edge.mapping.failures import edge_reason_of
from jobmill.dialects.aiware.edge.mapping.jobs import task_detail, task_error
from jobmill.dialects.aiware.edge.mapping.reading import mapping, texts, word
from jobmill.dialects.aiware.edge.mapping.states import task_states_of
from jobmill.dialects.aiware.edge.schema import FAILURE_REASONS, STATUSES
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.mapping.catalogue import category_of, engine_named
from jobmill.dialects.aiware.mapping.jobs import SeenTask, id_of
from jobmill.http.limits import read_json

MOST_TASKS = 1000
MOST_ERRORS = 10_000
AGAIN = ("pending", "queued", "reprocessing", "scheduled")
Show = Callable[[SeenTask], dict[str, Any]]


async def detail(request: Request) -> Response:
    """`GET proc/task/{id}/detail`."""
    call, task = await call_of(request), request.path_params["task"]

    def look(work: UnitOfWork) -> dict[str, Any]:
        return task_detail(edge_task(work, call.who, task), around_of(work, call))

    return JSONResponse({"task": await call.house.database.read(look)})


async def logs(request: Request) -> Response:
    """`GET proc/task/{id}/logs`: a ZIP with a file for each attempt."""
    call, task = await call_of(request), request.path_params["task"]

    def look(work: UnitOfWork) -> bytes:
        seen = edge_task(work, call.who, task)
        return logs_of(work, call.who, seen.graph, {seen.task.name})

    return zip_answer(await call.house.database.read(look), f"task-{task}-logs.zip")


async def job_logs(request: Request) -> Response:
    """`GET proc/job/{id}/data`: the same of all tasks."""
    call, job = await call_of(request), request.path_params["job"]

    def look(work: UnitOfWork) -> bytes:
        graph = edge_job(work, call.who, job)
        return logs_of(work, call.who, graph, {task.name for task in graph.tasks})

    return zip_answer(await call.house.database.read(look), f"job-{job}-logs.zip")


def zip_answer(data: bytes, name: str) -> Response:
    """A ZIP to be saved; the name holds letters, digits, `_` and `-` of an id that was found."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, headers=headers, media_type="application/zip")


async def list_all(request: Request) -> Response:
    """`GET proc/tasks`: a page of tasks and how many there are in all."""
    return await _listed(request, failed=False)


async def errors(request: Request) -> Response:
    """`GET proc/tasks/errors`: the tasks that failed, and why."""
    return await _listed(request, failed=True)


async def _listed(request: Request, *, failed: bool) -> Response:
    call = await call_of(request)
    reason = request.query_params.get("errorType")
    if reason and reason not in FAILURE_REASONS:
        raise InvalidInput(
            f"errorType: write one of {', '.join(FAILURE_REASONS)}.", field="errorType"
        )
    offset, limit = page_in(request)

    def look(work: UnitOfWork) -> tuple[list[dict[str, Any]], int]:
        try:
            query = _query(request, work, call, failed=failed)
        except NotFound:
            return [], 0
        if query is None or not own_organization(work, call, request):
            return [], 0
        around = around_of(work, call)
        seen, count = _found(work, call, query, reason, offset, limit)
        show: Show = lambda each: (task_error if failed else task_detail)(each, around)  # noqa: E731
        return [show(each) for each in seen], count

    found, count = await call.house.database.read(look)
    return list_answer(request, found, count)


def _found(
    work: UnitOfWork, call: Call, query: TaskPage, reason: str | None, offset: int, limit: int
) -> tuple[list[SeenTask], int]:
    """The tasks of a page. Edge's reasons are ours to tell: those are looked through one by one."""
    if not reason:
        rows, count = page_tasks(work, call.who, query)
        return [SeenTask(graph, task) for graph, task in rows], count
    every = replace(query, failed=reason != "none", offset=0, limit=MOST_ERRORS)
    seen = [SeenTask(graph, task) for graph, task in page_tasks(work, call.who, every)[0]]
    fitting = [each for each in seen if edge_reason_of(each.task.failure) == reason]
    return fitting[offset : offset + limit], len(fitting)


def _query(request: Request, work: UnitOfWork, call: Call, *, failed: bool) -> TaskPage | None:
    """The filters in our words; None when nothing can match them."""
    given = request.query_params
    offset, limit = page_in(request)
    by_update, descending = order_in(request)
    status = status_in(request, "status")
    states = None if status is None else task_states_of(status)
    if given.get("backlog", "").lower() == "true":
        backlog = (*task_states_of("pending"), *task_states_of("queued"))
        states = backlog if states is None else tuple(set(states) & set(backlog))
    jobs = None
    if job := given.get("jobID") or given.get("coreJobID"):
        jobs = [edge_job(work, call.who, job).job.number]
    tasks = None
    if task := given.get("taskID") or given.get("coreTaskID"):
        seen = edge_task(work, call.who, task)
        if jobs is not None and seen.graph.job.number not in jobs:
            return None
        tasks = [seen.task.number]
    return TaskPage(
        call.who.organization,
        states=states,
        engines=_engines(request, call),
        jobs=jobs,
        tasks=tasks,
        failed=failed,
        spans=spans_in(request),
        by_update=by_update,
        descending=descending,
        offset=offset,
        limit=limit,
    )


def _engines(request: Request, call: Call) -> list[str] | None:
    installed, given = call.catalog.manifests(), request.query_params
    engine, category = given.get("engineID"), given.get("engineCategoryID")
    found: list[str] | None = None
    if engine:
        name = engine_named(engine, installed)
        found = [] if name is None else [name]
    if category:
        inside = [e.id for e in installed.values() if category_of(e).id == category.lower()]
        found = inside if found is None else [each for each in found if each in inside]
    return found


async def update_status(request: Request) -> Response:
    """`POST proc/tasks/update_status`: stop the tasks' jobs, or run them again from a task on."""
    call = await call_of(request)
    body = mapping(await read_json(request), "body")
    ids, status = texts(body, "taskIDs", ""), word(body, "taskStatus", "", STATUSES)
    if not 0 < len(ids) <= MOST_TASKS:
        raise InvalidInput(f"taskIDs: give 1 to {MOST_TASKS} ids.", field="taskIDs")
    if status != "aborted" and status not in AGAIN:
        raise InvalidInput(
            "taskStatus: write aborted, or pending to run a task again; the others follow from "
            "what engines do.",
            field="taskStatus",
        )

    def act(work: UnitOfWork) -> None:
        for each in dict.fromkeys(ids):
            seen = edge_task(work, call.who, each)
            (_abort if status == "aborted" else _again)(work, call, seen)

    await call.house.database.write(act)
    return JSONResponse({"success": True})


def _abort(work: UnitOfWork, call: Call, seen: SeenTask) -> None:
    if seen.graph.job.state not in ENDED_JOBS:
        cancel_job(work, call.who, seen.graph.job.number, call.now)
    elif not seen.graph.job.cancel_requested:
        raise JobEnded(f"The job {id_of(seen.graph.job)} has ended: there is nothing to abort.")


def _again(work: UnitOfWork, call: Call, seen: SeenTask) -> None:
    rewind_job(work, call.who, seen.graph.job.number, seen.task.name, call.now)


TASK = "/proc/task/{task}"
TASK_ROUTES: list[BaseRoute] = [
    route("/proc/tasks", "GET", list_all),
    route("/proc/tasks/errors", "GET", errors),
    route("/proc/tasks/update_status", "POST", update_status),
    route(TASK + "/detail", "GET", detail),
    route(TASK + "/logs", "GET", logs),
    route(TASK + "/data", "GET", logs),
    route("/proc/job/{job}/data", "GET", job_logs),
]
