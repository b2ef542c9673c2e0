"""The same vendor's older prediction API below /v1: a file in, a job of a type on it, its output.

Its answers have no envelope, and its key comes in the header `User-Key`.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.errors import AssetNotFound, JobEnded
from jobmill.core.ids import JobId, new_id
from jobmill.core.items import Asset, AssetQuery, AssetSource, Naming, list_assets
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import cancel_job, submit_job
from jobmill.dialects.innodata import schema as vendor
from jobmill.dialects.innodata.calls import Caller, base_of, holder_of
from jobmill.dialects.innodata.documents import received
from jobmill.dialects.innodata.job_types import wanted_type
from jobmill.dialects.innodata.mapping.create_job import (
    TEST_LIFE,
    CreateJob,
    submit_job_from,
    wanted_of,
)
from jobmill.dialects.innodata.mapping.jobs import STATUS, error_of, progress_of
from jobmill.dialects.innodata.seeing import all_contents, job_named
from jobmill.http.house import house_of
from jobmill.http.naming import naming_of
from jobmill.http.ranges import download_response
from jobmill.http.serving import asset_download

SUFFIX = ".xml"
TRAINING = "innodata/training"


async def ping(request: Request) -> Response:
    """`GET ping`."""
    await _caller(request)
    return JSONResponse({"ping": "pong"})


async def upload_input(request: Request) -> Response:
    """`POST documents/input/[name]`: raw bytes; without a name they get one."""
    caller = await _caller(request)
    naming = naming_of(request.path_params.get("name") or new_id(), "")
    asset = await _received(request, caller, naming)
    size = asset.facts.size if asset.facts else 0
    return JSONResponse({"bytes_accepted": size, "input_filename": asset.name})


async def download_input(request: Request) -> Response:
    """`GET documents/input/{name}`."""
    house, caller = house_of(request), await _caller(request)
    name = request.path_params["name"]
    asset = await house.database.read(lambda work: _named(work, caller, name))
    return await download_response(request, await asset_download(house, asset))


async def upload_feedback(request: Request) -> Response:
    """`POST documents/training/{domain}/{name}`: what is right; kept at a place of its own."""
    caller, path = await _caller(request), request.path_params
    naming = naming_of(path["name"], "", f"{TRAINING}/{path['domain']}/{path['name']}")
    asset = await _received(request, caller, naming)
    return JSONResponse({"bytes_accepted": asset.facts.size if asset.facts else 0})


async def predict(request: Request) -> Response:
    """`GET reference/{domain}/{name}`: start a job of the type `domain` on an uploaded file."""
    house, caller = house_of(request), await _caller(request)
    domain, name = request.path_params["domain"], request.path_params["name"]
    now = house.clock.now()

    def submit(work: UnitOfWork) -> str:
        kind, asset = wanted_type(work, caller.who, domain), _named(work, caller, name)
        asked = CreateJob(kind.id, {vendor.INPUT: asset.handle}, (), {}, {}, None)
        command = submit_job_from(asked, kind, wanted_of(asked, kind), {}, test=caller.test)
        return submit_job(work, house.outside, caller.who, command, now).graph.job.id

    job, base = await house.database.write(submit), base_of(request)
    task = f"{base}/reference/{quote(domain)}/{job}"
    return JSONResponse(
        {
            "task_id": job,
            "task_status_url": f"{task}/status",
            "task_cancel_url": f"{task}/cancel",
            "document_output_url": f"{base}/documents/output/{job}{SUFFIX}",
            "output_filename": job + SUFFIX,
            "version": 1,
        }
    )


async def status(request: Request) -> Response:
    """`GET reference/{domain}/{task}/status`."""
    house, caller = house_of(request), await _caller(request)
    name = request.path_params["task"]
    graph = await house.database.read(lambda work: job_named(work, caller.who, name))
    word, progress = STATUS[graph.job.state], progress_of(graph)
    told: dict[str, Any] = {
        "completed": word not in (vendor.RUNNING, vendor.BLOCKED),
        "progress": progress["current"],
        "steps": progress["total"],
        "message": word,
    }
    if word == vendor.FAILED:
        told["error"] = error_of(graph.job.state, graph.job.reason)["message"]
    elif word == vendor.CANCELLED:
        told["error"] = "The job was cancelled."
    return JSONResponse(told)


async def cancel(request: Request) -> Response:
    """`GET reference/{domain}/{task}/cancel`: a job that has ended stays as it is."""
    house, caller = house_of(request), await _caller(request)
    name, now = request.path_params["task"], house.clock.now()

    def stop(work: UnitOfWork) -> bool:
        try:
            cancel_job(work, caller.who, JobId(name.lower()), now)
        except JobEnded:
            return False
        return True

    return JSONResponse({"cancelled": await house.database.write(stop)})


async def download_output(request: Request) -> Response:
    """`GET documents/output/{name}`: the output of the job that the name is of."""
    house, caller = house_of(request), await _caller(request)
    name, now = request.path_params["name"], house.clock.now()

    def look(work: UnitOfWork) -> Asset:
        graph = job_named(work, caller.who, name.removesuffix(SUFFIX))
        for each in all_contents(work, caller.who, graph, now):
            if each.role == vendor.OUTPUT and each.asset is not None:
                return each.asset
        raise AssetNotFound("The job has no output (yet).")

    asset = await house.database.read(look)
    return await download_response(request, await asset_download(house, asset))


async def _caller(request: Request) -> Caller:
    """The holder of the key in `User-Key`, a header that no page of others can send."""
    return await holder_of(request, request.headers.get("user-key", ""))


async def _received(request: Request, caller: Caller, naming: Naming) -> Asset:
    house = house_of(request)
    if caller.test:
        naming = replace(naming, retain_until=house.clock.now() + TEST_LIFE)
    return await received(request, house, caller.who, naming)


def _named(work: UnitOfWork, caller: Caller, name: str) -> Asset:
    """The newest upload of this name that the caller owns."""
    who = caller.who
    wanted = AssetQuery(who.organization, name=name, sources=(AssetSource.UPLOAD,), limit=100)
    for asset in list_assets(work.assets, who, wanted):
        if asset.owner == who.user:
            return asset
    raise AssetNotFound(f"There is no file {name!r}; upload it to documents/input/.")
