"""Handlers of the contents of jobs: listed and fetched as they appear."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.errors import AssetNotFound, InvalidInput
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.innodata.calls import base_of, caller_of
from jobmill.dialects.innodata.envelope import answer
from jobmill.dialects.innodata.mapping.contents import Content, content_document
from jobmill.dialects.innodata.seeing import all_contents, job_named
from jobmill.http.house import House, house_of
from jobmill.http.ranges import download_response
from jobmill.http.serving import asset_download, blob_download


async def list_contents(request: Request) -> Response:
    """`GET jobs/{id}/contents`."""
    house, who = house_of(request), (await caller_of(request)).who
    name, base = request.path_params["job"], base_of(request)

    def look(work: UnitOfWork) -> list[dict[str, object]]:
        graph = job_named(work, who, name)
        found = all_contents(work, who, graph)
        return [content_document(base, graph.job.id, each) for each in found]

    return answer({"contents": await house.database.read(look)})


async def read_content(request: Request) -> Response:
    """`GET jobs/{id}/contents/{role}`: the bytes as they are, or a range of them; where a role has
    several, `/2` and so on."""
    house, who = house_of(request), (await caller_of(request)).who
    name, role = request.path_params["job"], request.path_params["role"].lower()
    number = _number(request)

    def look(work: UnitOfWork) -> Content:
        for each in all_contents(work, who, job_named(work, who, name)):
            if (each.role, each.number) == (role, number):
                return each
        raise AssetNotFound(f"The job has no content {role!r} of number {number} (yet).")

    return await _bytes(request, house, await house.database.read(look))


async def _bytes(request: Request, house: House, content: Content) -> Response:
    if content.asset is not None:
        return await download_response(request, await asset_download(house, content.asset))
    if content.part is None:
        return JSONResponse(content.document)
    part = content.part
    if part.blob is None:
        return Response((part.document or "").encode(), media_type=part.media_type)
    who = (await caller_of(request)).who
    download = blob_download(house, who.organization, part.blob, part.media_type, content.name)
    return await download_response(request, download)


def _number(request: Request) -> int:
    given = request.path_params.get("number", "1")
    if not given.isdecimal() or len(given) > 9 or int(given) < 1:
        raise InvalidInput("number: contents of a role are counted from 1.", field="number")
    return int(given)
