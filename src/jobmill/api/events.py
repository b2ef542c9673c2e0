"""A job's events: as a list, or live."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import Header, Query, Request, Response
from pydantic import Field

from jobmill.api.answers import Answers, problems
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.progress import Progress, job_progress
from jobmill.api.schemas.shared import Answer, PageQuery
from jobmill.api.schemas.tasks import Event, EventPage
from jobmill.core.accounts import Principal
from jobmill.core.errors import JobNotFound, NotAuthenticated
from jobmill.core.ids import JobRef
from jobmill.core.jobs import JobState
from jobmill.core.jobs.estimate import outlook_of
from jobmill.core.jobs.service import JobView, JobWatch, job_events, job_outlook_basis, watch_job
from jobmill.core.speeds import Learnt
from jobmill.http.house import House
from jobmill.http.paging import NUMBER_LIMIT, decode_cursor, encode_cursor
from jobmill.http.sse import (
    KEEP_ALIVE,
    MEDIA_TYPE,
    event_stream,
    frame,
    last_event_id,
    wants_stream,
)
from jobmill.http.watching import watch

router = native_router("events")
KEEP_ALIVE_SECONDS = 15.0
_STREAM: Answers = {
    200: {
        "description": "A page, or a live stream when asked for `text/event-stream`.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
    },
    204: {"description": "Nothing more to stream: the job has ended and all of it was told."},
}


class EventsQuery(PageQuery):
    """Which events."""

    after: int | None = Field(None, ge=0, le=NUMBER_LIMIT, description="Only later events.")


class ProgressFrame(Answer):
    """What a `progress` event of the stream holds."""

    state: JobState
    progress: Progress


@router.get(
    "/jobs/{job}/events",
    summary="List or stream a job's events",
    response_model=EventPage,
    responses={**problems(404), **_STREAM},
)
async def read_events(
    job: str,
    query: Annotated[EventsQuery, Query()],
    request: Request,
    house: TheHouse,
    who: Caller,
    last_event: Annotated[
        str | None, Header(alias="Last-Event-ID", description="Go on after this event.")
    ] = None,
) -> EventPage | Response:
    """Events, oldest first. With `Accept: text/event-stream` they come live.

    In the stream each event's id is its number, from which `Last-Event-ID` (or `after`) resumes;
    `progress` events without an id come between them, five a second at most. The stream ends
    behind the event that ends the job; a stream resumed after that is a 204.
    """
    after = decode_cursor(query.cursor, 1)[0] if query.cursor is not None else query.after or 0
    if wants_stream(request):
        return await _stream(house, who, job_ref(job), last_event_id(request) or after)
    events = await house.database.read(
        lambda work: job_events(work, who, job_ref(job), after, query.limit + 1)
    )
    shown = events[: query.limit]
    return EventPage(
        items=[Event.of(event) for event in shown],
        next=encode_cursor(shown[-1].number) if len(events) > query.limit else None,
    )


async def _stream(house: House, who: Principal, job: JobRef, after: int) -> Response:
    first = await house.database.read(lambda work: watch_job(work, who, job, after))
    if first.over and not first.events:
        return Response(status_code=204)
    return event_stream(_frames(house, who, first.graph.job.number, after))


async def _frames(house: House, who: Principal, job: JobRef, after: int) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    told, sent_at = None, clock()
    try:
        learnt = await house.database.read(lambda work: job_outlook_basis(work, who, job))
        async for look in watch(house, who, job, after, KEEP_ALIVE_SECONDS):
            frames = [
                frame(Event.of(event).model_dump_json(), event.type, event.number)
                for event in look.events
            ]
            progress = _progress(look, learnt, house.clock.now())
            if (now_at := _standing(progress)) != told and not look.over:
                frames.append(frame(progress.model_dump_json(), "progress"))
                told = now_at
            if not frames and clock() - sent_at >= KEEP_ALIVE_SECONDS:
                frames.append(KEEP_ALIVE)
            if frames:
                sent_at = clock()
                yield b"".join(frames)
    except JobNotFound:
        yield frame("{}", "job.deleted")
    except NotAuthenticated:
        return  # the key or the session has ended, and the stream with it


def _progress(look: JobWatch, learnt: Learnt, now: datetime) -> ProgressFrame:
    shown = job_progress(JobView(look.graph, {}, None, outlook_of(look.graph, learnt, now)))
    return ProgressFrame(state=look.graph.job.state, progress=shown)


def _standing(progress: ProgressFrame) -> tuple[object, ...]:
    """What makes a frame worth sending: time alone, which changes what is left, does not."""
    features = progress.progress.features
    return progress.state, *((each.done, each.total, each.updated_at) for each in features)
