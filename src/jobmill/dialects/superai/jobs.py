"""Handlers of jobs: read, list, cancel, hold back, run again."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.accounts import Principal
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import (
    cancel_job,
    count_page,
    delete_job,
    page_jobs_alone,
    pause_job,
    restart_job,
    resume_job,
    unpark_job,
)
from jobmill.core.jobs.states import JobState
from jobmill.dialects.superai.calls import Call, call_of, page_of, route
from jobmill.dialects.superai.finding import app_named
from jobmill.dialects.superai.listing import job_page
from jobmill.dialects.superai.mapping.jobs import job_object
from jobmill.dialects.superai.mapping.pages import pages_of
from jobmill.dialects.superai.seeing import job_named, see_job, see_jobs
from jobmill.http.request_id import speak_of
from jobmill.http.watching import until_ended

Change = Callable[[UnitOfWork, Call, Job], object]
CANCEL_SECONDS = 10.0
"""So long a cancel waits for the end of what runs; mostly that takes a moment."""


async def read_one(request: Request) -> Response:
    """`GET jobs/{id}`: the job object, by id or UUID."""
    call = await call_of(request)
    return JSONResponse(await _shown(call, call.path("job")))


async def list_jobs(request: Request) -> Response:
    """`GET apps/{app}/jobs`: a page of an app's jobs."""
    call = await call_of(request)
    page, size = page_of(request)
    name = call.path("app")

    def look(work: UnitOfWork) -> tuple[list[dict[str, Any]], int]:
        query = job_page(work, call, app_named(work, call.who, name), page, size)
        found = page_jobs_alone(work, call.who, query)
        shown = [job_object(seen) for seen in see_jobs(work, call.who, found)]
        return shown, count_page(work, call.who, query)

    jobs, total = await call.house.database.read(look)
    return JSONResponse({"jobs": jobs, **pages_of(total, page, size)})


async def cancel(request: Request) -> Response:
    """`POST jobs/{id}/cancel`: answers when the job has ended, or after a while."""
    call, job = await _changed(
        request, lambda work, call, job: cancel_job(work, call.who, job.number, call.now)
    )
    if job.state is JobState.CANCELLING:
        await until_ended(call.house, call.who, job.number, CANCEL_SECONDS)
    return JSONResponse(await _shown(call, job.id))


async def restart(request: Request) -> Response:
    """`POST jobs/{id}/restart`: all of an ended job again, under the same id; what is held back
    goes on."""
    call, job = await _changed(request, _run_again)
    return JSONResponse(await _shown(call, job.id))


def _run_again(work: UnitOfWork, call: Call, job: Job) -> object:
    if job.state is JobState.PARKED:
        return unpark_job(work, call.who, job.number, call.now)
    if job.state is JobState.PAUSED:
        return resume_job(work, call.who, job.number, call.now)
    return restart_job(work, call.who, job.number, call.now)


async def suspend(request: Request) -> Response:
    """`POST jobs/{id}/suspend`: nothing more of it starts; what runs comes to its end."""
    call, job = await _changed(
        request, lambda work, call, job: pause_job(work, call.who, job.number, call.now)
    )
    return JSONResponse(await _shown(call, job.id))


async def delete(request: Request) -> Response:
    """`DELETE jobs/{id}`: stopped where it runs, and gone with its output."""
    await _changed(
        request, lambda work, call, job: delete_job(work, call.who, job.number, call.now)
    )
    return Response(status_code=204)


async def _changed(request: Request, change: Change) -> tuple[Call, Job]:
    """Change a job; it as it stands behind the change."""
    call = await call_of(request)
    name = call.path("job")

    def act(work: UnitOfWork) -> Job:
        job = job_named(work, call.who, name)
        change(work, call, job)
        graph = work.jobs.graph(JobNumber(job.number))
        return job if graph is None else graph.job

    job = await call.house.database.write(act)
    speak_of(job.id)
    return call, job


async def _shown(call: Call, name: str) -> dict[str, Any]:
    who: Principal = call.who
    return await call.house.database.read(
        lambda work: job_object(see_job(work, who, job_named(work, who, name)))
    )


JOB_ROUTES = [
    route("/apps/{app}/jobs", "GET", list_jobs),
    route("/jobs/{job}", "GET", read_one),
    route("/jobs/{job}", "DELETE", delete),
    route("/jobs/{job}/cancel", "POST", cancel),
    route("/jobs/{job}/restart", "POST", restart),
    route("/jobs/{job}/suspend", "POST", suspend),
]
