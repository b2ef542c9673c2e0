"""How every transition ends: successors follow, the job's state is derived from its tasks'.

Pure, like `machine`, which holds the transitions of attempts, and `steering`, which holds those
that people and time bring about.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobmill.core.engines import FailureClass
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import RunToken, TaskNumber
from jobmill.core.jobs.model import Failure, Job, JobGraph, Task
from jobmill.core.jobs.records import altered
from jobmill.core.jobs.starting import Following, follow
from jobmill.core.jobs.states import (
    ENDED_JOBS,
    JobState,
    TaskState,
    check_job,
    check_task,
    job_state,
)
from jobmill.core.results import ResultWarning

_JOB_EVENTS = {
    JobState.RUNNING: EventType.JOB_STARTED,
    JobState.CANCELLING: EventType.JOB_CANCELLING,
    JobState.COMPLETED: EventType.JOB_COMPLETED,
    JobState.FAILED: EventType.JOB_FAILED,
    JobState.CANCELLED: EventType.JOB_CANCELLED,
    JobState.EXPIRED: EventType.JOB_EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Change:
    """The graph as it shall be, which of its tasks and lanes changed, and what happened.

    `fenced` are attempts that were taken from their workers, `released` those whose chunks go back
    to be taken by others, `reopened` chunk tasks whose done chunks are kept for another run.
    """

    graph: JobGraph
    tasks: tuple[Task, ...]
    events: tuple[NewEvent, ...]
    fenced: tuple[RunToken, ...] = ()
    released: tuple[RunToken, ...] = ()
    reopened: tuple[TaskNumber, ...] = ()


def moved(task: Task, state: TaskState, **fields: object) -> Task:
    """The task in another state, as the table allows."""
    check_task(task.state, state)
    return altered(task, state=state, **fields)


def finish(
    graph: JobGraph,
    changed: list[Task],
    events: list[NewEvent],
    now: datetime,
    *,
    released: tuple[RunToken, ...] = (),
    reopened: tuple[TaskNumber, ...] = (),
) -> Change:
    """Let successors follow, and derive the job's state from its tasks'."""
    by_name = {task.name: task for task in graph.tasks}
    by_name |= {lane.name: lane for lane in graph.lanes}
    by_name |= {task.name: task for task in changed}
    fenced: tuple[RunToken, ...] = ()
    if graph.routes:
        following = Following(graph, by_name, now)
        follow(following)
        latest = {task.name: task for task in changed} | following.changed
        changed, events = list(latest.values()), [*events, *following.events]
        fenced = tuple(following.fenced)
    job, job_events = _derive(graph, by_name, now)
    tasks = tuple(by_name[task.name] for task in graph.tasks)
    lanes = tuple(by_name[lane.name] for lane in graph.lanes)
    return Change(
        altered(graph, job=job, tasks=tasks, lanes=lanes),
        tuple(changed),
        (*events, *job_events),
        fenced,
        (*released, *fenced),
        reopened,
    )


def _derive(
    graph: JobGraph, by_name: Mapping[str, Task], now: datetime
) -> tuple[Job, list[NewEvent]]:
    old = graph.job
    tasks = [by_name[task.name] for task in graph.tasks]
    lanes = [by_name[lane.name] for lane in graph.lanes]
    state = job_state(
        ((task.state, task.required) for task in (*tasks, *lanes)),
        cancel_requested=old.cancel_requested,
        hold=old.hold,
        expired=old.expired,
    )
    check_job(old.state, state)
    ended = state in ENDED_JOBS
    begins = state is JobState.RUNNING and old.started_at is None
    job = altered(
        old,
        state=state,
        hold=None if ended else old.hold,
        updated_at=now,
        started_at=now if begins else old.started_at,
        ended_at=now if ended else old.ended_at,
        reason=_reason(old, state, tasks) if ended else old.reason,
        warnings=_warnings(tasks) if state is JobState.COMPLETED else old.warnings,
    )
    if state is old.state or state not in _JOB_EVENTS:
        return job, []
    if state is JobState.RUNNING and not begins:
        return job, []  # it goes on; it began before
    data = {"code": job.reason.code, "message": job.reason.message} if job.reason else {}
    return job, [NewEvent(_JOB_EVENTS[state], data=data)]


def _reason(job: Job, state: JobState, tasks: Sequence[Task]) -> Failure | None:
    if state is JobState.CANCELLED:
        return Failure("cancelled", "The job was cancelled.", None, FailureClass.INPUT)
    if state is JobState.EXPIRED:
        at = f"{job.expires_at:%Y-%m-%dT%H:%M:%SZ}" if job.expires_at else "its time"
        return Failure("expired", f"The job was not done by {at}.", None, FailureClass.LIMIT)
    if state is JobState.FAILED:
        failed = [task for task in tasks if task.state is TaskState.FAILED]
        return next((task.failure for task in failed if task.required), failed[0].failure)
    return None


def _warnings(tasks: Iterable[Task]) -> tuple[ResultWarning, ...]:
    found: list[ResultWarning] = []
    for task in tasks:
        found += task.warnings
        if task.state is TaskState.FAILED and task.failure:
            features = task.features or (None,)
            found += [
                ResultWarning(task.failure.code, task.failure.message, feature, task.name)
                for feature in features
            ]
    return tuple(found)
