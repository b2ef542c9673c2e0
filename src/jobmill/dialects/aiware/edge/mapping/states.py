"""States in Edge's words, which jobs and tasks share. Both tables are total; tests prove it."""

from collections.abc import Mapping

from jobmill.core.jobs.states import JobState, TaskState

JOB_STATUS: Mapping[JobState, str] = {
    JobState.PARKED: "pending",
    JobState.QUEUED: "queued",
    JobState.RUNNING: "running",
    JobState.BLOCKED: "running",
    JobState.PAUSED: "pending",
    JobState.CANCELLING: "running",
    JobState.COMPLETED: "complete",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "aborted",
    JobState.EXPIRED: "failed",
}
TASK_STATUS: Mapping[TaskState, str] = {
    TaskState.WAITING: "pending",
    TaskState.READY: "queued",
    TaskState.STARTING: "running",
    TaskState.RUNNING: "running",
    TaskState.BLOCKED: "running",
    TaskState.DONE: "complete",
    TaskState.FAILED: "failed",
    TaskState.CANCELLED: "aborted",
    TaskState.SKIPPED: "aborted",
}
# How an attempt ended, or that it has not.
ATTEMPT_STATUS: Mapping[str, str] = {
    "running": "running",
    "done": "complete",
    "failed": "failed",
    "cancelled": "aborted",
    "stopped": "aborted",
    "lost": "aborted",
}


def job_states_of(status: str) -> tuple[JobState, ...]:
    """The states of jobs behind a word; none for one that no job here can have."""
    return tuple(state for state, word in JOB_STATUS.items() if word == status)


def task_states_of(status: str) -> tuple[TaskState, ...]:
    """The states of tasks behind a word."""
    return tuple(state for state, word in TASK_STATUS.items() if word == status)
