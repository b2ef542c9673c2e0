"""Pages of reviews, and of what their answers changed, in SQL."""

from collections.abc import Sequence
from typing import Any

from jobmill.adapters.sql.connection import Connection, micros, placeholders
from jobmill.adapters.sql.review_rows import REVIEWS, answer_of, change_of, review_of
from jobmill.adapters.sql.seeing import SEES_JOB
from jobmill.core.ids import JobNumber, UserNumber
from jobmill.core.reviews.model import RecordedChange, Review, ReviewNumber, ReviewState
from jobmill.core.reviews.ports import ReviewQuery

_HELD = """EXISTS (SELECT 1 FROM review_claim AS claim WHERE claim.review = review.number
    AND claim.ended_at IS NULL AND claim.expires_at > :now)"""
_MINE = """review.number IN (SELECT claim.review FROM review_claim AS claim
    WHERE claim.user = :holder AND claim.ended_at IS NULL AND claim.expires_at > :now)"""


def find_reviews(db: Connection, query: ReviewQuery) -> Sequence[Review]:
    """A page, oldest first: one walk along an index of the organization or of the job."""
    where = ["review.organization = :organization", "review.number > :after", "job.deleted = 0"]
    values: dict[str, Any] = {
        "organization": query.organization,
        "after": query.after,
        "now": micros(query.now),
    }
    if len(query.states) == 1:
        # As a literal: so the index of open reviews can be walked.
        where.append(f"review.state = '{query.states[0].value}'")
    elif query.states:
        marks, named = placeholders("state", query.states)
        where.append(f"review.state IN ({marks})")
        values |= named
    for name, column, words in (
        ("step", "review.step", query.steps),
        ("pipeline", "job.pipeline", query.pipelines),
    ):
        if len(words) == 1:
            where.append(f"{column} = :{name}")
            values[name] = words[0]
        elif words:
            marks, named = placeholders(name, words)
            where.append(f"{column} IN ({marks})")
            values |= named
    if query.job is not None:
        where.append("review.job = :job")
        values["job"] = query.job
    if query.holder is not None:
        where.append(_MINE)
        values["holder"] = query.holder
    if query.claimed is not None:
        where.append(_HELD if query.claimed else f"NOT {_HELD}")
    if query.seen_by is not None:
        where.append(SEES_JOB)
        values["viewer"] = query.seen_by
    rows = db.all(
        f"{_walking(query)} WHERE {' AND '.join(where)} ORDER BY review.number LIMIT :limit",
        limit=query.limit,
        **values,
    )
    return [review_of(row) for row in rows]


def _walking(query: ReviewQuery) -> str:
    """The planner does not know that few reviews are open, or of one job."""
    index = None
    if query.holder is not None:
        return REVIEWS
    if query.job is not None:
        index = "ix_review_job"
    elif query.states == (ReviewState.OPEN,):
        index = "ix_review_step" if len(query.steps) == 1 else "ix_review_open"
    if index is None:
        return REVIEWS
    return REVIEWS.replace("FROM review JOIN", f"FROM review INDEXED BY {index} JOIN", 1)


def changes_of(
    db: Connection,
    job: JobNumber,
    review: ReviewNumber | None,
    hidden: Sequence[ReviewNumber],
    viewer: UserNumber,
    after: tuple[int, int],
    limit: int,
) -> Sequence[RecordedChange]:
    """A page of changes, by answer and position."""
    marks, named = placeholders("hidden", hidden)
    rows = db.all(
        f"""SELECT change.*, answer.review FROM review_answer AS answer
            JOIN review_change AS change ON change.answer = answer.number
            JOIN review ON review.number = answer.review
            WHERE review.job = :job AND (:review IS NULL OR review.number = :review)
                AND (answer.review NOT IN ({marks}) OR answer.user = :viewer)
                AND (answer.number, change.position) > (:answer, :position)
            ORDER BY answer.number, change.position LIMIT :limit""",  # noqa: S608
        job=job,
        review=review,
        viewer=viewer,
        answer=after[0],
        position=after[1],
        limit=limit,
        **named,
    )
    answers = {number: _answer(db, number) for number in {row["answer"] for row in rows}}
    reviews = {number: _review(db, number) for number in {row["review"] for row in rows}}
    return [
        change_of(row, answer_of(answers[row["answer"]]), reviews[row["review"]]) for row in rows
    ]


def _answer(db: Connection, number: int) -> Any:
    return db.one("SELECT * FROM review_answer WHERE number = :number", number=number)


def _review(db: Connection, number: int) -> Review:
    row = db.one(f"{REVIEWS} WHERE review.number = :number", number=number)
    assert row is not None  # noqa: S101  an answer belongs to it
    return review_of(row)
