"""Reviews: the work list of people, and their answers."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import Body, Query, Response

from jobmill.api.answers import WITH_BODY, problems
from jobmill.api.downloads import JSON_DOCUMENT
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.reviews import (
    CheckOut,
    GiveAnswer,
    Review,
    ReviewChange,
    ReviewChangePage,
    ReviewPage,
    ReviewsQuery,
)
from jobmill.api.schemas.shared import PageQuery
from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import reviews as core
from jobmill.core.reviews.model import AnswerKind, RecordedChange
from jobmill.http.house import House
from jobmill.http.paging import decode_cursor, encode_cursor
from jobmill.http.reviewing import (
    AskedAnswer,
    give_answer,
    give_draft,
    read_document,
    read_draft,
)

router = native_router("reviews")


@router.get("/reviews", summary="List reviews", responses=problems(404, 422))
async def read_reviews(
    query: Annotated[ReviewsQuery, Query()], house: TheHouse, who: Caller
) -> ReviewPage:
    """The open reviews of the jobs that you see, oldest first: what there is to do."""
    now = house.clock.now()
    wanted = core.ReviewsWanted(
        states=tuple(query.state),
        steps=tuple(query.step),
        job=None if query.job is None else job_ref(query.job),
        pipelines=tuple(query.pipeline),
        mine=query.mine,
        claimed=query.claimed,
        after=0 if query.cursor is None else decode_cursor(query.cursor, 1)[0],
        limit=query.limit + 1,
    )
    found = await house.database.read(lambda work: core.list_reviews(work, who, wanted, now))
    shown = found[: query.limit]
    more = len(found) > query.limit
    return ReviewPage(
        items=[Review.of(view) for view in shown],
        next=encode_cursor(shown[-1].review.number) if more else None,
    )


@router.get("/reviews/{review}", summary="Get a review", responses=problems(404))
async def read_review(review: str, house: TheHouse, who: Caller) -> Review:
    """The question, who holds it, what was answered."""
    now = house.clock.now()
    return Review.of(
        await house.database.read(lambda work: core.get_review(work, who, review, now))
    )


@router.get(
    "/reviews/{review}/document",
    summary="Get a review's document",
    response_class=Response,
    responses={**problems(404), **JSON_DOCUMENT},
)
async def read_review_document(review: str, house: TheHouse, who: Caller) -> Response:
    """What there is to look at: of two people one after the other, the second finds what the first
    made of it. Of a review that was answered, what it handed on."""
    document, data = await read_document(house, who, review)
    return Response(data, media_type=document.media_type)


@router.post(
    "/reviews/{review}/checkout",
    summary="Check a review out",
    responses=problems(*WITH_BODY, 404, 409),
)
async def check_out(
    review: str, house: TheHouse, who: Caller, body: CheckOut | None = None
) -> Review:
    """Hold it for a while: nobody else may answer meanwhile. Again by who holds it: longer."""
    now, seconds = house.clock.now(), None if body is None else body.seconds
    return Review.of(
        await house.database.write(
            lambda work: core.checkout_review(work, who, review, now, seconds)
        )
    )


@router.post(
    "/reviews/{review}/renew",
    summary="Hold a review longer",
    responses=problems(*WITH_BODY, 404, 409),
)
async def renew(review: str, house: TheHouse, who: Caller, body: CheckOut | None = None) -> Review:
    """The claim lasts so long from now on; one that has expired is a 409."""
    now, seconds = house.clock.now(), None if body is None else body.seconds
    return Review.of(
        await house.database.write(lambda work: core.renew_review(work, who, review, now, seconds))
    )


@router.post(
    "/reviews/{review}/release", summary="Give a review back", responses=problems(404, 409)
)
async def release(review: str, house: TheHouse, who: Caller) -> Review:
    """Somebody else may take it; your draft stays yours."""
    now = house.clock.now()
    return Review.of(
        await house.database.write(lambda work: core.release_review(work, who, review, now))
    )


@router.get(
    "/reviews/{review}/draft",
    summary="Get your draft",
    response_class=Response,
    responses={**problems(404), **JSON_DOCUMENT, 204: {"description": "There is none."}},
)
async def read_my_draft(review: str, house: TheHouse, who: Caller) -> Response:
    """What you have saved of your work on it, also when your claim has expired since."""
    data = await read_draft(house, who, review)
    return (
        Response(status_code=204) if data is None else Response(data, media_type="application/json")
    )


@router.put(
    "/reviews/{review}/draft",
    summary="Save your draft",
    responses=problems(*WITH_BODY, 404, 409, 413),
)
async def write_my_draft(
    review: str, house: TheHouse, who: Caller, document: Annotated[Any, Body()]
) -> Review:
    """Keep what you have made of the document so far. Nobody else sees it."""
    return Review.of(await give_draft(house, who, review, document))


@router.post(
    "/reviews/{review}/answer",
    summary="Answer a review",
    responses=problems(*WITH_BODY, 404, 409, 413),
)
async def answer(review: str, body: GiveAnswer, house: TheHouse, who: Caller) -> Review:
    """Confirm the document, hand in an edited one, or send the work back; you must hold the review.

    The job goes on at once when nobody else has to answer. An edit that comes after your claim
    expired is refused (409 `claim_expired`) and kept as your draft.
    """
    edits = "document" in body.model_fields_set
    kind = AnswerKind(body.answer)
    if edits != (kind is AnswerKind.EDIT):
        raise InvalidInput(
            "document: give the whole edited document with `edit`, and only then.",
            field="document",
        )
    asked = AskedAnswer(kind, body.document, body.comment, body.to)
    return Review.of(await give_answer(house, who, review, asked))


@router.get("/reviews/{review}/changes", summary="List a review's changes", responses=problems(404))
async def read_review_changes(
    review: str, query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> ReviewChangePage:
    """Who changed what in the document, from what to what."""

    def find(work: UnitOfWork, after: tuple[int, int]) -> Sequence[RecordedChange]:
        return core.review_changes(work, who, review, after, query.limit + 1)

    return await _changes(house, query, find)


@router.get("/jobs/{job}/changes", summary="List a job's changes", responses=problems(404))
async def read_job_changes(
    job: str, query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> ReviewChangePage:
    """What people changed in all reviews of a job, in their order."""

    def find(work: UnitOfWork, after: tuple[int, int]) -> Sequence[RecordedChange]:
        return core.job_changes(work, who, job_ref(job), after, query.limit + 1)

    return await _changes(house, query, find)


async def _changes(
    house: House,
    query: PageQuery,
    find: Callable[[UnitOfWork, tuple[int, int]], Sequence[RecordedChange]],
) -> ReviewChangePage:
    after = (0, -1)
    if query.cursor is not None:
        answered, place = decode_cursor(query.cursor, 2)
        after = answered, place

    def read(work: UnitOfWork) -> ReviewChangePage:
        found = find(work, after)
        shown, people = found[: query.limit], core.people_of(work, found)
        following = None
        if len(found) > query.limit:
            following = encode_cursor(shown[-1].answer.number, shown[-1].position)
        return ReviewChangePage(
            items=[ReviewChange.of(each, people) for each in shown], next=following
        )

    return await house.database.read(read)
