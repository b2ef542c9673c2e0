"""Exports: start one, see them, download the archive by its link."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Request, Response

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.exports import CreateExport, Export, ExportJobs, ExportPage
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.shared import PageQuery
from jobmill.core.exports.model import ExportSpec
from jobmill.core.items import AssetState, Link, LinkMethod
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.exports import (
    ExportView,
    get_export,
    list_exports,
    sources_of,
    start_export,
    start_jobs_export,
)
from jobmill.http.addresses import link_address
from jobmill.http.house import House
from jobmill.http.paging import decode_cursor, encode_cursor

router = native_router("exports")
LINK_LASTS = timedelta(days=1)


@router.post(
    "/exports",
    status_code=202,
    summary="Start an export",
    responses={
        **answer(202, "The export, which is being made.", LOCATION),
        **problems(*WITH_BODY, 404),
    },
)
async def make_export(
    body: CreateExport, request: Request, response: Response, house: TheHouse, who: Caller
) -> Export:
    """Turn results of jobs into files of one zip archive, as a job of its own.

    Each job gives a file for each result that a format can be made of. It survives a restart, and
    ends `complete` or `failed`; cancel it as a job.
    """
    outputs, now = body.outputs(), house.clock.now()
    jobs = [job_ref(str(each)) for each in body.jobs]

    def start(work: UnitOfWork) -> ExportView:
        sources = sources_of(work, who, jobs, body.item_numbers(), body.start_ms, body.end_ms)
        spec = ExportSpec(sources, outputs, body.include_media, body.name)
        return start_export(work, who, spec, now)

    made = _shown(request, house, await house.database.write(start))
    response.headers["Location"] = f"{PREFIX}/exports/{made.id}"
    return made


@router.post(
    "/exports/jobs",
    status_code=202,
    summary="Export jobs",
    responses={
        **answer(202, "The export, which is being made.", LOCATION),
        **problems(*WITH_BODY, 404),
    },
)
async def export_jobs(
    body: ExportJobs, request: Request, response: Response, house: TheHouse, who: Caller
) -> Export:
    """Write all information on every job that a filter matches into one JSON list, as a job.

    The archive has one member, `jobs.json`: of each job `job`, `input` and `output`, and if wanted
    `results` and `history`. Any number of jobs; newest first.
    """
    wanted, options, now = body.filter.filter(), body.options(), house.clock.now()
    view = await house.database.write(
        lambda work: start_jobs_export(work, who, wanted, options, now)
    )
    made = _shown(request, house, view)
    response.headers["Location"] = f"{PREFIX}/exports/{made.id}"
    return made


@router.get("/exports", summary="List exports", responses=problems())
async def read_exports(
    query: Annotated[PageQuery, Query()], request: Request, house: TheHouse, who: Caller
) -> ExportPage:
    """Your exports, newest first; an admin sees those of the organization."""
    below = decode_cursor(query.cursor, 1)[0] if query.cursor is not None else None
    found = await house.database.read(lambda work: list_exports(work, who, below, query.limit + 1))
    shown = found[: query.limit]
    following = encode_cursor(shown[-1].export.job) if len(found) > query.limit else None
    return ExportPage(items=[_shown(request, house, each) for each in shown], next=following)


@router.get("/exports/{export}", summary="Get an export", responses=problems(404))
async def read_export(export: str, request: Request, house: TheHouse, who: Caller) -> Export:
    """An export by its id or number; when it is complete, with a link that is good for a day."""
    view = await house.database.read(lambda work: get_export(work, who, job_ref(export)))
    return _shown(request, house, view)


def _shown(request: Request, house: House, view: ExportView) -> Export:
    if view.asset is None or view.asset.state is not AssetState.READY:
        return Export.of(view, None, None)
    until = (house.clock.now() + LINK_LASTS).replace(microsecond=0)
    asset = view.asset
    link = Link(LinkMethod.GET, asset.organization, asset.handle, asset.version, until)
    return Export.of(view, link_address(request, house, PREFIX, link), until)
