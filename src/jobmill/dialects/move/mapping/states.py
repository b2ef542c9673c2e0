"""Where a job stands, in the vendor's five words, and how far it is."""

from collections.abc import Mapping

from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.progress import job_percent
from jobmill.core.jobs.states import JobState, TaskState

NOT_STARTED, STARTED, RUNNING = "NOT_STARTED", "STARTED", "RUNNING"
FINISHED, FAILED = "FINISHED", "FAILED"
STATES: Mapping[JobState, str] = {
    JobState.PARKED: NOT_STARTED,
    JobState.QUEUED: NOT_STARTED,
    JobState.RUNNING: RUNNING,
    JobState.BLOCKED: STARTED,
    JobState.PAUSED: STARTED,
    JobState.CANCELLING: RUNNING,
    JobState.COMPLETED: FINISHED,
    JobState.FAILED: FAILED,
    JobState.CANCELLED: FAILED,
    JobState.EXPIRED: FAILED,
}


def state_of(graph: JobGraph) -> str:
    """The vendor's word. STARTED: a worker has the job and its engine has not begun."""
    word = STATES[graph.job.state]
    if graph.job.state is not JobState.RUNNING:
        return word
    at_work = {TaskState.RUNNING, TaskState.DONE}
    return word if any(task.state in at_work for task in graph.tasks) else STARTED


def percentage_of(graph: JobGraph) -> int:
    """Whole percents; 100 exactly when it is finished."""
    return job_percent(graph.tasks, completed=graph.job.state is JobState.COMPLETED)


def failure_of(graph: JobGraph) -> str | None:
    """Why the job failed, in a sentence."""
    job = graph.job
    if STATES[job.state] != FAILED:
        return None
    return f"The job is {job.state.value}." if job.reason is None else job.reason.message
