"""Handlers of jobs: create, look, list, delete."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.errors import JobmillError, JobNotFound
from jobmill.core.ids import ItemNumber
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.pages import JobPage
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import count_page, delete_job, page_jobs, submit_job
from jobmill.dialects.aiware.edge.call import call_of, order_in, page_in, route
from jobmill.dialects.aiware.edge.finding import edge_job
from jobmill.dialects.aiware.edge.lists import (
    around_of,
    list_answer,
    own_organization,
    spans_in,
    status_in,
)
from jobmill.dialects.aiware.edge.mapping.create_job import EdgeJob, in_edge_words, read_jobs
from jobmill.dialects.aiware.edge.mapping.endpoints import awaiting
from jobmill.dialects.aiware.edge.mapping.jobs import job_detail, job_status
from jobmill.dialects.aiware.edge.mapping.states import job_states_of
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.submitting import command_from
from jobmill.dialects.aiware.mapping.ids import number_from
from jobmill.dialects.aiware.mapping.refusals import at_root
from jobmill.http.limits import read_json
from jobmill.http.request_id import speak_of


async def create(request: Request) -> Response:
    """`POST proc/job/create`: all jobs of the body, or none of them."""
    call = await call_of(request)
    asked = read_jobs(await read_json(request), call.catalog.manifests(), call.now)

    def submit(work: UnitOfWork) -> list[JobGraph]:
        return [submit_edge_job(work, call, job, f"jobs[{i}].") for i, job in enumerate(asked)]

    graphs = await call.house.database.write(submit)
    for graph in graphs:
        speak_of(graph.job.id)
    ids = [graph.job.id for graph in graphs]
    return JSONResponse({"internalJobIds": ids, "InternalJobId": ids[0]})


def submit_edge_job(work: UnitOfWork, call: Call, asked: EdgeJob, where: str) -> JobGraph:
    """Submit one job; `where` is written before the names of its fields in a refusal."""
    try:
        command = command_from(work, call, asked.asked, asked.given)
        if asked.endpoints:
            command = awaiting(command, asked.endpoints)
        return submit_job(work, call.house.outside, call.who, command, call.now).graph
    except JobmillError as refusal:
        raise in_edge_words(at_root(refusal, asked.asked), where) from None


async def status(request: Request) -> Response:
    """`GET proc/job/{id}/status`, and `recheck_status`: states are never stale here."""
    call, job = await call_of(request), request.path_params["job"]
    graph = await call.house.database.read(lambda work: edge_job(work, call.who, job))
    return JSONResponse({"job": job_status(graph)})


async def detail(request: Request) -> Response:
    """`GET proc/job/{id}/detail`."""
    call, job = await call_of(request), request.path_params["job"]

    def look(work: UnitOfWork) -> dict[str, Any]:
        return job_detail(edge_job(work, call.who, job), around_of(work, call))

    return JSONResponse({"job": await call.house.database.read(look)})


async def delete(request: Request) -> Response:
    """`POST proc/job/{id}/delete`: forget a job, stopping it where it runs."""
    call, job = await call_of(request), request.path_params["job"]

    def act(work: UnitOfWork) -> None:
        delete_job(work, call.who, edge_job(work, call.who, job).job.number, call.now)

    await call.house.database.write(act)
    return Response(status_code=204)


async def list_all(request: Request) -> Response:
    """`GET proc/jobs`: a page of jobs and how many there are in all."""
    call = await call_of(request)
    query = _query(request, call)

    def look(work: UnitOfWork) -> tuple[list[dict[str, Any]], int]:
        if query is None or not own_organization(work, call, request):
            return [], 0
        given = request.query_params.get("jobID") or request.query_params.get("coreJobID")
        if given:
            try:
                graph = edge_job(work, call.who, given)
            except JobNotFound:
                return [], 0
            return [job_detail(graph, around_of(work, call))][query.offset :], 1
        around = around_of(work, call)
        found = page_jobs(work, call.who, query) if query.limit else []
        return [job_detail(each, around) for each in found], count_page(work, call.who, query)

    found, count = await call.house.database.read(look)
    return list_answer(request, found, count)


def _query(request: Request, call: Call) -> JobPage | None:
    """The filters in our words; None when nothing can match them."""
    given = request.query_params
    offset, limit = page_in(request)
    by_update, descending = order_in(request)
    states = status_in(request, "status")
    item = None
    if given.get("recordingID"):
        number = number_from(given["recordingID"])
        if number is None:
            return None
        item = ItemNumber(number)
    return JobPage(
        call.who.organization,
        states=None if states is None else job_states_of(states),
        item=item,
        spans=spans_in(request),
        by_update=by_update,
        descending=descending,
        offset=offset,
        limit=limit,
    )


JOB = "/proc/job/{job}"
JOB_ROUTES: list[BaseRoute] = [
    route("/proc/job/create", "POST", create),
    route("/proc/jobs", "GET", list_all),
    route(JOB + "/status", "GET", status),
    route(JOB + "/recheck_status", "GET", status),
    route(JOB + "/detail", "GET", detail),
    route(JOB + "/delete", "POST", delete),
]
