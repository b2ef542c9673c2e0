"""Read the history of attempts and who works now, on behalf of a caller."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobmill.core.accounts import Principal, Right
from jobmill.core.accounts.service.first import operates
from jobmill.core.errors import AttemptNotFound, NotAllowed
from jobmill.core.ids import AttemptId, AttemptNumber, JobRef
from jobmill.core.jobs.access import sees_job, visible_job
from jobmill.core.jobs.model import Attempt, JobGraph, LogLine, Worker
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.waiting import LIVE_FOR


def count_attempts(work: UnitOfWork, who: Principal, job: JobRef) -> Mapping[str, int]:
    """How many attempts each task of the job has had, by task name."""
    return work.attempts.counts(visible_job(work, who, job).job.number)


def attempt_log(
    work: UnitOfWork, who: Principal, attempt: AttemptId, after: int, limit: int
) -> Sequence[tuple[int, LogLine]]:
    """Lines of an attempt's log with positions above `after`. Raises AttemptNotFound."""
    _, number = _seen(work, who, attempt)
    return work.attempts.log(number, after, limit)


def get_attempt(work: UnitOfWork, who: Principal, attempt: AttemptId) -> tuple[JobGraph, Attempt]:
    """An attempt, and the job that it is of. Raises AttemptNotFound."""
    graph, number = _seen(work, who, attempt)
    every = work.attempts.of_job(graph.job.number)
    return graph, next(each for each in every if each.number == number)


def _seen(work: UnitOfWork, who: Principal, attempt: AttemptId) -> tuple[JobGraph, AttemptNumber]:
    who.require(Right.JOBS_READ)
    place = work.attempts.place_of(who.organization, attempt)
    graph = work.jobs.graph(place[0]) if place is not None else None
    if place is None or graph is None or not sees_job(work, who, graph.job):
        raise AttemptNotFound(f"There is no attempt {attempt!r}.")
    return graph, place[1]


def list_workers(work: UnitOfWork, who: Principal, now: datetime) -> Sequence[Worker]:
    """The workers that are alive, by name. Raises NotAllowed but for those who operate the server:
    machines, processes and load are everybody's together."""
    who.require(Right.ENGINES_READ)
    if not operates(work.accounts, who):
        raise NotAllowed(
            "Only admins of the server's first organization see its workers; a job's wait_reason "
            "says when none is there for it."
        )
    return work.workers.live(now - LIVE_FOR)
