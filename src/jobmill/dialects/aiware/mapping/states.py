"""States in the vendor's words. Both tables are total; tests prove it."""

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
    JobState.CANCELLED: "cancelled",
    JobState.EXPIRED: "failed",
}
TASK_STATUS: Mapping[TaskState, str] = {
    TaskState.WAITING: "pending",
    TaskState.READY: "queued",
    TaskState.STARTING: "running",
    TaskState.RUNNING: "running",
    TaskState.BLOCKED: "waiting",
    TaskState.DONE: "complete",
    TaskState.FAILED: "failed",
    TaskState.CANCELLED: "cancelled",
    TaskState.SKIPPED: "aborted",
}


def job_states_of(statuses: list[str]) -> tuple[JobState, ...]:
    """The states behind words of the vendor."""
    return tuple(state for state, word in JOB_STATUS.items() if word in statuses)
