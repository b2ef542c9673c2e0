"""Handlers that change a job which has not ended: a task more, a route more, a task less."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.errors import JobmillError
from jobmill.core.jobs.access import steered_job
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import NewTask, add_route, add_task, remove_task
from jobmill.dialects.aiware.edge.call import call_of, route
from jobmill.dialects.aiware.edge.finding import edge_job, edge_task
from jobmill.dialects.aiware.edge.lists import around_of
from jobmill.dialects.aiware.edge.mapping.add_task import (
    Addition,
    in_words_of_task,
    read_route,
    read_task,
    with_route,
    with_task,
    without_task,
)
from jobmill.dialects.aiware.edge.mapping.jobs import route_detail, task_detail
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import cluster_named
from jobmill.dialects.aiware.graphql.submitting import named_input
from jobmill.dialects.aiware.mapping.create_job import EXTRAS
from jobmill.dialects.aiware.mapping.jobs import SeenTask, kept_of
from jobmill.http.limits import read_json


async def create_task(request: Request) -> Response:
    """`POST proc/job/{id}/addtask`: one with input folders waits for its routes."""
    call, job, body = await call_of(request), request.path_params["job"], await read_json(request)

    def act(work: UnitOfWork) -> dict[str, Any]:
        graph = edge_job(work, call.who, job)
        addition = read_task(body, graph, call.catalog.manifests(), call.now)
        try:
            graph = _add(work, call, graph, addition)
        except JobmillError as refusal:
            raise in_words_of_task(refusal) from None
        task = graph.named(addition.asked.name)
        return task_detail(SeenTask(graph, task), around_of(work, call))

    shown = await call.house.database.write(act)
    return JSONResponse({"success": True, "task": shown})


def _add(work: UnitOfWork, call: Call, graph: JobGraph, addition: Addition) -> JobGraph:
    spec, job = dict(addition.new.task), graph.job
    if (cluster := kept_of(job).get("clusterId")) is not None:
        spec["pool"] = cluster_named(work, call.who, cluster).name
    if not addition.new.awaits:
        given = named_input(call, addition.asked)  # without one it reads what the job reads
        if given is not None:
            spec["input"] = given.given()
    new = NewTask(spec, addition.new.awaits)
    add_task(work, call.house.outside, call.who, job.number, new, call.now)
    if kept_of(job):  # a job that was made elsewhere is shown as it stands
        kept = with_task(graph, addition.asked.name, addition.kept)
        work.jobs.note_extra(job.number, EXTRAS, kept)
    return steered_job(work, call.who, job.number)


async def create_route(request: Request) -> Response:
    """`POST proc/job/{id}/addtaskroute`: into an input that no route leads into yet."""
    call, job, body = await call_of(request), request.path_params["job"], await read_json(request)

    def act(work: UnitOfWork) -> dict[str, Any]:
        graph = edge_job(work, call.who, job)
        asked = read_route(body, graph)
        graph, made = add_route(work, call.who, graph.job.number, asked, call.now)
        if kept_of(graph.job):
            work.jobs.note_extra(graph.job.number, EXTRAS, with_route(graph, made))
        return route_detail(graph, made)

    shown = await call.house.database.write(act)
    return JSONResponse({"success": True, "task": shown})


async def delete(request: Request) -> Response:
    """`POST proc/task/{id}/delete`: a task that has not begun, and that no other reads."""
    call, task = await call_of(request), request.path_params["task"]

    def act(work: UnitOfWork) -> None:
        seen = edge_task(work, call.who, task)
        kept = without_task(seen.graph, seen.task)
        remove_task(work, call.who, seen.graph.job.number, seen.task.name, call.now)
        if kept_of(seen.graph.job):
            work.jobs.note_extra(seen.graph.job.number, EXTRAS, kept)

    await call.house.database.write(act)
    return Response(status_code=204)


EXTENDING_ROUTES: list[BaseRoute] = [
    route("/proc/job/{job}/addtask", "POST", create_task),
    route("/proc/job/{job}/addtaskroute", "POST", create_route),
    route("/proc/task/{task}/delete", "POST", delete),
]
