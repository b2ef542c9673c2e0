"""Handler of pushes: bytes for the jobs that wait for them at an endpoint.

One push is the whole input of each task that waits there; a job begins when none of its tasks waits
for bytes any more.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.accounts import Right
from jobmill.core.errors import Conflict, InvalidInput, NotFound
from jobmill.core.items import Asset, Naming, StoredBytes, add_upload
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import JobQuery, UnitOfWork
from jobmill.core.jobs.service import JobInput, give_input, list_jobs, unpark_job
from jobmill.core.jobs.states import JobState
from jobmill.dialects.aiware.edge.call import call_of, route
from jobmill.dialects.aiware.edge.mapping.endpoints import hungry, tag_of
from jobmill.dialects.aiware.edge.mapping.uuids import is_uuid
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.http.limits import chunks_of
from jobmill.http.receiving import drop_unnamed

MOST_JOBS = 1000


async def push(request: Request) -> Response:
    """`POST proc/endpoint/{endpoint}`: the bytes of the body, whatever they are."""
    call, endpoint = await call_of(request), request.path_params["endpoint"].lower()
    if not is_uuid(endpoint):
        raise NotFound(f"There is no endpoint {endpoint!r}.")
    who, house = call.who, call.house
    who.require(Right.JOBS_WRITE)
    who.require(Right.ASSETS_WRITE)
    media_type = request.headers.get("content-type") or "application/octet-stream"
    await house.database.read(lambda work: _waiting(work, call, endpoint))
    stored, cap = None, house.settings.max_upload
    try:
        async with house.blobs.holding():
            stored = kept = await house.blobs.put(who.organization, chunks_of(request, cap), cap)
            ids = await house.database.write(
                lambda work: _feed(work, call, endpoint, media_type, kept)
            )
    except BaseException:
        if stored is not None:
            await drop_unnamed(house, who.organization, stored)
        raise
    return JSONResponse({"internalJobIds": ids})


def _waiting(work: UnitOfWork, call: Call, endpoint: str) -> Sequence[JobGraph]:
    """The jobs that wait there. Raises NotFound, and Conflict where all have what they need."""
    query = JobQuery(call.who.organization, tags=(tag_of(endpoint),), limit=MOST_JOBS)
    views = list_jobs(work, call.catalog, call.who, query, call.now)
    if not views:
        raise NotFound(f"No job has a route with the endpoint {endpoint!r}.")
    found = [
        view.graph
        for view in views
        if view.graph.job.state is JobState.PARKED and hungry(view.graph, endpoint)
    ]
    if not found:
        raise Conflict("Every job with this endpoint has been given its bytes, or has ended.")
    return found


def _feed(
    work: UnitOfWork, call: Call, endpoint: str, media_type: str, stored: StoredBytes
) -> list[str]:
    if stored.size == 0:
        raise InvalidInput("Send the bytes as the body.", field="body")
    waiting = _waiting(work, call, endpoint)
    naming = Naming(f"endpoint-{endpoint}", media_type)
    asset = add_upload(work.assets, call.who, naming, stored, call.now)
    return [_feed_one(work, call, graph, endpoint, asset) for graph in waiting]


def _feed_one(work: UnitOfWork, call: Call, graph: JobGraph, endpoint: str, asset: Asset) -> str:
    number, outside = graph.job.number, call.house.outside
    for task in hungry(graph, endpoint):
        given = JobInput(asset=asset.handle)
        graph = give_input(work, outside, call.who, number, task.name, given, call.now)
    if not hungry(graph):
        unpark_job(work, call.who, number, call.now)
    return graph.job.id


PUSH_ROUTES: list[BaseRoute] = [route("/proc/endpoint/{endpoint}", "POST", push)]
