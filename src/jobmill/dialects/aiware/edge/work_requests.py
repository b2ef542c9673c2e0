"""Handlers of work requests: the attempts at a job's tasks."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.ids import AttemptId
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import get_attempt, job_attempts
from jobmill.dialects.aiware.edge.call import call_of, order_in, page_in, route
from jobmill.dialects.aiware.edge.finding import edge_job, edge_task
from jobmill.dialects.aiware.edge.lists import list_answer, status_in
from jobmill.dialects.aiware.edge.mapping.jobs import work_request
from jobmill.dialects.aiware.mapping.jobs import SeenTask


async def list_all(request: Request) -> Response:
    """`GET proc/job/{id}/workrequests`: a page of them, and how many there are in all."""
    call, job = await call_of(request), request.path_params["job"]
    offset, limit = page_in(request)
    by_update, descending = order_in(request)
    status, task = status_in(request, "status"), request.query_params.get("taskID")

    def look(work: UnitOfWork) -> list[dict[str, Any]]:
        graph = edge_job(work, call.who, job)
        only = edge_task(work, call.who, task).task.id if task else None
        names = {each.name for each in graph.tasks}
        return [
            work_request(SeenTask(graph, graph.named(each.task)), each)
            for each in job_attempts(work, call.who, graph.job.number)
            if each.task in names and (only is None or graph.named(each.task).id == only)
        ]

    found = await call.house.database.read(look)
    found = [each for each in found if status is None or each["status"] == status]
    key = "modifiedDateTime" if by_update else "createdDateTime"
    found.sort(key=lambda each: str(each[key]), reverse=descending)
    return list_answer(request, found[offset : offset + limit], len(found))


async def detail(request: Request) -> Response:
    """`GET proc/workrequest/{id}/detail`."""
    call, ident = await call_of(request), AttemptId(request.path_params["id"].lower())

    def look(work: UnitOfWork) -> dict[str, Any]:
        graph, attempt = get_attempt(work, call.who, ident)
        return work_request(SeenTask(graph, graph.named(attempt.task)), attempt)

    found = await call.house.database.read(look)
    return JSONResponse({"result": found, "success": True})


WORK_ROUTES: list[BaseRoute] = [
    route("/proc/job/{job}/workrequests", "GET", list_all),
    route("/proc/workrequest/{id}/detail", "GET", detail),
]
