"""Handler that makes jobs. All jobs of one request are a batch."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.accounts import Right
from jobmill.core.errors import JobmillError
from jobmill.core.jobs.batches import Batch
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import JobQuery, UnitOfWork
from jobmill.core.jobs.service import SubmitJob
from jobmill.core.jobs.service.batches import create_batch, own_batch
from jobmill.dialects.superai.apps import callback_of_app
from jobmill.dialects.superai.callbacks import callback_to
from jobmill.dialects.superai.calls import Call, body_of, call_of, route
from jobmill.dialects.superai.finding import app_named
from jobmill.dialects.superai.mapping.create_jobs import (
    ROWS,
    CreateJobs,
    checked_input,
    in_vendor_words,
    read_create,
    shared_command,
)
from jobmill.http.request_id import speak_of


async def create_jobs(request: Request) -> Response:
    """`POST apps/{app}/jobs`: a job for each input."""
    call = await call_of(request)
    call.who.require(Right.JOBS_WRITE)
    asked = read_create(await body_of(request))
    name = call.path("app")

    def make(work: UnitOfWork) -> tuple[Batch, Job | None]:
        commands = commands_of(work, call, name, asked)
        try:
            batch = create_batch(work, call.house.outside, call.who, None, commands, call.now, ROWS)
        except JobmillError as error:
            raise in_vendor_words(error) from None
        return batch, _only_job(work, call, batch) if len(commands) == 1 else None

    batch, job = await call.house.database.write(make)
    return created(batch.id, batch.size, job)


def commands_of(work: UnitOfWork, call: Call, name: str, asked: CreateJobs) -> Sequence[SubmitJob]:
    """The core's requests; all but their inputs is the same in each."""
    app = app_named(work, call.who, name)
    callback = callback_to(call, asked.callback or callback_of_app(app))
    inputs = [checked_input(each, i) for i, each in enumerate(asked.inputs or ())]
    first = shared_command(asked, app, callback, inputs[0])
    return [replace(first, input=each) for each in inputs]


def created(batch: str, count: int, job: Job | None) -> Response:
    """The answer: a superset of all spellings that are known of it."""
    many = "1 job" if count == 1 else f"{count} jobs"
    body: dict[str, object] = {
        "message": f"{many} received.",
        "batchId": batch,
        "batch_id": batch,
    }
    if job is not None:
        speak_of(job.id)
        body |= {"uuid": job.id, "id": str(job.number)}
    return JSONResponse(body, 201)


def _only_job(work: UnitOfWork, call: Call, batch: Batch) -> Job:
    number = own_batch(work, call.who, batch.id)
    (graph,) = work.jobs.find(JobQuery(call.who.organization, batch=number, limit=1))
    return graph.job


MAKING_ROUTES = [route("/apps/{app}/jobs", "POST", create_jobs)]
