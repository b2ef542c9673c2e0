"""The states of jobs and tasks, the allowed transitions, and a job's state from its tasks'."""

from collections.abc import Iterable
from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands."""

    PARKED = "parked"
    QUEUED = "queued"
    RUNNING = "running"
    BLOCKED = "blocked"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Hold(StrEnum):
    """Why people keep a job back; the job's state is called the same."""

    PAUSED = "paused"
    PARKED = "parked"


class TaskState(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    READY = "ready"
    STARTING = "starting"
    RUNNING = "running"
    BLOCKED = "blocked"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


ENDED_JOBS = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED})
ENDED_TASKS = frozenset({TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED, TaskState.SKIPPED})
ACTIVE_TASKS = frozenset({TaskState.STARTING, TaskState.RUNNING})

_NOT_DONE = frozenset({TaskState.FAILED, TaskState.SKIPPED})
_AGAIN = frozenset({TaskState.WAITING, TaskState.READY})
TASK_TRANSITIONS: dict[TaskState, frozenset[TaskState]] = {
    # A lane is done without having been at work when others have done all there was; a review is
    # asked without having been queued, or is done because nobody has to be asked.
    TaskState.WAITING: frozenset({TaskState.READY, TaskState.BLOCKED}) | ENDED_TASKS,
    TaskState.READY: frozenset({TaskState.STARTING, TaskState.WAITING}) | ENDED_TASKS,
    TaskState.STARTING: frozenset({TaskState.RUNNING}) | _AGAIN | ENDED_TASKS,
    TaskState.RUNNING: _AGAIN | ENDED_TASKS,
    TaskState.BLOCKED: frozenset({TaskState.WAITING}) | ENDED_TASKS,
    TaskState.DONE: _AGAIN,
    TaskState.FAILED: _AGAIN,
    TaskState.CANCELLED: _AGAIN,
    TaskState.SKIPPED: _AGAIN,
}

_OPEN_JOBS = frozenset(JobState) - ENDED_JOBS
_REOPENED = frozenset({JobState.QUEUED, JobState.RUNNING})
JOB_TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.PARKED: frozenset({JobState.QUEUED, JobState.CANCELLED, JobState.EXPIRED}),
    JobState.QUEUED: frozenset(JobState),
    **dict.fromkeys(
        (JobState.RUNNING, JobState.BLOCKED, JobState.PAUSED),
        frozenset(JobState) - {JobState.PARKED},
    ),
    JobState.CANCELLING: ENDED_JOBS | {JobState.CANCELLING},
    **dict.fromkeys(ENDED_JOBS, _REOPENED),
}


class TransitionNotAllowed(AssertionError):
    """A state was about to change in a way that the table does not allow: a bug of ours."""


def check_task(old: TaskState, new: TaskState) -> None:
    """Raise unless the table allows a task to go from `old` to `new`."""
    if new not in TASK_TRANSITIONS[old]:
        raise TransitionNotAllowed(f"task: {old} → {new}")


def check_job(old: JobState, new: JobState) -> None:
    """Raise unless the table allows a job to go from `old` to `new` (staying is allowed)."""
    if new != old and new not in JOB_TRANSITIONS[old]:
        raise TransitionNotAllowed(f"job: {old} → {new}")


def job_state(
    tasks: Iterable[tuple[TaskState, bool]],
    *,
    cancel_requested: bool,
    hold: Hold | None = None,
    expired: bool = False,
) -> JobState:
    """A job's state from its tasks' (state, required) and its holds.

    A failed task (or one skipped behind it) fails the job, unless it was not required and another
    task is done.
    """
    tasks = list(tasks)
    states = {state for state, _ in tasks}
    if not states <= ENDED_TASKS:
        if cancel_requested:
            return JobState.CANCELLING
        if hold is not None:
            return JobState(hold)
        if states & ACTIVE_TASKS:
            return JobState.RUNNING
        if TaskState.BLOCKED in states and TaskState.READY not in states:
            return JobState.BLOCKED
        return JobState.RUNNING if states & ENDED_TASKS else JobState.QUEUED
    if TaskState.CANCELLED in states:
        return JobState.EXPIRED if expired else JobState.CANCELLED
    if any(state in _NOT_DONE and required for state, required in tasks):
        return JobState.FAILED
    if TaskState.FAILED in states and TaskState.DONE not in states:
        return JobState.FAILED
    return JobState.COMPLETED
