"""Handlers of operations: what the platform does in the background for an app. One that writes all
information on jobs ends with an archive, which is fetched by a signed address."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.capacity import BULK, EXPORT
from jobmill.core.errors import AssetNotReady, Conflict, JobNotFound
from jobmill.core.ids import JobNumber
from jobmill.core.items import AssetState, Link, LinkMethod
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import visible_job
from jobmill.core.jobs.service.exports import (
    ExportView,
    JobsExportOptions,
    get_export,
    start_jobs_export,
)
from jobmill.core.jobs.states import ENDED_JOBS, JobState
from jobmill.core.pipelines import Pipeline
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.apps import names_of
from jobmill.dialects.superai.calls import Call, call_of, flag, route, whole
from jobmill.dialects.superai.filtered import filter_of
from jobmill.dialects.superai.finding import app_named
from jobmill.dialects.superai.mapping.apps import FORMAT as SHAPE
from jobmill.dialects.superai.mapping.names import number_of
from jobmill.dialects.superai.mapping.operations import operation_object
from jobmill.dialects.superai.mapping.states import STATUS
from jobmill.http.addresses import link_address

NATIVE = "/api/v1"
KINDS = (EXPORT, BULK)


async def start_responses(request: Request) -> Response:
    """`POST apps/{app}/job_responses`: all information on the jobs that the query names, or on all
    of the app, as an archive that is made in the background."""
    call = await call_of(request)
    name, history = call.path("app"), bool(flag(request, "withHistory"))
    flag(request, "sendEmail")

    def start(work: UnitOfWork) -> ExportView:
        wanted = filter_of(work, call, name)
        options = JobsExportOptions(history=history, name=f"jobs of {name}"[:200], shape=SHAPE)
        return start_jobs_export(work, call.who, wanted, options, call.now)

    view = await call.house.database.write(start)
    number = view.graph.job.number
    return JSONResponse({"operationId": number, "message": "The jobs are being written."}, 202)


async def read_one(request: Request) -> Response:
    """`GET operations/{app}/{operation}`: its status. One that ended badly is refused with why: the
    vendor's client waits for nothing but COMPLETED."""
    call = await call_of(request)

    def look(work: UnitOfWork) -> dict[str, Any]:
        app, job = _operation(work, call)
        graph = visible_job(work, call.who, job.number)
        return operation_object(graph, app.id)

    return JSONResponse(await call.house.database.read(look))


async def download_url(request: Request) -> Response:
    """`POST operations/{app}/{operation}/download-url`: where the archive is, for `secondsTtl`."""
    call = await call_of(request)
    ttl = whole(request, "secondsTtl", vendor.DOWNLOAD_TTL, 1, vendor.LONGEST_TTL)

    def look(work: UnitOfWork) -> ExportView:
        _, job = _operation(work, call)
        return get_export(work, call.who, job.number)

    asset = (await call.house.database.read(look)).asset
    if asset is None or asset.state is not AssetState.READY:
        raise AssetNotReady("The archive is not there yet; wait until the operation is COMPLETED.")
    ends = (call.now + timedelta(seconds=ttl)).replace(microsecond=0)
    link = Link(LinkMethod.GET, asset.organization, asset.handle, asset.version, ends)
    return JSONResponse({"downloadUrl": link_address(request, call.house, NATIVE, link)})


def _operation(work: UnitOfWork, call: Call) -> tuple[Pipeline, Job]:
    """The app, and the job that does it. Raises JobNotFound, and Conflict where it did not
    succeed."""
    app, said = app_named(work, call.who, call.path("app")), call.path("operation")
    missing = JobNotFound(f"There is no operation {said!r}.")
    number = number_of(said)
    if number is None:
        raise missing
    try:
        job = visible_job(work, call.who, JobNumber(number)).job
    except JobNotFound:
        raise missing from None
    if job.type not in KINDS or not _is_about(app, job):
        raise missing
    if job.state in ENDED_JOBS and job.state is not JobState.COMPLETED:
        why = f": {job.reason.message}" if job.reason else "."
        raise Conflict(f"The operation {said} is {STATUS[job.state]}{why}")
    return app, job


def _is_about(app: Pipeline, job: Job) -> bool:
    """Whether an operation is on jobs of an app; one on a batch alone names no app."""
    said: Any = job.input.get("json") or {}
    types = ((said.get("jobs") or said).get("filter") or {}).get("types") or ()
    return not types or not {*types}.isdisjoint(names_of(app))


OPERATION_ROUTES = [
    route("/apps/{app}/job_responses", "POST", start_responses),
    route("/operations/{app}/{operation}", "GET", read_one),
    route("/operations/{app}/{operation}/download-url", "POST", download_url),
]
