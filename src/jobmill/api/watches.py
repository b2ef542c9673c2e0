"""Watched folders: make, list, pause, resume, delete; what they took."""

import asyncio
import base64
import binascii
import json
from datetime import datetime
from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.watches import (
    CreateWatch,
    TakenFile,
    TakenFilePage,
    TakenFilesQuery,
    Watch,
    WatchesQuery,
    WatchPage,
)
from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.service import watches as core
from jobmill.http.paging import decode_cursor, encode_cursor

router = native_router("watches")


@router.post(
    "/watches",
    status_code=201,
    summary="Watch a folder",
    responses={**answer(201, "The watch.", LOCATION), **problems(*WITH_BODY, 404)},
)
async def create_watch(
    body: CreateWatch, response: Response, house: TheHouse, who: Caller
) -> Watch:
    """Every new or changed file of the folder starts a job, once, as the caller."""
    rule, outside, now = body.rule(), house.outside, house.clock.now()
    lying = await asyncio.to_thread(core.lying_there, outside, house.walk, who, rule)
    made = await house.database.write(
        lambda work: core.create_watch(work, outside, who, rule, lying, now)
    )
    response.headers["Location"] = f"{PREFIX}/watches/{made.id}"
    return Watch.of(made)


@router.get("/watches", summary="List watches", responses=problems())
async def read_watches(
    query: Annotated[WatchesQuery, Query()], house: TheHouse, who: Caller
) -> WatchPage:
    """Your watches, newest first; an admin's list has all of the organization."""
    before = decode_cursor(query.cursor, 1)[0] if query.cursor is not None else None
    found = await house.database.read(
        lambda work: core.list_watches(work, who, before, query.limit + 1)
    )
    shown = found[: query.limit]
    following = encode_cursor(shown[-1].number) if len(found) > query.limit else None
    return WatchPage(items=[Watch.of(each) for each in shown], next=following)


@router.get("/watches/{watch}", summary="Get a watch", responses=problems(404))
async def read_watch(watch: str, house: TheHouse, who: Caller) -> Watch:
    """Its rule, and why it cannot go on, if it cannot."""
    return Watch.of(await house.database.read(lambda work: core.get_watch(work, who, watch)))


@router.get("/watches/{watch}/files", summary="List taken files", responses=problems(404))
async def read_files(
    watch: str, query: Annotated[TakenFilesQuery, Query()], house: TheHouse, who: Caller
) -> TakenFilePage:
    """The files that it took, the latest first, with the jobs that they started."""
    before = None if query.cursor is None else _place(query.cursor)
    found = await house.database.read(
        lambda work: core.taken_files(work, who, watch, before, query.limit + 1)
    )
    shown = found[: query.limit]
    following = None
    if len(found) > query.limit:
        following = _cursor(shown[-1].taken_at, shown[-1].path)
    return TakenFilePage(items=[TakenFile.of(each) for each in shown], next=following)


@router.post("/watches/{watch}/pause", summary="Pause a watch", responses=problems(404))
async def pause_watch(watch: str, house: TheHouse, who: Caller) -> Watch:
    """Nothing is started until it is resumed; then what came or changed meanwhile is."""
    return Watch.of(
        await house.database.write(lambda work: core.pause_watch(work, who, watch, True))
    )


@router.post("/watches/{watch}/resume", summary="Resume a watch", responses=problems(404))
async def resume_watch(watch: str, house: TheHouse, who: Caller) -> Watch:
    """Goes on where it was paused."""
    return Watch.of(
        await house.database.write(lambda work: core.pause_watch(work, who, watch, False))
    )


@router.delete(
    "/watches/{watch}",
    status_code=204,
    response_class=Response,
    summary="Delete a watch",
    responses=problems(404),
)
async def remove_watch(watch: str, house: TheHouse, who: Caller) -> None:
    """End it; the jobs that it started stay."""
    await house.database.write(lambda work: core.delete_watch(work, who, watch))


def _cursor(at: datetime, path: str) -> str:
    text = json.dumps([at.isoformat(), path])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, str]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        at, path = json.loads(text)
        place = datetime.fromisoformat(at), str(path)
        place[1].encode()
    except (ValueError, TypeError, binascii.Error):
        place = None
    if place is None or place[0].tzinfo is None:
        raise InvalidInput(
            "cursor: not a cursor of this list; leave it out, or use the `next` of a page.",
            field="cursor",
        )
    return place
