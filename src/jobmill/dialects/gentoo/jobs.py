"""Handlers of jobs: read, ask who calls, run one use case, map its answer."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput, JobNotFound
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import (
    cancel_job,
    delete_job,
    get_recording,
    job_results,
    submit_job,
    summarise_jobs,
    visible_job,
)
from jobmill.core.jobs.states import JobState
from jobmill.dialects.gentoo import schema as vendor
from jobmill.dialects.gentoo.calls import limit_of, offered_by, route
from jobmill.dialects.gentoo.mapping.create_job import read_job, submit_job_from
from jobmill.dialects.gentoo.mapping.jobs import SeenJob, job_document, job_summary, states_of
from jobmill.dialects.gentoo.mapping.names import name_of, second_and_number, second_of
from jobmill.dialects.gentoo.mapping.workflows import context_of
from jobmill.dialects.gentoo.streams import Row, array_of
from jobmill.dialects.gentoo.workflows import workflow_named
from jobmill.http.auth import principal_or_keyless
from jobmill.http.house import House, house_of
from jobmill.http.limits import read_json
from jobmill.http.request_id import speak_of

NOTES = "notes"
ChangeJob = Callable[[UnitOfWork, House, Principal, JobNumber], object]


async def create_job(request: Request) -> Response:
    """`POST jobs`: start a job; answers with its name alone."""
    house, who = house_of(request), await principal_or_keyless(request)
    offered = offered_by(house)
    asked, now = read_job(await read_json(request), offered), house.clock.now()

    def submit(work: UnitOfWork) -> Job:
        context = None
        if asked.workflow is not None:
            context = context_of(workflow_named(work, who, asked.workflow), offered)
        command = submit_job_from(asked, context)
        return submit_job(work, house.outside, who, command, now).graph.job

    job = await house.database.write(submit)
    speak_of(job.id)
    return JSONResponse({"name": name_of(job.id, job.number)})


async def read_one(request: Request) -> Response:
    """`GET jobs/{name}`: progress while it runs, the annotations when it is done."""
    house, who = house_of(request), await principal_or_keyless(request)
    notes, name = request.query_params.get("form") == NOTES, request.path_params["name"]

    def look(work: UnitOfWork) -> SeenJob:
        number = _number_of(work, who, name)
        graph = visible_job(work, who, number)
        if graph.job.state is not JobState.COMPLETED:
            return SeenJob(graph)
        results = job_results(work, who, number)
        if graph.job.item is None:
            return SeenJob(graph, results, notes=notes)
        recording = get_recording(work, who, graph.job.item)
        return SeenJob(graph, results, recording.item, recording.cuts, notes)

    return JSONResponse(job_document(await house.database.read(look)))


async def list_all(request: Request) -> Response:
    """`GET jobs`: a bare array of all jobs, newest first; `?status=` and `?limit=` narrow it."""
    house, who = house_of(request), await principal_or_keyless(request)
    states = _states(request)

    def rows(work: UnitOfWork, before: int | None, size: int) -> list[Row]:
        found = summarise_jobs(work, who, before, size, states)
        return [(job.number, job_summary(job)) for job in found]

    return await array_of(house.database, rows, limit_of(request))


async def cancel(request: Request) -> Response:
    """`POST jobs/{name}/cancel` or `:cancel`: stop a job."""
    return await _changed(
        request, lambda work, house, who, job: cancel_job(work, who, job, house.clock.now())
    )


async def delete(request: Request) -> Response:
    """`DELETE jobs/{name}`: forget a job, stopping it where it runs."""
    return await _changed(
        request, lambda work, house, who, job: delete_job(work, who, job, house.clock.now())
    )


async def _changed(request: Request, change: ChangeJob) -> Response:
    house, who = house_of(request), await principal_or_keyless(request)
    name = request.path_params["name"]

    def act(work: UnitOfWork) -> None:
        change(work, house, who, _number_of(work, who, name))

    await house.database.write(act)
    return JSONResponse({})


def _number_of(work: UnitOfWork, who: Principal, name: str) -> JobNumber:
    """The number of the job of this name; both halves of the name must be its own."""
    missing = JobNotFound(f"There is no job {name!r}.")
    second, number = second_and_number(name) or (0, 0)
    try:
        job = visible_job(work, who, JobNumber(number)).job
    except JobNotFound:
        raise missing from None
    if second_of(job.id) != second:
        raise missing
    return job.number


def _states(request: Request) -> tuple[JobState, ...]:
    found: tuple[JobState, ...] = ()
    for word in request.query_params.getlist("status"):
        states = states_of(word.strip().lower())
        if not states:
            words = ", ".join(vendor.STATUSES)
            raise InvalidInput(f"status: write one of {words}, not {word!r}.", field="status")
        found += states
    return found


JOBS = "/api/ai/jobs"
JOB_ROUTES: list[BaseRoute] = [
    route(JOBS, "POST", create_job),
    route(JOBS, "GET", list_all),
    route(JOBS + "/{name}:cancel", "POST", cancel),
    route(JOBS + "/{name}/cancel", "POST", cancel),
    route(JOBS + "/{name}", "GET", read_one),
    route(JOBS + "/{name}", "DELETE", delete),
]
