"""What can be done to a job: cancel, run again, hold back."""

from collections.abc import Callable
from datetime import datetime

from fastapi import Response

from jobmill.api.answers import WITH_BODY, Answers, problems
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.jobs import Job
from jobmill.api.schemas.steering import Mark, Pause, Rewind
from jobmill.core.accounts import Principal
from jobmill.core.ids import JobRef
from jobmill.core.jobs import JobState
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import (
    cancel_job,
    mark_job,
    park_job,
    pause_job,
    restart_job,
    resume_job,
    retry_job,
    rewind_job,
    unpark_job,
    view_of,
)
from jobmill.core.jobs.service.read_jobs import JobView
from jobmill.http.house import House
from jobmill.http.request_id import speak_of

router = native_router("jobs")
Action = Callable[[UnitOfWork, Principal, JobRef, datetime], JobGraph]
STOPPING: Answers = {202: {"model": Job, "description": "Its engine is being stopped."}}


@router.post(
    "/jobs/{job}/cancel", summary="Cancel a job", responses={**problems(404, 409), **STOPPING}
)
async def cancel(job: str, response: Response, house: TheHouse, who: Caller) -> Job:
    """Stop a job: 200 when it is cancelled, 202 while an engine is still being stopped.

    Cancelling again changes nothing; a job that has ended otherwise is a 409.
    """
    view = await _act(house, who, job, cancel_job)
    if view.graph.job.state is JobState.CANCELLING:
        response.status_code = 202
    return Job.of(view)


@router.post("/jobs/{job}/retry", summary="Retry a job", responses=problems(404, 409))
async def retry(job: str, house: TheHouse, who: Caller) -> Job:
    """Run again what did not succeed, under the same id; what is done stays."""
    return Job.of(await _act(house, who, job, retry_job))


@router.post("/jobs/{job}/restart", summary="Restart a job", responses=problems(404, 409))
async def restart(job: str, house: TheHouse, who: Caller) -> Job:
    """Run all of an ended job again, under the same id."""
    return Job.of(await _act(house, who, job, restart_job))


@router.post(
    "/jobs/{job}/rewind",
    summary="Rewind a job",
    responses=problems(*WITH_BODY, 404, 409),
)
async def rewind(job: str, body: Rewind, house: TheHouse, who: Caller) -> Job:
    """Run an ended job again from a task on, under the same id.

    What is done before that task stays; everything behind it, and what did not succeed, runs again.
    """

    def action(work: UnitOfWork, who: Principal, ref: JobRef, now: datetime) -> JobGraph:
        return rewind_job(work, who, ref, body.task, now)

    return Job.of(await _act(house, who, job, action))


@router.post("/jobs/{job}/pause", summary="Pause a job", responses=problems(*WITH_BODY, 404, 409))
async def pause(job: str, house: TheHouse, who: Caller, body: Pause | None = None) -> Job:
    """Start nothing new of a job until it is resumed. Pausing again changes nothing.

    Tasks that run come to their end, so that no work is lost; with `stop` they are stopped and
    begin again when the job is resumed.
    """
    stop = body is not None and body.stop

    def action(work: UnitOfWork, who: Principal, ref: JobRef, now: datetime) -> JobGraph:
        return pause_job(work, who, ref, now, stop=stop)

    return Job.of(await _act(house, who, job, action))


@router.post("/jobs/{job}/resume", summary="Resume a job", responses=problems(404, 409))
async def resume(job: str, house: TheHouse, who: Caller) -> Job:
    """Let a paused job go on; its tasks have the places in the queue that they had."""
    return Job.of(await _act(house, who, job, resume_job))


@router.post("/jobs/{job}/park", summary="Park a job", responses=problems(404, 409))
async def park(job: str, house: TheHouse, who: Caller) -> Job:
    """Put a queued job aside until it is unparked."""
    return Job.of(await _act(house, who, job, park_job))


@router.post("/jobs/{job}/unpark", summary="Unpark a job", responses=problems(404, 409))
async def unpark(job: str, house: TheHouse, who: Caller) -> Job:
    """Queue a parked job, behind what is queued already."""
    return Job.of(await _act(house, who, job, unpark_job))


@router.put("/jobs/{job}/mark", summary="Mark a job", responses=problems(*WITH_BODY, 404, 409))
async def mark(job: str, body: Mark, house: TheHouse, who: Caller) -> Job:
    """Say whether the output of a completed job is right; null takes that back.

    Jobs can be listed by it. When the job runs again, its next output is unmarked.
    """

    def action(work: UnitOfWork, who: Principal, ref: JobRef, now: datetime) -> JobGraph:
        return mark_job(work, who, ref, body.correct, now)

    return Job.of(await _act(house, who, job, action))


async def _act(house: House, who: Principal, job: str, action: Action) -> JobView:
    now = house.clock.now()

    def act(work: UnitOfWork) -> JobView:
        graph = action(work, who, job_ref(job), now)
        return view_of(work, house.outside.catalog, graph, now, who)

    view = await house.database.write(act)
    speak_of(view.graph.job.id)
    return view
