"""A job's tasks, and the files that they wrote."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from jobmill.api.answers import problems
from jobmill.api.downloads import DOWNLOAD
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.shared import PageQuery
from jobmill.api.schemas.tasks import Part, PartPage, TaskPage, tasks_of
from jobmill.core.jobs.service import count_attempts, get_job, job_part, job_parts
from jobmill.http.paging import NUMBER_LIMIT, decode_place, encode_place
from jobmill.http.ranges import download_response
from jobmill.http.serving import blob_download

router = native_router("tasks")


@router.get("/jobs/{job}/tasks", summary="List a job's tasks", responses=problems(404))
async def read_tasks(job: str, house: TheHouse, who: Caller) -> TaskPage:
    """The tasks in the order of the request, each with its progress and why it waits."""
    now, ref = house.clock.now(), job_ref(job)
    view, attempts = await house.database.read(
        lambda work: (
            get_job(work, house.outside.catalog, who, ref, now),
            count_attempts(work, who, ref),
        )
    )
    return TaskPage(items=list(tasks_of(view, attempts)), next=None)


@router.get(
    "/jobs/{job}/tasks/{task}/parts",
    summary="List what a task wrote",
    responses=problems(404, 422),
)
async def read_parts(
    job: str, task: str, house: TheHouse, who: Caller, query: Annotated[PageQuery, Query()]
) -> PartPage:
    """Its parts by port and number, also while it runs: of a task that runs again, the new ones."""
    after = None
    if query.cursor is not None:
        number, port = decode_place(query.cursor)
        after = port, number
    parts = await house.database.read(
        lambda work: job_parts(work, who, job_ref(job), task, after, query.limit + 1)
    )
    shown = parts[: query.limit]
    more = len(parts) > query.limit
    return PartPage(
        items=[Part.of(job, task, part) for part in shown],
        next=encode_place(shown[-1].number, shown[-1].port) if more else None,
    )


@router.get(
    "/jobs/{job}/tasks/{task}/parts/{port}/{number}",
    summary="Download a file of a task",
    response_class=Response,
    responses={**problems(404), **DOWNLOAD},
)
async def read_part(
    job: str,
    task: str,
    port: str,
    request: Request,
    house: TheHouse,
    who: Caller,
    number: int = Path(ge=0, le=NUMBER_LIMIT),
) -> Response:
    """The bytes, all or a range of them."""
    part = await house.database.read(
        lambda work: job_part(work, who, job_ref(job), task, port, number)
    )
    if part.blob is None:
        return Response((part.document or "").encode(), media_type=part.media_type)
    name = f"{task}.{part.port}.{part.number}"
    download = blob_download(house, who.organization, part.blob, part.media_type, name)
    return await download_response(request, download)
