"""States in Edge's words, which jobs and tasks share: the dialect's, but for a few. All tables are
total; tests prove it."""

from collections.abc import Mapping

from jobmill.core.jobs.states import JobState, TaskState
from jobmill.dialects.aiware.mapping import states

JOB_STATUS: Mapping[JobState, str] = {**states.JOB_STATUS, JobState.CANCELLED: "aborted"}
TASK_STATUS: Mapping[TaskState, str] = {
    **states.TASK_STATUS,
    TaskState.BLOCKED: "running",
    TaskState.CANCELLED: "aborted",
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
