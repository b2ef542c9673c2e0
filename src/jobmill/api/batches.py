"""Batches: create, start from rows, see, act upon the whole."""

import asyncio
from collections.abc import Awaitable
from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import LOCATION, REPLAYED, WITH_BODY, Answers, answer, problems
from jobmill.api.route import Caller, IdempotencyKey, TheHouse, native_router
from jobmill.api.schemas.batches import (
    Batch,
    BatchError,
    BatchErrorPage,
    BatchPage,
    StartBatch,
)
from jobmill.api.schemas.jobs import PREFIX, Job
from jobmill.api.schemas.shared import PageQuery
from jobmill.api.schemas.steering import CreateBatch
from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.batches import Batch as Made
from jobmill.core.jobs.bulk import BulkAction
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import view_of
from jobmill.core.jobs.service.batches import create_batch, get_batch, list_batches
from jobmill.core.jobs.service.ingest import act_on_batch, batch_errors
from jobmill.core.jobs.service.read_jobs import JobView
from jobmill.core.jobs.service.repeats import BatchMadeBefore, Once, once
from jobmill.http.batch_rows import begin_batch
from jobmill.http.house import House
from jobmill.http.paging import decode_cursor, encode_cursor

router = native_router("batches")
ACTING: Answers = {**answer(202, "The job that does it.", LOCATION), **problems(404)}


@router.post(
    "/batches",
    status_code=201,
    summary="Create a batch",
    responses={
        **answer(201, "The batch.", LOCATION, REPLAYED),
        **problems(*WITH_BODY, 404, 409),
    },
)
async def make_batch(
    body: CreateBatch,
    response: Response,
    house: TheHouse,
    who: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Batch:
    """Make up to 10,000 jobs together: all of them, or none.

    Give whole `jobs`, or one `template` and the `rows` that differ from it. With an
    `Idempotency-Key`, the same request answers the same batch for a day.
    """
    if bool(body.jobs) == (body.template is not None) or bool(body.rows) != bool(body.template):
        raise InvalidInput("Give either jobs, or a template with rows.", field="jobs")
    if body.template is not None and "input" in body.template.model_fields_set:
        raise InvalidInput("template.input: give the inputs in rows.", field="template.input")
    rows, now = "rows" if body.template else "jobs", house.clock.now()
    commands, asked = body.commands(), await _asked(idempotency_key, body)
    making = house.database.write(
        lambda work: create_batch(work, house.outside, who, body.name, commands, now, rows, asked)
    )
    return await _answered(making, response)


@router.post(
    "/batches/rows",
    status_code=202,
    summary="Start a batch of rows",
    responses={
        **answer(202, "The batch, which is being read.", LOCATION, REPLAYED),
        **problems(*WITH_BODY, 404, 409),
    },
)
async def start_rows(
    body: StartBatch,
    response: Response,
    house: TheHouse,
    who: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Batch:
    """Make each row of a list or a file into a job of a pipeline, in the background.

    Up to 100,000 rows. It is accepted at once; what is wrong with a row shows in the batch's
    errors, by row and field. With `strict` all rows are made or none. Reading goes on after a
    restart of the server, and makes no row twice. With an `Idempotency-Key`, the same request
    answers the same batch for a day.
    """
    if bool(body.inputs) == (body.file is not None):
        raise InvalidInput("Give either inputs or a file.", field="inputs")
    inputs, now = body.inputs or None, house.clock.now()
    asked = await _asked(idempotency_key, body)
    return await _answered(begin_batch(house, who, body.spec(), inputs, now, asked), response)


async def _asked(key: str | None, body: CreateBatch | StartBatch) -> Once | None:
    """In a thread: it may be many rows."""
    if key is None:
        return None
    return await asyncio.to_thread(lambda: once(key, [type(body).__name__, body.model_dump()]))


async def _answered(making: Awaitable[Made], response: Response) -> Batch:
    try:
        batch = Batch.of(await making)
    except BatchMadeBefore as before:
        batch = Batch.of(before.batch)
        response.headers["Idempotency-Replayed"] = "true"
    response.headers["Location"] = batch.links["self"]
    return batch


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


@router.get(
    "/batches/{batch}/errors", summary="List what is wrong with rows", responses=problems(404)
)
async def read_batch_errors(
    batch: str, query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> BatchErrorPage:
    """Rows that became no job, by their number, each with the field and why."""
    after = decode_cursor(query.cursor, 1)[0] if query.cursor is not None else -1
    found = await house.database.read(
        lambda work: batch_errors(work, who, batch, after, query.limit + 1)
    )
    shown = found[: query.limit]
    following = encode_cursor(shown[-1].row) if len(found) > query.limit else None
    return BatchErrorPage(items=[BatchError.of(each) for each in shown], next=following)


@router.post("/batches/{batch}/cancel", status_code=202, summary="Cancel a batch", responses=ACTING)
async def stop_batch(batch: str, response: Response, house: TheHouse, who: Caller) -> Job:
    """Read no more rows, and cancel every job that has not ended, as a bulk action."""
    return await _act(batch, BulkAction.CANCEL, response, house, who)


@router.post("/batches/{batch}/retry", status_code=202, summary="Retry a batch", responses=ACTING)
async def retry_batch(batch: str, response: Response, house: TheHouse, who: Caller) -> Job:
    """Run again what did not succeed of every job that has ended, as a bulk action."""
    return await _act(batch, BulkAction.RETRY, response, house, who)


@router.post(
    "/batches/{batch}/restart", status_code=202, summary="Restart a batch", responses=ACTING
)
async def restart_batch(batch: str, response: Response, house: TheHouse, who: Caller) -> Job:
    """Run every job that has ended again, under its own id, as a bulk action."""
    return await _act(batch, BulkAction.RESTART, response, house, who)


async def _act(
    batch: str, action: BulkAction, response: Response, house: House, who: Principal
) -> Job:
    now = house.clock.now()

    def act(work: UnitOfWork) -> JobView:
        graph = act_on_batch(work, who, batch, action, now)
        return view_of(work, house.outside.catalog, graph, now, who)

    view = await house.database.write(act)
    response.headers["Location"] = f"{PREFIX}/jobs/{view.graph.job.id}"
    return Job.of(view)
