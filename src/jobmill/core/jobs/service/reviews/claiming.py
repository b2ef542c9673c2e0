"""Take a review, keep it, give it back, keep a draft; and what time does to claims."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobmill.core.accounts import Principal
from jobmill.core.errors import (
    AnsweredAlready,
    ClaimExpired,
    JobEnded,
    LeftOut,
    ReviewClaimed,
    ReviewClosed,
    ReviewNotClaimed,
)
from jobmill.core.events import EventType, NewEvent
from jobmill.core.jobs.access import answerable_review
from jobmill.core.jobs.model import Job, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.reviews.reading import ReviewView, shown_review
from jobmill.core.jobs.states import ENDED_JOBS
from jobmill.core.pipelines.review_spec import claim_seconds
from jobmill.core.reviews.agreement import standing_of
from jobmill.core.reviews.model import (
    Answer,
    Claim,
    ClaimEnd,
    Document,
    Review,
    ReviewState,
)

BATCH = 100


def checkout_review(
    work: UnitOfWork, who: Principal, review: str, now: datetime, seconds: int | None = None
) -> ReviewView:
    """Take a review for a while: nobody else may answer in this place until the claim ends.

    Who holds it already holds it longer. `seconds` instead of what the review says. Raises
    ReviewClaimed, AnsweredAlready, LeftOut, ReviewClosed, JobEnded.
    """
    found, graph = open_review(work, who, review)
    until = _until(found, now, seconds)
    answers = work.reviews.answers(found.number)
    live = _live_claims(work, graph.job, found, now)
    mine = next((claim for claim in live if claim.user == who.user), None)
    if mine is not None:
        work.reviews.extend(mine.number, _in_time(found, until))
        return shown_review(work, who, review, now)
    if who.user in work.reviews.left_out(found.number):
        raise LeftOut
    standing = standing_of(found.spec, answers)
    _check_another(who, answers, arbiter=standing.arbiter)
    if len(live) >= standing.places:
        raise ReviewClaimed(_held_by(work, live[-1]))
    work.reviews.claim(found.number, who.user, now, until)
    ask_on(work, found, now)
    _tell(work, graph.job, found, EventType.REVIEW_CLAIMED, who.user_name, now,
          until=until.isoformat())  # fmt: skip
    return shown_review(work, who, review, now)


def renew_review(
    work: UnitOfWork, who: Principal, review: str, now: datetime, seconds: int | None = None
) -> ReviewView:
    """Hold it longer, counted from now. Raises ClaimExpired, ReviewNotClaimed, ReviewClosed."""
    found, _ = open_review(work, who, review)
    claim = my_claim(work, who, found, now)
    work.reviews.extend(claim.number, _in_time(found, _until(found, now, seconds)))
    return shown_review(work, who, review, now)


def _until(review: Review, now: datetime, seconds: int | None) -> datetime:
    """How long a claim lasts that begins now: never longer than there is time to answer."""
    spec = review.spec
    lasts = spec.claim_seconds if seconds is None else claim_seconds(seconds, "seconds")
    if spec.time_limit_s is not None:
        lasts = min(lasts, spec.time_limit_s)
    return now + timedelta(seconds=lasts)


def _in_time(review: Review, until: datetime) -> datetime:
    return until if review.due_at is None else min(until, review.due_at)


def ask_on(work: UnitOfWork, review: Review, now: datetime) -> None:
    """Somebody took it, or answered: there is all the time again for what comes next."""
    if review.spec.time_limit_s is not None:
        until = now + timedelta(seconds=review.spec.time_limit_s)
        work.reviews.ask_until(review.number, until, review.retries)


def release_review(work: UnitOfWork, who: Principal, review: str, now: datetime) -> ReviewView:
    """Give it back to the queue; a draft stays. Raises ReviewNotClaimed, ReviewClosed."""
    found, graph = open_review(work, who, review)
    claim = my_claim(work, who, found, now)
    work.reviews.end_claim(claim.number, ClaimEnd.RELEASED, now)
    _tell(work, graph.job, found, EventType.REVIEW_RELEASED, who.user_name, now)
    return shown_review(work, who, review, now)


def save_draft(
    work: UnitOfWork, who: Principal, review: str, document: Document, now: datetime
) -> ReviewView:
    """Keep what the caller has made so far; only they see it. Raises ClaimExpired and its kin."""
    found, _ = open_review(work, who, review)
    my_claim(work, who, found, now)
    keep_draft(work, who, found, document, now)
    return shown_review(work, who, review, now)


def keep_refused(
    work: UnitOfWork, who: Principal, review: str, document: Document, now: datetime
) -> bool:
    """An edit came too late, and the review is still open: it is kept as the caller's draft."""
    found, _ = answerable_review(work, who, review)
    if found.state is not ReviewState.OPEN:
        return False
    keep_draft(work, who, found, document, now)
    return True


