"""Handlers of jobs: create, list, read, update, cancel, remove."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobmill.core.accounts import Principal, Right
from jobmill.core.errors import InvalidInput, JobmillError
from jobmill.core.ids import JobId
from jobmill.core.jobs.pages import JobPage
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import (
    Collaborator,
    cancel_job,
    count_page,
    delete_job,
    describe_job,
    page_jobs,
    share_job,
    submit_job,
)
from jobmill.core.jobs.states import JobState
from jobmill.dialects.innodata import schema as vendor
from jobmill.dialects.innodata.calls import base_of, caller_of, page_of, read_fields
from jobmill.dialects.innodata.envelope import answer
from jobmill.dialects.innodata.job_types import wanted_type
from jobmill.dialects.innodata.json_documents import read_taxonomies
from jobmill.dialects.innodata.mapping.create_job import (
    in_vendor_words,
    read_job,
    read_update,
    submit_job_from,
    wanted_of,
)
from jobmill.dialects.innodata.mapping.jobs import SeenJob, job_document, states_of
from jobmill.dialects.innodata.seeing import job_named, see_job, see_jobs
from jobmill.http.house import House, house_of
from jobmill.http.request_id import speak_of

Change = Callable[[UnitOfWork, House, Principal, JobId], object]


async def create_job(request: Request) -> Response:
    """`POST jobs`: start a job of a type on an uploaded document."""
    house, caller = house_of(request), await caller_of(request)
    who, asked = caller.who, read_job(await read_fields(request))
    kind = await house.database.read(lambda work: wanted_type(work, who, asked.type))
    wanted = wanted_of(asked, kind)
    taxonomies = await read_taxonomies(house, who, wanted.taxonomies)
    command = submit_job_from(asked, kind, wanted, taxonomies, test=caller.test)
    now = house.clock.now()

    def submit(work: UnitOfWork) -> SeenJob:
        try:
            made = submit_job(work, house.outside, who, command, now)
        except JobmillError as error:
            raise in_vendor_words(error, asked.collaborators, kind) from None
        return see_job(work, who, made.graph.job.id, now)

    seen = await house.database.write(submit)
    speak_of(seen.graph.job.id)
    return answer(job_document(base_of(request), seen), 201)


async def list_jobs(request: Request) -> Response:
    """`GET jobs`: those that the caller sees, newest first; `?status=`, `?type=` and
    `?blocking_task=` narrow them."""
    house, who = house_of(request), (await caller_of(request)).who
    limit, offset, now = *page_of(request), house.clock.now()
    query = JobPage(
        who.organization,
        states=_states(request),
        types=_words(request, "type"),
        blocked_steps=_words(request, "blocking_task") or _words(request, "blocking_step"),
        limit=limit,
        offset=offset,
    )

    def look(work: UnitOfWork) -> tuple[Sequence[SeenJob], int]:
        found = page_jobs(work, who, query)
        return see_jobs(work, who, found, now), count_page(work, who, query)

    base = base_of(request)
    seen, total = await house.database.read(look)
    jobs = [job_document(base, each) for each in seen]
    return answer({"jobs": jobs, "total": total, "limit": limit, "offset": offset})


async def read_one(request: Request) -> Response:
    """`GET jobs/{id}`."""
    house, who = house_of(request), (await caller_of(request)).who
    name, now = request.path_params["job"], house.clock.now()
    seen = await house.database.read(lambda work: see_job(work, who, name, now))
    return answer(job_document(base_of(request), seen))


async def update(request: Request) -> Response:
    """`PUT jobs/{id}`: name, metadata (key by key; null removes) and, for its owner,
    collaboration."""
    asked = read_update(await read_fields(request))
    changes: dict[str, Any] = {} if asked.name is None else {"name": asked.name}
    if asked.metadata:
        changes["metadata"] = asked.metadata

    def change(work: UnitOfWork, house: House, who: Principal, job: JobId) -> None:
        who.require(Right.JOBS_WRITE)
        if changes or asked.collaborators is None:
            describe_job(work, who, job, changes, house.clock.now())
        if asked.collaborators is not None:
            _share(work, who, job, asked.collaborators)

    return await changed(request, change)


async def cancel(request: Request) -> Response:
    """`POST jobs/{id}/cancel`: stop a job; again changes nothing, an ended one is a conflict."""
    return await changed(
        request, lambda work, house, who, job: cancel_job(work, who, job, house.clock.now())
    )


async def delete(request: Request) -> Response:
    """`DELETE jobs/{id}`: remove a job, stopping it where it runs."""
    house, who = house_of(request), (await caller_of(request)).who
    name, now = request.path_params["job"], house.clock.now()
    await house.database.write(
        lambda work: delete_job(work, who, job_named(work, who, name).job.id, now)
    )
    return answer({})


def _share(
    work: UnitOfWork, who: Principal, job: JobId, collaborators: Sequence[Collaborator]
) -> None:
    try:
        share_job(work, who, job, collaborators)
    except JobmillError as error:
        raise in_vendor_words(error, collaborators) from None


async def changed(request: Request, change: Change) -> Response:
    """Change a job and show it."""
    house, who = house_of(request), (await caller_of(request)).who
    name = request.path_params["job"]

    def act(work: UnitOfWork) -> SeenJob:
        change(work, house, who, job_named(work, who, name).job.id)
        return see_job(work, who, name, house.clock.now())

    return answer(job_document(base_of(request), await house.database.write(act)))


def _states(request: Request) -> tuple[JobState, ...] | None:
    words = _words(request, "status")
    if words is None:
        return None
    found: list[JobState] = []
    for word in words:
        states = states_of(word.lower())
        if not states:
            known = ", ".join(vendor.STATUSES)
            raise InvalidInput(f"status: write one of {known}, not {word!r}.", field="status")
        found += states
    return tuple(found)


def _words(request: Request, name: str) -> tuple[str, ...] | None:
    """A parameter that may stand several times, or hold several words between commas."""
    given = request.query_params.getlist(name)
    words = [word.strip() for each in given for word in each.split(",")]
    return tuple(word for word in words if word) if given else None
