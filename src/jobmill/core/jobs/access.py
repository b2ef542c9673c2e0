"""Who sees a job, who steers it, whose it is: the one place where that is decided.

Owner and admins of the organization: all. Collaborators see it with its tasks, results, events and
files; those with the step `manage` also steer it, and those with the step of a review (or `*`)
answer it. Nobody else learns that it is there.
"""

from jobmill.core.accounts import Principal, Right, owns
from jobmill.core.errors import (
    Conflict,
    JobEnded,
    JobNotFound,
    NotAllowed,
    ReviewNotFound,
    TaskNotFound,
)
from jobmill.core.ids import JobRef
from jobmill.core.jobs.model import Job, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.sharing import MANAGE, holds_step
from jobmill.core.jobs.states import ENDED_JOBS
from jobmill.core.reviews.model import Review


def owns_job(who: Principal, job: Job) -> bool:
    """Whether the caller may remove and share the job."""
    return owns(who, job.organization, job.owner)


def steps_at(work: UnitOfWork, who: Principal, job: Job) -> frozenset[str] | None:
    """The steps that the caller holds as a collaborator; None for one who is none."""
    if job.organization != who.organization:
        return None
    return work.shares.steps(job.number, who.user)


def sees_job(work: UnitOfWork, who: Principal, job: Job) -> bool:
    """Whether the job is there for the caller at all."""
    return owns_job(who, job) or steps_at(work, who, job) is not None


def steers_job(work: UnitOfWork, who: Principal, job: Job) -> bool:
    """Whether the caller may cancel it, run it again, and the like."""
    return owns_job(who, job) or holds_step(steps_at(work, who, job) or (), MANAGE)


def answers_step(work: UnitOfWork, who: Principal, job: Job, step: str) -> bool:
    """Whether the caller may answer the job's reviews of this step."""
    return owns_job(who, job) or holds_step(steps_at(work, who, job) or (), step)


def visible_review(work: UnitOfWork, who: Principal, review: str) -> tuple[Review, JobGraph]:
    """A review whose job the caller sees, and the right to see it. Raises ReviewNotFound."""
    who.require(Right.JOBS_READ)
    return review_in_sight(work, who, review)


def review_in_sight(work: UnitOfWork, who: Principal, review: str) -> tuple[Review, JobGraph]:
    """A review whose job the caller sees, whatever their key may do. Raises ReviewNotFound."""
    found = work.reviews.get(who.organization, review)
    graph = work.jobs.lock(found.job) if found is not None else None
    if found is None or graph is None or not sees_job(work, who, graph.job):
        raise ReviewNotFound(f"There is no review {review!r}.")
    return found, graph


def answerable_review(work: UnitOfWork, who: Principal, review: str) -> tuple[Review, JobGraph]:
    """A review that the caller may answer, its job locked. Raises ReviewNotFound, NotAllowed."""
    who.require(Right.REVIEWS_WRITE)
    found, graph = review_in_sight(work, who, review)
    if not answers_step(work, who, graph.job, found.step):
        raise NotAllowed(
            f"You see this job, and its step {found.step!r} is not yours; ask its owner for it."
        )
    return found, graph


def visible_job(work: UnitOfWork, who: Principal, job: JobRef) -> JobGraph:
    """A job that the caller sees. Raises JobNotFound."""
    who.require(Right.JOBS_READ)
    number = work.jobs.number_of(who.organization, job)
    graph = work.jobs.graph(number) if number is not None else None
    if graph is None or not sees_job(work, who, graph.job):
        raise JobNotFound(f"There is no job {job!r}.")
    return graph


def job_of_task(work: UnitOfWork, who: Principal, task: str) -> JobGraph:
    """The job of the task of this id, which the caller sees. Raises TaskNotFound."""
    who.require(Right.JOBS_READ)
    number = work.jobs.number_of_task(who.organization, task)
    graph = work.jobs.graph(number) if number is not None else None
    if graph is None or not sees_job(work, who, graph.job):
        raise TaskNotFound(f"There is no task {task!r}.")
    return graph


def steered_job(work: UnitOfWork, who: Principal, job: JobRef) -> JobGraph:
    """A job that the caller may steer, locked. Raises JobNotFound, NotAllowed."""
    graph = _locked(work, who, job)
    if not steers_job(work, who, graph.job):
        raise NotAllowed("The job is shared with you to look at; ask its owner for 'manage'.")
    return graph


def open_job(work: UnitOfWork, who: Principal, job: JobRef) -> JobGraph:
    """A job that the caller may steer and that has not ended, locked. Raises JobEnded, Conflict."""
    graph = steered_job(work, who, job)
    if graph.job.state in ENDED_JOBS:
        raise JobEnded(f"The job is {graph.job.state.value} already.")
    if graph.job.cancel_requested:
        raise Conflict("The job is being cancelled.")
    return graph


def owned_job(work: UnitOfWork, who: Principal, job: JobRef) -> JobGraph:
    """A job that the caller may remove and share, locked. Raises JobNotFound, NotAllowed."""
    graph = _locked(work, who, job)
    if not owns_job(who, graph.job):
        raise NotAllowed("Only the job's owner and admins of the organization may do that.")
    return graph


def _locked(work: UnitOfWork, who: Principal, job: JobRef) -> JobGraph:
    who.require(Right.JOBS_WRITE)
    number = work.jobs.number_of(who.organization, job)
    graph = work.jobs.lock(number) if number is not None else None
    if graph is None or not sees_job(work, who, graph.job):
        raise JobNotFound(f"There is no job {job!r}.")
    return graph
