"""What becomes of questions that nobody has answered in time: they are put to people anew, or their
job fails. Called by the maintenance; the rules are those of each review's own spec.
"""

from datetime import datetime, timedelta

from jobmill.core.accounts import User
from jobmill.core.engines import FailureClass
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import UserNumber
from jobmill.core.jobs.model import Failure, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.reviewing import unanswered
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.service.reviews.claiming import end_expired
from jobmill.core.jobs.sharing import holds_step
from jobmill.core.pipelines import OnTimeout
from jobmill.core.reviews.agreement import standing_of
from jobmill.core.reviews.model import Outcome, Review

BATCH = 100
PAGE = 200


def time_out_reviews(work: UnitOfWork, now: datetime) -> int:
    """Do what is due about up to a batch of reviews without an answer; how many there were."""
    due = work.reviews.overdue(now, BATCH)
    for review in due:
        graph = work.jobs.lock(review.job)
        assert graph is not None  # noqa: S101  reviews go with their jobs
        _time_out(work, graph, review, now)
    return len(due)


def _time_out(work: UnitOfWork, graph: JobGraph, review: Review, now: datetime) -> None:
    spec = review.spec
    for claim in work.reviews.claims(review.number):
        end_expired(work, graph.job, review, claim, now)
    if spec.on_timeout is OnTimeout.REASSIGN:
        work.reviews.leave_out_late(review.number)
    failure = _failure(work, graph, review)
    data = {
        "review": review.id,
        "step": review.step,
        "on_timeout": spec.on_timeout.value,
        "retries": review.retries if failure else review.retries + 1,
        "left_out": sorted(_names(work, work.reviews.left_out(review.number))),
    }
    event = NewEvent(EventType.REVIEW_TIMED_OUT, review.task_name, data)
    announce(work, graph.job, [event], now)
    if failure is None:
        until = now + timedelta(seconds=spec.time_limit_s or 0)
        work.reviews.ask_until(review.number, until, review.retries + 1)
        return
    for unused in work.reviews.close(review.number, Outcome.TIMED_OUT, now):
        work.drop_blob(review.organization, unused)
    closed = {"review": review.id, "step": review.step, "outcome": Outcome.TIMED_OUT.value}
    closing = NewEvent(EventType.REVIEW_CLOSED, review.task_name, closed)
    announce(work, graph.job, [closing], now)
    apply_change(work, unanswered(graph, graph.task(review.task), failure, now), now)


def _failure(work: UnitOfWork, graph: JobGraph, review: Review) -> Failure | None:
    """Why the job fails; None: somebody else may still answer."""
    spec = review.spec
    late = f"Nobody answered the review {review.step!r} within {spec.time_limit_s} s"
    task, limit = review.task_name, FailureClass.LIMIT
    if spec.on_timeout is OnTimeout.FAIL:
        return Failure("review_timed_out", f"{late}.", task, limit)
    if review.retries >= spec.max_retries:
        times = f"{late}, though asked {review.retries + 1} times."
        return Failure("review_timed_out", times, task, limit)
    if _somebody_left(work, graph, review):
        return None
    who = "share the job with somebody who has not been asked, and retry it"
    return Failure("nobody_left", f"{late}, and nobody is left to ask: {who}.", task, limit)


def _somebody_left(work: UnitOfWork, graph: JobGraph, review: Review) -> bool:
    """Whether anybody may answer who has neither done so nor let it pass."""
    answers = work.reviews.answers(review.number)
    passed = set(work.reviews.left_out(review.number))
    if not standing_of(review.spec, answers).arbiter:
        passed |= {answer.user for answer in answers}
    job, after = graph.job, 0
    while users := work.accounts.users(job.organization, after, PAGE):
        if any(
            user.number not in passed and _may_answer(work, graph, review, user) for user in users
        ):
            return True
        after = users[-1].number
    return False


def _may_answer(work: UnitOfWork, graph: JobGraph, review: Review, user: User) -> bool:
    steps = work.shares.steps(graph.job.number, user.number) or ()
    theirs = user.admin or user.number == graph.job.owner or holds_step(steps, review.step)
    return theirs and work.accounts.can_call(user.number)


def _names(work: UnitOfWork, users: frozenset[UserNumber]) -> list[str]:
    found = [work.accounts.user(user) for user in users]
    return [user.name for user in found if user is not None]
