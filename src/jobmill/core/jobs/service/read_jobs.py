"""Read jobs and what hangs on them, on behalf of a caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobmill.core.accounts import Principal, Right
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import JobNotFound
from jobmill.core.events import Event
from jobmill.core.ids import JobId, JobNumber
from jobmill.core.jobs.model import Attempt, JobGraph, Part
from jobmill.core.jobs.ports import JobQuery, JobSummary, UnitOfWork
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.core.jobs.waiting import WaitReason, job_wait_reason, wait_reason
from jobmill.core.results import Result


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as a caller sees it: the graph, and why what waits is waiting."""

    graph: JobGraph
    waiting: Mapping[str, WaitReason]
    wait_reason: WaitReason | None


def get_job(
    work: UnitOfWork, catalog: EngineCatalog, who: Principal, job: JobId, now: datetime
) -> JobView:
    """The job with its tasks. Raises JobNotFound."""
    return view_of(work, catalog, _visible(work, who, job), now)


def view_of(work: UnitOfWork, catalog: EngineCatalog, graph: JobGraph, now: datetime) -> JobView:
    """Say of each waiting task why it waits."""
    waiting: dict[str, WaitReason] = {}
    for task in graph.tasks:
        if task.state in (TaskState.WAITING, TaskState.READY):
            reason = wait_reason(task, graph, work.jobs.floor(task.number, now), catalog, now)
            if reason is not None:
                waiting[task.name] = reason
    return JobView(graph, waiting, job_wait_reason(graph, waiting))


def list_jobs(
    work: UnitOfWork, catalog: EngineCatalog, who: Principal, query: JobQuery, now: datetime
) -> Sequence[JobView]:
    """Jobs of the caller's organization, newest first."""
    who.require(Right.JOBS_READ)
    return [view_of(work, catalog, graph, now) for graph in work.jobs.find(query)]


def summarise_jobs(
    work: UnitOfWork,
    who: Principal,
    before: int | None,
    limit: int,
    states: Sequence[JobState] = (),
) -> Sequence[JobSummary]:
    """Short records for long lists, newest first; of all states when none is named."""
    who.require(Right.JOBS_READ)
    return work.jobs.summaries(who.organization, states, before, limit)


def job_numbered(work: UnitOfWork, who: Principal, number: JobNumber) -> JobId:
    """The id of the job of this number. Raises JobNotFound."""
    graph = work.jobs.graph(number)
    if graph is None or graph.job.deleted or graph.job.organization != who.organization:
        raise JobNotFound(f"There is no job of number {number}.")
    return graph.job.id


def job_results(work: UnitOfWork, who: Principal, job: JobId) -> Sequence[Result]:
    """What the job's engines have found so far."""
    return work.results.of_job(_visible(work, who, job).job.number)


def job_events(
    work: UnitOfWork, who: Principal, job: JobId, after: int, limit: int
) -> Sequence[Event]:
    """The job's events with a number above `after`."""
    return work.events.of_job(_visible(work, who, job).job.number, after, limit)


def job_attempts(work: UnitOfWork, who: Principal, job: JobId) -> Sequence[Attempt]:
    """All attempts of all tasks, oldest first."""
    return work.attempts.of_job(_visible(work, who, job).job.number)


def job_parts(work: UnitOfWork, who: Principal, job: JobId, task: str) -> Sequence[Part]:
    """The files that a task wrote."""
    graph = _visible(work, who, job)
    if task not in {each.name for each in graph.tasks}:
        raise JobNotFound(f"The job has no task {task!r}.")
    return work.attempts.parts_of(graph.named(task).number)


def _visible(work: UnitOfWork, who: Principal, job: JobId) -> JobGraph:
    who.require(Right.JOBS_READ)
    number = work.jobs.number_of(who.organization, job)
    graph = work.jobs.graph(number) if number is not None else None
    if graph is None:
        raise JobNotFound(f"There is no job {job!r}.")
    return graph
