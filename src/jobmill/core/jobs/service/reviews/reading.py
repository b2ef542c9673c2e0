"""List and read reviews: who holds them, what was answered, what it changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from jobmill.core.accounts import Principal, Right, User
from jobmill.core.errors import PartNotFound
from jobmill.core.ids import JobNumber, JobRef, UserNumber
from jobmill.core.jobs.access import answers_step, review_in_sight, visible_job, visible_review
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.model import JobGraph, Part
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.asking import document_read
from jobmill.core.pipelines import OnTimeout
from jobmill.core.reviews.agreement import Standing, hides, latest_edit, standing_of
from jobmill.core.reviews.model import (
    Answer,
    Claim,
    Document,
    Draft,
    RecordedChange,
    Review,
    ReviewState,
)
from jobmill.core.reviews.ports import ReviewQuery

MOST = 1000


@dataclass(frozen=True, slots=True)
class ReviewsWanted:
    """Which reviews to list; see `ReviewQuery`. `mine`: those that the caller holds."""

    states: tuple[ReviewState, ...] = (ReviewState.OPEN,)
    steps: tuple[str, ...] = ()
    job: JobRef | None = None
    pipelines: tuple[str, ...] = ()
    mine: bool = False
    claimed: bool | None = None
    after: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review as one caller sees it: live claims, the answers that they may know, the people
    behind both, whether they may answer, and their own claim."""

    review: Review
    claims: tuple[Claim, ...]
    answers: tuple[Answer, ...]
    people: Mapping[UserNumber, User]
    standing: Standing
    may_answer: bool
    given: int = 0
    claim: Claim | None = None
    graph: JobGraph | None = field(default=None, repr=False)


def list_reviews(
    work: UnitOfWork, who: Principal, wanted: ReviewsWanted, now: datetime
) -> Sequence[ReviewView]:
    """A page of the reviews of jobs that the caller sees, oldest first."""
    who.require(Right.JOBS_READ)
    job = None if wanted.job is None else visible_job(work, who, wanted.job).job.number
    query = ReviewQuery(
        organization=who.organization,
        now=now,
        states=wanted.states,
        steps=wanted.steps,
        job=job,
        pipelines=wanted.pipelines,
        holder=who.user if wanted.mine else None,
        claimed=wanted.claimed,
        seen_by=None if who.admin else who.user,
        after=wanted.after,
        limit=min(wanted.limit, MOST),
    )
    return views_of(work, who, work.reviews.find(query), now)


def open_reviews(
    work: UnitOfWork, who: Principal, jobs: Sequence[JobNumber], now: datetime
) -> Mapping[JobNumber, Sequence[ReviewView]]:
    """The open reviews of jobs that the caller sees (who asks has made sure), by job."""
    found: dict[JobNumber, list[ReviewView]] = {}
    reviews = work.reviews.of_jobs(jobs) if jobs else ()
    for view in views_of(work, who, reviews, now):
        found.setdefault(view.review.job, []).append(view)
    return found


def get_review(work: UnitOfWork, who: Principal, review: str, now: datetime) -> ReviewView:
    """One review. Raises ReviewNotFound."""
    who.require(Right.JOBS_READ)
    return shown_review(work, who, review, now)


def shown_review(work: UnitOfWork, who: Principal, review: str, now: datetime) -> ReviewView:
    """One review for somebody who has just acted on it: that needs no right to read jobs."""
    found, graph = review_in_sight(work, who, review)
    return replace(views_of(work, who, [found], now)[0], graph=graph)


