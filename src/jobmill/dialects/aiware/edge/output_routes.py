"""Handlers of the files of a job and of a task, which are the same but for where to look."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.aiware.edge.call import call_of, route
from jobmill.dialects.aiware.edge.finding import edge_job, edge_task
from jobmill.dialects.aiware.edge.outputs import (
    Output,
    download_of,
    named,
    output_answer,
    outputs_of_job,
    outputs_of_task,
)
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.http.ranges import download_response

Found = tuple[dict[str, Any], Sequence[Output]]
Look = Callable[[UnitOfWork, Call, str], Found]


def of_job(work: UnitOfWork, call: Call, ident: str) -> Found:
    """The files of a job by now; none before they are whole."""
    graph = edge_job(work, call.who, ident)
    return {"internalJobID": graph.job.id}, outputs_of_job(call, graph)


def of_task(work: UnitOfWork, call: Call, ident: str) -> Found:
    """The files of a task by now, also while it runs."""
    seen = edge_task(work, call.who, ident)
    return {"internalTaskID": seen.task.id}, outputs_of_task(call, seen.graph, seen.task)


def output_routes(path: str, look: Look) -> list[BaseRoute]:
    """`GET …/outputs`, `…/output/{name}` and `…/download/{name}` below a path with an id in it."""

    async def find(request: Request) -> tuple[Call, Found]:
        call, ident = await call_of(request), request.path_params["id"]

        def act(work: UnitOfWork) -> Found:
            call.view = work
            return look(work, call, ident)

        return call, await call.house.database.read(act)

    async def outputs(request: Request) -> Response:
        """Which files there are."""
        _, (whose, found) = await find(request)
        shown = {**whose, "outputs": [each.shown() for each in found]}
        return JSONResponse({"outputs": shown})

    async def output(request: Request) -> Response:
        """The bytes of one; with `?format=envelope` in an object."""
        call, (_, found) = await find(request)
        return await output_answer(request, call, named(found, request.path_params["name"]))

    async def download(request: Request) -> Response:
        """The bytes of one."""
        call, (_, found) = await find(request)
        chosen = named(found, request.path_params["name"])
        return await download_response(request, download_of(call.house, call, chosen))

    return [
        route(f"{path}/{{id}}/outputs", "GET", outputs),
        route(f"{path}/{{id}}/output/{{name}}", "GET", output),
        route(f"{path}/{{id}}/download/{{name}}", "GET", download),
    ]


OUTPUT_ROUTES: list[BaseRoute] = [
    *output_routes("/proc/job", of_job),
    *output_routes("/proc/task", of_task),
]
