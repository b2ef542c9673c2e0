"""Handler that makes jobs. All jobs of one request are a batch: one job is made at once, several
are read in the background, and the batch tells how far that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.accounts import Right
from jobmill.core.errors import InvalidInput, JobmillError
from jobmill.core.jobs.batches import Batch
from jobmill.core.jobs.batches.rows import RowFormat
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import JobQuery, UnitOfWork
from jobmill.core.jobs.service import JobInput
from jobmill.core.jobs.service.batches import create_batch, own_batch
from jobmill.core.jobs.service.ingest import BatchSpec
from jobmill.core.pipelines import Pipeline
from jobmill.core.webhooks.service import EndpointSpec
from jobmill.dialects.superai.apps import batches_told_of, callback_of_app
from jobmill.dialects.superai.callbacks import callback_to
from jobmill.dialects.superai.calls import Call, body_of, call_of, route
from jobmill.dialects.superai.finding import app_named
from jobmill.dialects.superai.mapping.create_jobs import (
    ROWS,
    CreateJobs,
    batch_spec,
    in_vendor_words,
    only_input,
    read_create,
    rows_of,
    shared_command,
)
from jobmill.http.batch_rows import begin_batch
from jobmill.http.request_id import speak_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, of which app, and who hears of its end."""

    asked: CreateJobs
    app: Pipeline
    callback: EndpointSpec | None
    told: EndpointSpec | None


async def create_jobs(request: Request) -> Response:
    """`POST apps/{app}/jobs`: a job for each input."""
    call = await call_of(request)
    call.who.require(Right.JOBS_WRITE)
    asked = read_create(await body_of(request))
    name = call.path("app")
    app = await call.house.database.read(lambda work: app_named(work, call.who, name))
    callback = callback_to(call, asked.callback or callback_of_app(app))
    wanted = Wanted(asked, app, callback, callback_to(call, batches_told_of(app)))
    given = only_input(asked)
    try:
        if given is not None:
            return await _create_one(call, wanted, given)
        return await _create_many(call, wanted)
    except JobmillError as error:
        raise in_vendor_words(error) from None


async def _create_one(call: Call, wanted: Wanted, given: JobInput) -> Response:
    command = shared_command(wanted.asked, wanted.app, wanted.callback, given)

    def make(work: UnitOfWork) -> tuple[Batch, Job]:
        batch = create_batch(work, call.house.outside, call.who, None, [command], call.now, ROWS)
        number = own_batch(work, call.who, batch.id)
        (graph,) = work.jobs.find(JobQuery(call.who.organization, batch=number, limit=1))
        return batch, graph.job

    batch, job = await call.house.database.write(make)
    speak_of(job.id)
    more = {"uuid": job.id, "id": str(job.number)}
    return JSONResponse({"message": "1 job received.", **_named(batch), **more}, 201)


async def _create_many(call: Call, wanted: Wanted) -> Response:
    spec = batch_spec(wanted.asked, wanted.app, wanted.callback, wanted.told)
    rows = rows_of(wanted.asked, wanted.app)
    try:
        batch = await _begun(call, spec, rows)
    except InvalidInput as error:
        if error.field != "format":
            raise
        # Nothing about the file tells: the documented form is a list in JSON.
        batch = await _begun(call, replace(spec, format=RowFormat.JSON), rows)
    many = "The file" if rows is None else f"{len(rows)} jobs"
    return JSONResponse({"message": f"{many} received.", **_named(batch)}, 202)


async def _begun(call: Call, spec: BatchSpec, rows: Sequence[Any] | None) -> Batch:
    return await begin_batch(call.house, call.who, spec, rows, call.now)


def _named(batch: Batch) -> dict[str, str]:
    """Both spellings that are known."""
    return {"batchId": batch.id, "batch_id": batch.id}


MAKING_ROUTES = [route("/apps/{app}/jobs", "POST", create_jobs)]
