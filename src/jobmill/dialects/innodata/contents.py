"""Handlers of the contents of jobs: listed, fetched as they appear, saved by who edits them."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.accounts import Principal
from jobmill.core.errors import AssetNotFound, InvalidInput, NotAllowed
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.innodata.calls import base_of, caller_of
from jobmill.dialects.innodata.envelope import answer
from jobmill.dialects.innodata.job_types import type_of_job
from jobmill.dialects.innodata.mapping.contents import Content, content_document
from jobmill.dialects.innodata.mapping.job_types import JSON
from jobmill.dialects.innodata.reviews import waiting_for
from jobmill.dialects.innodata.seeing import all_contents, job_named
from jobmill.http.house import House, house_of
from jobmill.http.limits import read_json
from jobmill.http.ranges import download_response
from jobmill.http.reviewing import give_draft, read_document, read_draft
from jobmill.http.serving import asset_download, blob_download


async def list_contents(request: Request) -> Response:
    """`GET jobs/{id}/contents`."""
    house, who = house_of(request), (await caller_of(request)).who
    name, base, now = request.path_params["job"], base_of(request), house.clock.now()

    def look(work: UnitOfWork) -> list[dict[str, object]]:
        graph = job_named(work, who, name)
        found = all_contents(work, who, graph, now)
        return [content_document(base, graph.job.id, each) for each in found]

    return answer({"contents": await house.database.read(look)})


async def read_content(request: Request) -> Response:
    """`GET jobs/{id}/contents/{role}`: the bytes as they are, or a range of them; where a role has
    several, `/2` and so on."""
    house, who = house_of(request), (await caller_of(request)).who
    name, role = request.path_params["job"], request.path_params["role"].lower()
    number, now = _number(request), house.clock.now()

    def look(work: UnitOfWork) -> Content:
        for each in all_contents(work, who, job_named(work, who, name), now):
            if (each.role, each.number) == (role, number):
                return each
        raise AssetNotFound(f"The job has no content {role!r} of number {number} (yet).")

    return await _bytes(request, house, who, await house.database.read(look))


async def save_content(request: Request) -> Response:
    """`PUT jobs/{id}/contents/{role}`: keep what the caller has made of the document that they have
    checked out. It counts when they check it in."""
    house, who = house_of(request), (await caller_of(request)).who
    name, role = request.path_params["job"], request.path_params["role"].lower()

    def look(work: UnitOfWork) -> str | None:
        found = type_of_job(work, job_named(work, who, name).job).content(role)
        return found.step if found is not None else None

    step = await house.database.read(look)
    if step is None:
        raise NotAllowed(f"The content {role!r} cannot be changed.")
    document = await read_json(request)
    view = await house.database.read(
        lambda work: waiting_for(work, who, name, house.clock.now(), step)
    )
    await give_draft(house, who, view.review.id, document)
    return answer({"role": role, "step": step, "saved": True})


async def _bytes(request: Request, house: House, who: Principal, content: Content) -> Response:
    if content.review is not None:
        draft = await read_draft(house, who, content.review)
        if draft is not None:
            return Response(draft, media_type=JSON)
        document, body = await read_document(house, who, content.review)
        return Response(body, media_type=document.media_type)
    if content.asset is not None:
        return await download_response(request, await asset_download(house, content.asset))
    if content.part is None:
        return JSONResponse(content.document)
    part = content.part
    if part.blob is None:
        return Response((part.document or "").encode(), media_type=part.media_type)
    download = blob_download(house, who.organization, part.blob, part.media_type, content.name)
    return await download_response(request, download)


def _number(request: Request) -> int:
    given = request.path_params.get("number", "1")
    if not given.isdecimal() or len(given) > 9 or int(given) < 1:
        raise InvalidInput("number: contents of a role are counted from 1.", field="number")
    return int(given)
