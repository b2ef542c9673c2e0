"""Cancel, retry, restart and delete a job, on behalf of a caller."""

from datetime import datetime

from jobmill.core.accounts import Principal
from jobmill.core.errors import JobEnded, JobNotEnded
from jobmill.core.ids import JobRef
from jobmill.core.jobs import machine
from jobmill.core.jobs.access import owned_job, steered_job
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.states import ENDED_JOBS, TaskState


def cancel_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> JobGraph:
    """Stop a job. Cancelling again changes nothing; an ended job raises JobEnded."""
    graph = steered_job(work, who, job)
    if graph.job.cancel_requested:
        return graph
    if graph.job.state in ENDED_JOBS:
        raise JobEnded(f"The job is {graph.job.state.value}: there is nothing to cancel.")
    change = machine.cancel(graph, now)
    apply_change(work, change, now)
    return change.graph


def retry_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> JobGraph:
    """Run again what did not succeed. Raises JobNotEnded, or JobEnded when all succeeded."""
    graph = _ended(work, who, job)
    if all(task.state is TaskState.DONE for task in graph.tasks):
        raise JobEnded("Every task of the job is done; use restart to run all of it again.")
    change = machine.retry(graph, now)
    apply_change(work, change, now)
    return change.graph


def restart_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> JobGraph:
    """Run all of an ended job again, under the same id."""
    graph = _ended(work, who, job)
    change = machine.restart(graph, now)
    apply_change(work, change, now)
    return change.graph


def delete_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> None:
    """Remove a job from sight at once; what runs is stopped, and its rows go after that."""
    graph = owned_job(work, who, job)
    if graph.job.state not in ENDED_JOBS and not graph.job.cancel_requested:
        apply_change(work, machine.cancel(graph, now), now)
    work.jobs.mark_deleted(graph.job.number, now)


def _ended(work: UnitOfWork, who: Principal, job: JobRef) -> JobGraph:
    graph = steered_job(work, who, job)
    if graph.job.state not in ENDED_JOBS:
        raise JobNotEnded(f"The job is {graph.job.state.value}; cancel it or wait for its end.")
    return graph