def keep_draft(
    work: UnitOfWork, who: Principal, review: Review, document: Document, now: datetime
) -> None:
    """Take the place of the caller's draft."""
    for unused in work.reviews.save_draft(review, who.user, document, now):
        work.drop_blob(review.organization, unused)


def open_review(work: UnitOfWork, who: Principal, review: str) -> tuple[Review, JobGraph]:
    """A review that the caller may answer, and that is open. Raises JobEnded, ReviewClosed."""
    found, graph = answerable_review(work, who, review)
    if found.state is ReviewState.OPEN:
        return found, graph
    if found.state is ReviewState.ANSWERED:
        raise ReviewClosed("The review has been answered.")
    job = graph.job
    if job.cancel_requested or job.state in ENDED_JOBS:
        raise JobEnded(f"The job is {job.state.value}: nobody is asked any more.")
    raise ReviewClosed("The job was sent back: its work is done again, and asked about anew.")


def my_claim(work: UnitOfWork, who: Principal, review: Review, now: datetime) -> Claim:
    """The caller's live claim. Raises ClaimExpired, ReviewClaimed, ReviewNotClaimed."""
    claims = work.reviews.claims(review.number)
    mine = next((claim for claim in claims if claim.user == who.user), None)
    if mine is not None and mine.live(now):
        return mine
    held = [claim for claim in claims if claim.live(now)]
    if mine is None and held:
        raise ReviewClaimed(_held_by(work, held[-1]))
    ended = mine.expires_at if mine else work.reviews.lapsed(review.number, who.user)
    if ended is None:
        raise ReviewNotClaimed
    raise ClaimExpired(f"Your claim expired at {ended.isoformat()}; check the review out again.")


def expire_claims(work: UnitOfWork, now: datetime) -> int:
    """End up to a batch of claims whose time is over; how many there were."""
    due = work.reviews.expired(now, BATCH)
    for number, claim in due:
        graph = work.jobs.lock(number)
        review = next(
            (each for each in work.reviews.of_jobs([number]) if each.number == claim.review), None
        )
        if graph is not None and review is not None:
            end_expired(work, graph.job, review, claim, now)
        else:
            work.reviews.end_claim(claim.number, ClaimEnd.EXPIRED, now)
    return len(due)


def _live_claims(work: UnitOfWork, job: Job, review: Review, now: datetime) -> list[Claim]:
    """Those that hold; what has expired is ended, so that its place is free."""
    live = []
    for claim in work.reviews.claims(review.number):
        if claim.live(now):
            live.append(claim)
            continue
        end_expired(work, job, review, claim, now)
    return live


def _check_another(who: Principal, answers: Sequence[Answer], *, arbiter: bool) -> None:
    if any(answer.user == who.user for answer in answers) and not (arbiter and who.admin):
        raise AnsweredAlready


def _held_by(work: UnitOfWork, claim: Claim) -> str:
    user = work.accounts.user(claim.user)
    name = user.name if user is not None else "somebody"
    return f"{name!r} holds the review until {claim.expires_at.isoformat()}."


def end_expired(work: UnitOfWork, job: Job, review: Review, claim: Claim, now: datetime) -> None:
    """The time of a claim is over."""
    work.reviews.end_claim(claim.number, ClaimEnd.EXPIRED, now)
    user = work.accounts.user(claim.user)
    name = "" if user is None else user.name
    _tell(work, job, review, EventType.REVIEW_LAPSED, name, now)


def _tell(
    work: UnitOfWork,
    job: Job,
    review: Review,
    event: EventType,
    user: str,
    now: datetime,
    **more: object,
) -> None:
    data = {"review": review.id, "step": review.step, "user": user, **more}
    announce(work, job, [NewEvent(event, review.task_name, data)], now)
