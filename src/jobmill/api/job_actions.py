"""What can be done to a job: cancel, retry, restart."""

from collections.abc import Callable
from datetime import datetime

from fastapi import Response

from jobmill.api.answers import Answers, problems
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.jobs import Job
from jobmill.core.accounts import Principal
from jobmill.core.ids import JobRef
from jobmill.core.jobs import JobState
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import cancel_job, restart_job, retry_job, view_of
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


async def _act(house: House, who: Principal, job: str, action: Action) -> JobView:
    now = house.clock.now()

    def act(work: UnitOfWork) -> JobView:
        graph = action(work, who, job_ref(job), now)
        return view_of(work, house.outside.catalog, graph, now)

    view = await house.database.write(act)
    speak_of(view.graph.job.id)
    return view
