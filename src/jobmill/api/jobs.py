"""Jobs: create, get, list, delete."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Header, Query, Request, Response

from jobmill.api.answers import LOCATION, REPLAYED, WITH_BODY, answer, problems
from jobmill.api.route import Caller, IdempotencyKey, TheHouse, job_ref, native_router
from jobmill.api.schemas.described import EditJob
from jobmill.api.schemas.filters import JobsQuery
from jobmill.api.schemas.jobs import PREFIX, CreateJob, Job, JobPage
from jobmill.core.accounts import Principal
from jobmill.core.ids import JobRef
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import (
    Submitted,
    delete_job,
    describe_job,
    get_job,
    list_jobs,
    submit_job,
    view_of,
)
from jobmill.core.jobs.service.filters import query_of
from jobmill.core.jobs.service.read_jobs import JobView
from jobmill.core.jobs.states import ENDED_JOBS
from jobmill.http.house import House
from jobmill.http.paging import cursor_at, place_of
from jobmill.http.prefer import APPLIED, wait_seconds
from jobmill.http.request_id import speak_of
from jobmill.http.watching import until_ended

router = native_router("jobs")
Prefer = Annotated[
    str | None,
    Header(description="`wait=N`: answer when the job has ended, or after N seconds (60 at most)."),
]


@router.post(
    "/jobs",
    status_code=201,
    summary="Create a job",
    responses={**answer(201, "The job.", LOCATION, REPLAYED), **problems(*WITH_BODY, 404, 409)},
)
async def create_job(
    body: CreateJob,
    request: Request,
    response: Response,
    house: TheHouse,
    who: Caller,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> Job:
    """Ask for work by features, by a pipeline's name, or by an explicit graph of tasks.

    Everything is checked before anything is made. With an `Idempotency-Key`, the same request
    answers the same job for a day (`Idempotency-Replayed: true`), and another one is refused.
    """
    command, now = body.command(idempotency_key), house.clock.now()

    def submit(work: UnitOfWork) -> tuple[Submitted, JobView]:
        made = submit_job(work, house.outside, who, command, now)
        mark = None if made.replayed else command.mark
        return made, view_of(work, house.outside.catalog, made.graph, now, who, mark)

    made, view = await house.database.write(submit)
    speak_of(view.graph.job.id)
    if made.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    response.headers["Location"] = f"{PREFIX}/jobs/{view.graph.job.id}"
    shown = Job.of(await _awaited(house, who, view, request, response))
    if shown.callback is not None:
        shown.callback.secret = made.callback_secret
    return shown


@router.get("/jobs", summary="List jobs", responses=problems(404))
async def read_jobs(query: Annotated[JobsQuery, Query()], house: TheHouse, who: Caller) -> JobPage:
    """Jobs, newest first. Pages stay right while jobs are added."""
    before = None if query.cursor is None else place_of(query.cursor)
    wanted, now = query.filter(), house.clock.now()

    def find(work: UnitOfWork) -> Sequence[JobView]:
        narrowed = query_of(work, who, wanted, before, query.limit + 1)
        return list_jobs(work, house.outside.catalog, who, narrowed, now)

    views = await house.database.read(find)
    shown = views[: query.limit]
    following = None
    if len(views) > query.limit:
        last = shown[-1].graph.job
        following = cursor_at(last.created_at, last.number)
    return JobPage(items=[Job.of(view) for view in shown], next=following)


@router.get("/jobs/{job}", summary="Get a job", responses=problems(404))
async def read_job(
    job: str,
    request: Request,
    response: Response,
    house: TheHouse,
    who: Caller,
    prefer: Prefer = None,
) -> Job:
    """A job by its id or number, with its progress and, while it waits, why."""
    view = await _view(house, who, job_ref(job))
    return Job.of(await _awaited(house, who, view, request, response))


@router.patch("/jobs/{job}", summary="Edit a job", responses=problems(*WITH_BODY, 404))
async def edit_job(job: str, body: EditJob, house: TheHouse, who: Caller) -> Job:
    """Change its name, tags, metadata, priority, due date, expiry or retention.

    What is not given stays; null clears. A new priority or due date holds for what still waits.
    """
    now = house.clock.now()

    def edit(work: UnitOfWork) -> JobView:
        graph = describe_job(work, who, job_ref(job), body.changes(), now)
        return view_of(work, house.outside.catalog, graph, now, who)

    return Job.of(await house.database.write(edit))


@router.delete(
    "/jobs/{job}",
    status_code=204,
    response_class=Response,
    summary="Delete a job",
    responses=problems(404),
)
async def remove_job(job: str, house: TheHouse, who: Caller) -> None:
    """Remove a job, its results and its files. One that runs is stopped first."""
    now = house.clock.now()
    speak_of(job)
    await house.database.write(lambda work: delete_job(work, who, job_ref(job), now))


async def _awaited(
    house: House, who: Principal, view: JobView, request: Request, response: Response
) -> JobView:
    """The job, after the wait that the caller prefers."""
    seconds = wait_seconds(request)
    if not seconds:
        return view
    response.headers[APPLIED] = f"wait={seconds}"
    if view.graph.job.state in ENDED_JOBS:
        return view
    await until_ended(house, who, view.graph.job.number, seconds)
    return await _view(house, who, view.graph.job.number)


async def _view(house: House, who: Principal, job: JobRef) -> JobView:
    now = house.clock.now()
    return await house.database.read(
        lambda work: get_job(work, house.outside.catalog, who, job, now)
    )