def views_of(
    work: UnitOfWork, who: Principal, reviews: Sequence[Review], now: datetime
) -> list[ReviewView]:
    """Reviews as the caller sees them."""
    people: dict[UserNumber, User] = {}
    held: dict[int, list[Claim]] = {}
    for claim in work.reviews.claims_of([review.number for review in reviews]) if reviews else ():
        if claim.live(now):
            held.setdefault(claim.review, []).append(claim)
    graphs = {job: work.jobs.graph(job) for job in {review.job for review in reviews}}
    views = []
    for review in reviews:
        answers = tuple(work.reviews.answers(review.number))
        standing = standing_of(review.spec, answers)
        hidden = review.state is ReviewState.OPEN
        shown = tuple(
            each
            for each in answers
            if not (hidden and hides(review.spec, standing, each, who.user))
        )
        claims = tuple(held.get(review.number, ()))
        users = {claim.user for claim in claims} | {answer.user for answer in shown}
        for user in users - people.keys():
            known = work.accounts.user(user)
            if known is not None:
                people[user] = known
        mine = next((claim for claim in claims if claim.user == who.user), None)
        graph = graphs[review.job]
        can = graph is not None and answers_step(work, who, graph.job, review.step)
        if can and review.spec.on_timeout is OnTimeout.REASSIGN:
            can = who.user not in work.reviews.left_out(review.number)
        views.append(
            ReviewView(review, claims, shown, people, standing, can, len(answers), mine, graph)
        )
    return views


def review_document(work: UnitOfWork, who: Principal, review: str) -> tuple[Review, Document]:
    """What the next person looks at: the document, with what those before made of it.

    Of a review that has ended, what it handed on; of one that sent the work back, what it was
    about as long as that is kept. Raises ReviewNotFound, PartNotFound.
    """
    found, graph = visible_review(work, who, review)
    return found, _document(work, graph, found)


def _document(work: UnitOfWork, graph: JobGraph, review: Review) -> Document:
    task = graph.task(review.task)
    if review.state is ReviewState.OPEN:
        edited = latest_edit(review.spec, work.reviews.answers(review.number))
        return edited or document_of(document_read(work, graph, task))
    if task.generation == review.generation:
        written = work.parts.after(task.number, OUT, 0, 1)
        if written:
            return document_of(written[0])
    raise PartNotFound("The review has ended, and nothing was handed on.")


def document_of(part: Part) -> Document:
    """A part as the document of a review."""
    return Document(part.size, part.document, part.sha256, part.media_type)


def my_draft(work: UnitOfWork, who: Principal, review: str) -> tuple[Review, Draft | None]:
    """What the caller has made of it so far. Raises ReviewNotFound."""
    found, _ = visible_review(work, who, review)
    return found, work.reviews.draft(found.number, who.user)


def review_changes(
    work: UnitOfWork, who: Principal, review: str, after: tuple[int, int], limit: int
) -> Sequence[RecordedChange]:
    """What answers to a review changed, behind (answer's number, position). Raises
    ReviewNotFound."""
    found, _ = visible_review(work, who, review)
    return _changes(work, who, found.job, found, after, limit)


def job_changes(
    work: UnitOfWork, who: Principal, job: JobRef, after: tuple[int, int], limit: int
) -> Sequence[RecordedChange]:
    """What people changed in all reviews of a job. Raises JobNotFound."""
    graph = visible_job(work, who, job)
    return _changes(work, who, graph.job.number, None, after, limit)


def _changes(
    work: UnitOfWork,
    who: Principal,
    job: JobNumber,
    review: Review | None,
    after: tuple[int, int],
    limit: int,
) -> Sequence[RecordedChange]:
    hidden = [
        each.number
        for each in work.reviews.of_jobs([job])
        if each.spec.apart and not _known(work, each)
    ]
    number = None if review is None else review.number
    return work.reviews.changes(job, number, hidden, who.user, after, limit)


def _known(work: UnitOfWork, review: Review) -> bool:
    return standing_of(review.spec, work.reviews.answers(review.number)).arbiter


def people_of(work: UnitOfWork, changes: Sequence[RecordedChange]) -> Mapping[UserNumber, User]:
    """Who made these changes."""
    users = {change.answer.user for change in changes}
    found = {user: work.accounts.user(user) for user in users}
    return {user: known for user, known in found.items() if known is not None}
