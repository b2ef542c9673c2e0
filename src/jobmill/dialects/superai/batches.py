"""Handlers of batches: how far their ingestion is, what is wrong with rows, and actions on all jobs
of one."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.errors import BatchNotFound
from jobmill.core.jobs.batches import Batch, BatchState
from jobmill.core.jobs.bulk import BulkAction
from jobmill.core.jobs.pages import JobPage
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import count_page
from jobmill.core.jobs.service.batches import get_batch, list_batches
from jobmill.core.jobs.service.ingest import act_on_batch, batch_errors
from jobmill.core.pipelines import Pipeline
from jobmill.dialects.superai.apps import names_of
from jobmill.dialects.superai.calls import Call, call_of, flag, page_of, route
from jobmill.dialects.superai.finding import app_named
from jobmill.dialects.superai.mapping.batches import MOST_ERRORS, batch_object
from jobmill.dialects.superai.mapping.pages import pages_of

NEWEST = 1000
"""Among so many batches those of an app are looked for."""


async def list_all(request: Request) -> Response:
    """`GET apps/{app}/batches`: those that are not read to their end yet; `?all=true`: all."""
    call = await call_of(request)
    name, every = call.path("app"), bool(flag(request, "all"))

    def look(work: UnitOfWork) -> list[dict[str, Any]]:
        app = app_named(work, call.who, name)
        found = list_batches(work, call.who, None, NEWEST)
        own = [each for each in found if _is_of(work, app, each)]
        wanted = [each for each in own if every or each.state is BatchState.INGESTING]
        return [_shown(work, call, app, each) for each in wanted]

    return JSONResponse({"batches": await call.house.database.read(look)})


async def read_one(request: Request) -> Response:
    """`GET apps/{app}/batches/{batch}`: its progress, and the first rows that are wrong."""
    call = await call_of(request)

    def look(work: UnitOfWork) -> dict[str, Any]:
        app, batch = _named(work, call)
        return _shown(work, call, app, batch)

    return JSONResponse(await call.house.database.read(look))


async def read_jobs(request: Request) -> Response:
    """`GET apps/{app}/batches/{batch}/jobs`: a page of the ids of its jobs."""
    call = await call_of(request)
    page, size = page_of(request, NEWEST)

    def look(work: UnitOfWork) -> tuple[list[str], int]:
        _, batch = _named(work, call)
        query = JobPage(
            call.who.organization,
            batch=batch.number,
            descending=False,
            offset=page * size,
            limit=size,
        )
        total = count_page(work, call.who, query)
        return [str(number) for number in work.jobs.page(query)], total

    ids, total = await call.house.database.read(look)
    return JSONResponse({"jobIds": ids, **pages_of(total, page, size)})


async def cancel(request: Request) -> Response:
    """`POST apps/{app}/batches/{batch}/cancel`: nothing more is read, and nothing goes on."""
    return await _acted(request, BulkAction.CANCEL)


async def restart(request: Request) -> Response:
    """`POST apps/{app}/batches/{batch}/restart`: all jobs that have ended, again."""
    return await _acted(request, BulkAction.RESTART)


async def _acted(request: Request, action: BulkAction) -> Response:
    call = await call_of(request)

    def act(work: UnitOfWork) -> int:
        _, batch = _named(work, call)
        return act_on_batch(work, call.who, batch.id, action, call.now).job.number

    return JSONResponse({"operationId": await call.house.database.write(act)}, 202)


def _named(work: UnitOfWork, call: Call) -> tuple[Pipeline, Batch]:
    name = call.path("batch")
    app, batch = app_named(work, call.who, call.path("app")), get_batch(work, call.who, name)
    if not _is_of(work, app, batch):
        raise BatchNotFound(f"The app {call.path('app')!r} has no batch {name!r}.")
    return app, batch


def _is_of(work: UnitOfWork, app: Pipeline, batch: Batch) -> bool:
    """What was made at once does not say of which app it is; its first job does."""
    if batch.pipeline is not None:
        return batch.pipeline in names_of(app)
    query = JobPage(batch.organization, batch=batch.number, types=names_of(app), limit=1)
    return bool(work.jobs.page(query))


def _shown(work: UnitOfWork, call: Call, app: Pipeline, batch: Batch) -> dict[str, Any]:
    errors = batch_errors(work, call.who, batch.id, -1, MOST_ERRORS) if batch.invalid else ()
    return batch_object(batch, app.id, errors)


BATCH_ROUTES = [
    route("/apps/{app}/batches", "GET", list_all),
    route("/apps/{app}/batches/{batch}", "GET", read_one),
    route("/apps/{app}/batches/{batch}/jobs", "GET", read_jobs),
    route("/apps/{app}/batches/{batch}/cancel", "POST", cancel),
    route("/apps/{app}/batches/{batch}/restart", "POST", restart),
]
