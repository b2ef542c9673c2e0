"""Handlers of actions on all jobs of an app that a query narrows down: tags, and removal.

Jobs that are named by id are changed at once; all others by the platform, in the background.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.errors import InvalidInput
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.bulk import BulkAction
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import delete_job, describe_job
from jobmill.core.jobs.service.bulk import count_bulk, start_bulk
from jobmill.core.jobs.service.filters import JobFilter
from jobmill.dialects.superai.apps import names_of
from jobmill.dialects.superai.calls import Call, call_of, fields_of, flag, moment, route, words
from jobmill.dialects.superai.finding import app_named
from jobmill.dialects.superai.listing import batch_asked, jobs_searched, states_asked
from jobmill.dialects.superai.mapping.reading import tags_of, wrong

TICK = timedelta(microseconds=1)
LAST = datetime.max.replace(tzinfo=UTC) - TICK
FILTERS = (
    "idSearch",
    "batchId",
    "statusIn",
    "tags",
    "correct",
    "createdStartDate",
    "createdEndDate",
    "completedStartDate",
    "completedEndDate",
)


async def add_tags(request: Request) -> Response:
    """`PUT apps/{app}/jobs/tags`: tags more, for the jobs that the query names."""
    return await _tag(request, "add_tags")


async def remove_tags(request: Request) -> Response:
    """`DELETE apps/{app}/jobs/tags`: tags less, for the jobs that the query names."""
    return await _tag(request, "remove_tags")


async def delete_jobs(request: Request) -> Response:
    """`DELETE apps/{app}/jobs`: all that the query names; with `dryRun` only how many."""
    call = await call_of(request)
    return await _act(call, BulkAction.DELETE, {}, dry=bool(flag(request, "dryRun")))


async def _tag(request: Request, way: str) -> Response:
    call = await call_of(request)
    tags = tags_of((await fields_of(request)).get("tags"))
    if not tags:
        raise wrong("tags", 'give some, such as ["poodle", "pink"]')
    return await _act(call, BulkAction.TAG, {way: list(tags)}, dry=bool(flag(request, "dryRun")))


async def _act(
    call: Call, action: BulkAction, changes: Mapping[str, Any], *, dry: bool
) -> Response:
    _require_filter(call)
    name = call.path("app")

    def act(work: UnitOfWork) -> dict[str, Any] | None:
        wanted = filter_of(work, call, name)
        if dry:
            return {"matched": count_bulk(work, call.who, wanted)}
        if wanted.jobs is not None and not _narrowed_more(call):
            _at_once(work, call, wanted.jobs, names_of(app_named(work, call.who, name)), changes)
            return None
        matched = count_bulk(work, call.who, wanted)
        graph = start_bulk(work, call.who, action, wanted, changes, call.now)
        return {"operationId": graph.job.number, "matched": matched}

    done = await call.house.database.write(act)
    if done is None:
        return Response(status_code=204)
    return JSONResponse(done, 200 if dry else 202)


def filter_of(work: UnitOfWork, call: Call, name: str) -> JobFilter:
    """The jobs of an app that the query names. Raises InvalidInput, BatchNotFound."""
    request, batch = call.request, batch_asked(work, call)
    return JobFilter(
        states=states_asked(request) or (),
        types=names_of(app_named(work, call.who, name)),
        tags=tuple(words(request, "tags")),
        batch=None if batch is None else str(batch),
        correct=flag(request, "correct"),
        created_after=moment(request, "createdStartDate"),
        created_before=_behind(moment(request, "createdEndDate")),
        ended_after=moment(request, "completedStartDate"),
        ended_before=_behind(moment(request, "completedEndDate")),
        jobs=jobs_searched(work, call),
    )


def _behind(last: datetime | None) -> datetime | None:
    """The vendor's ends are within, the core's are not."""
    return None if last is None or last >= LAST else last + TICK


def _require_filter(call: Call) -> None:
    """A query that was forgotten shall not reach every job of an app."""
    if not any(call.request.query_params.get(name) for name in FILTERS):
        raise InvalidInput(
            f"Say which jobs are meant, by one of {', '.join(FILTERS)}; createdStartDate=1970-01-01"
            " names all.",
            field="idSearch",
        )


def _narrowed_more(call: Call) -> bool:
    return any(call.request.query_params.get(name) for name in FILTERS if name != "idSearch")


def _at_once(
    work: UnitOfWork,
    call: Call,
    jobs: tuple[JobNumber, ...],
    names: tuple[str, ...],
    changes: Mapping[str, Any],
) -> None:
    """Jobs of other apps are passed over: the query names none of theirs."""
    for number in jobs:
        graph = work.jobs.graph(number)
        if graph is None or graph.job.pipeline not in names:
            continue
        if changes:
            describe_job(work, call.who, number, changes, call.now)
        else:
            delete_job(work, call.who, number, call.now)


FILTERED_ROUTES = [
    route("/apps/{app}/jobs/tags", "PUT", add_tags),
    route("/apps/{app}/jobs/tags", "DELETE", remove_tags),
    route("/apps/{app}/jobs", "DELETE", delete_jobs),
]
