"""Batches: create, see, cancel."""

from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.jobs import PREFIX, Job
from jobmill.api.schemas.shared import PageQuery
from jobmill.api.schemas.steering import Batch, BatchPage, CreateBatch
from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import view_of
from jobmill.core.jobs.service.batches import create_batch, get_batch, list_batches
from jobmill.core.jobs.service.bulk import cancel_batch
from jobmill.core.jobs.service.read_jobs import JobView
from jobmill.http.paging import decode_cursor, encode_cursor

router = native_router("batches")


@router.post(
    "/batches",
    status_code=201,
    summary="Create a batch",
    responses={**answer(201, "The batch.", LOCATION), **problems(*WITH_BODY, 404)},
)
async def make_batch(body: CreateBatch, response: Response, house: TheHouse, who: Caller) -> Batch:
    """Make up to 10,000 jobs together: all of them, or none.

    Give whole `jobs`, or one `template` and the `rows` that differ from it.
    """
    if bool(body.jobs) == (body.template is not None) or bool(body.rows) != bool(body.template):
        raise InvalidInput("Give either jobs, or a template with rows.", field="jobs")
    if body.template is not None and "input" in body.template.model_fields_set:
        raise InvalidInput("template.input: give the inputs in rows.", field="template.input")
    rows, now = "rows" if body.template else "jobs", house.clock.now()
    commands = body.commands()
    made = await house.database.write(
        lambda work: create_batch(work, house.outside, who, body.name, commands, now, rows)
    )
    response.headers["Location"] = f"{PREFIX}/batches/{made.id}"
    return Batch.of(made)


@router.get("/batches", summary="List batches", responses=problems())
async def read_batches(
    query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> BatchPage:
    """Batches, newest first, each with its progress."""
    below = decode_cursor(query.cursor, 1)[0] if query.cursor is not None else None
    found = await house.database.read(lambda work: list_batches(work, who, below, query.limit + 1))
    shown = found[: query.limit]
    following = encode_cursor(shown[-1].number) if len(found) > query.limit else None
    return BatchPage(items=[Batch.of(batch) for batch in shown], next=following)


@router.get("/batches/{batch}", summary="Get a batch", responses=problems(404))
async def read_batch(batch: str, house: TheHouse, who: Caller) -> Batch:
    """A batch by its id or number, with how many of its jobs stand where."""
    return Batch.of(await house.database.read(lambda work: get_batch(work, who, batch)))


@router.post(
    "/batches/{batch}/cancel",
    status_code=202,
    summary="Cancel a batch",
    responses={**answer(202, "The job that does it.", LOCATION), **problems(404)},
)
async def stop_batch(batch: str, response: Response, house: TheHouse, who: Caller) -> Job:
    """Cancel every job of a batch that has not ended, as a bulk action."""
    now = house.clock.now()

    def cancelled(work: UnitOfWork) -> JobView:
        graph = cancel_batch(work, who, batch, now)
        return view_of(work, house.outside.catalog, graph, now, who)

    view = await house.database.write(cancelled)
    response.headers["Location"] = f"{PREFIX}/jobs/{view.graph.job.id}"
    return Job.of(view)
