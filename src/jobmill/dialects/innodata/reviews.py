"""Handlers of the steps of people: check out, check in, release, send back."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobmill.core.accounts import Principal
from jobmill.core.errors import JobEnded, ReviewClosed
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import rewind_job
from jobmill.core.jobs.service.reviews import ReviewView, checkout_review, release_review
from jobmill.core.jobs.states import ENDED_JOBS
from jobmill.core.reviews.model import AnswerKind
from jobmill.dialects.innodata.calls import base_of, caller_of, read_optional
from jobmill.dialects.innodata.envelope import answer
from jobmill.dialects.innodata.job_types import type_of_job
from jobmill.dialects.innodata.json_documents import json_document
from jobmill.dialects.innodata.mapping.checking_in import CheckIn, read_check_in, rewind_to
from jobmill.dialects.innodata.mapping.job_types import JobType
from jobmill.dialects.innodata.mapping.jobs import job_document
from jobmill.dialects.innodata.mapping.reading import Fields, fields_of, wrong
from jobmill.dialects.innodata.seeing import job_named, reviews_of, see_job
from jobmill.http.house import House, house_of
from jobmill.http.limits import parse_json
from jobmill.http.reviewing import AskedAnswer, give_answer, read_draft


async def checkout(request: Request) -> Response:
    """`POST jobs/{id}/checkout`: the step that the job waits at, for the caller alone and for a
    time; again renews it. `step` where several wait, `seconds` instead of the usual time."""
    house, who = house_of(request), (await caller_of(request)).who
    fields, now, name = await _body(request), house.clock.now(), request.path_params["job"]
    step, seconds = fields.text("step"), fields.take("seconds")

    def take(work: UnitOfWork) -> None:
        view = waiting_for(work, who, name, now, step)
        checkout_review(work, who, view.review.id, now, seconds)

    await house.database.write(take)
    return await _shown(request, house, who)


async def release(request: Request) -> Response:
    """`POST jobs/{id}/release`: give the claim up; what was saved stays for who saved it."""
    house, who = house_of(request), (await caller_of(request)).who
    fields, now, name = await _body(request), house.clock.now(), request.path_params["job"]
    step = fields.text("step")

    def give(work: UnitOfWork) -> None:
        release_review(work, who, waiting_for(work, who, name, now, step).review.id, now)

    await house.database.write(give)
    return await _shown(request, house, who)


async def checkin(request: Request) -> Response:
    """`POST jobs/{id}/checkin`: the step is done. The document in the body counts, else what was
    saved, else the document as it was."""
    house, who = house_of(request), (await caller_of(request)).who
    given, name = read_check_in(await _body(request)), request.path_params["job"]
    now = house.clock.now()
    view, kind = await house.database.read(
        lambda work: (
            waiting_for(work, who, name, now, given.step),
            type_of_job(work, job_named(work, who, name).job),
        )
    )
    asked = await _answer(house, who, view, kind, given)
    await give_answer(house, who, view.review.id, asked)
    return await _shown(request, house, who)


async def rewind(request: Request) -> Response:
    """`POST jobs/{id}/rewind`: back to `step`, with a `comment`. Who has the job's step checked out
    sends it back; else who may steer the job has it run again from there."""
    house, who = house_of(request), (await caller_of(request)).who
    fields, now, name = await _body(request), house.clock.now(), request.path_params["job"]
    step, comment = fields.text("step"), fields.text("comment", "") or ""

    def look(work: UnitOfWork) -> tuple[ReviewView | None, JobGraph]:
        graph = job_named(work, who, name)
        held = (view for view in reviews_of(work, who, graph, now) if view.claim is not None)
        return next(held, None), graph

    held, graph = await house.database.read(look)
    to = rewind_to(graph, step, None if held is None else held.review.task_name)
    if held is not None:
        asked = AskedAnswer(AnswerKind.SEND_BACK, comment=comment, to=to)
        await give_answer(house, who, held.review.id, asked)
    else:
        await house.database.write(
            lambda work: rewind_job(work, who, graph.job.id, to, now, comment)
        )
    return await _shown(request, house, who)


def waiting_for(
    work: UnitOfWork, who: Principal, name: str, now: datetime, step: str | None = None
) -> ReviewView:
    """The review that the caller means: of the step, else the one that they hold, else one that
    they may answer. Raises JobEnded, ReviewClosed."""
    graph = job_named(work, who, name)
    open_ones = reviews_of(work, who, graph, now)
    views = [view for view in open_ones if step in (None, view.review.step)]
    if not views:
        job = graph.job
        if job.state in ENDED_JOBS or job.cancel_requested:
            raise JobEnded(f"The job is {job.state.value}: nobody is asked any more.")
        what = f"the step {step!r} does" if step else "no step does"
        raise ReviewClosed(f"The job is {job.state.value}: {what} not wait for a person now.")
    mine = [view for view in views if view.claim is not None]
    able = [view for view in views if view.may_answer]
    return (mine or able or views)[0]


async def _answer(
    house: House, who: Principal, view: ReviewView, kind: JobType, given: CheckIn
) -> AskedAnswer:
    document = given.document
    if given.uri is not None:
        edited = kind.edited_at(view.review.step)
        if edited is not None and given.role not in (None, edited.role):
            raise wrong("contents", f"the step {view.review.step!r} is about {edited.role!r}")
        document = await json_document(house, who, "contents", given.uri)
    if document is None and view.claim is not None:
        draft = await read_draft(house, who, view.review.id)
        document = None if draft is None else parse_json(draft)
    if document is None:
        return AskedAnswer(AnswerKind.CONFIRM, comment=given.comment)
    return AskedAnswer(AnswerKind.EDIT, document, given.comment)


async def _body(request: Request) -> Fields:
    given: Any = await read_optional(request)
    return fields_of({} if given is None else given, "body")


async def _shown(request: Request, house: House, who: Principal) -> Response:
    name, now = request.path_params["job"], house.clock.now()
    seen = await house.database.read(lambda work: see_job(work, who, name, now))
    return answer(job_document(base_of(request), seen))
