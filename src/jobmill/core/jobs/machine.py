"""Every way in which a job may change: pure functions from a graph and a command to a `Change`.

Nothing else writes a state. A `Change` carries the new records and the events of the change; the
caller saves it in one transaction. All functions take the time as an argument.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobmill.core.engines import Failed, FailureClass
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import RunToken, TaskNumber, WorkerName
from jobmill.core.jobs.model import Failure, Job, JobGraph, Task
from jobmill.core.jobs.states import (
    ACTIVE_TASKS,
    ENDED_JOBS,
    ENDED_TASKS,
    JobState,
    TaskState,
    check_job,
    check_task,
    job_state,
)
from jobmill.core.results import ResultWarning

MAX_DEATHS = 3
PLATFORM_RETRIES = 2
RETRY_BASE_SECONDS = 1.0
RETRY_CAP_SECONDS = 300.0

_JOB_EVENTS = {
    JobState.RUNNING: EventType.JOB_STARTED,
    JobState.CANCELLING: EventType.JOB_CANCELLING,
    JobState.COMPLETED: EventType.JOB_COMPLETED,
    JobState.FAILED: EventType.JOB_FAILED,
    JobState.CANCELLED: EventType.JOB_CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Change:
    """The graph as it shall be, which of its tasks changed, and what happened."""

    graph: JobGraph
    tasks: tuple[Task, ...]
    events: tuple[NewEvent, ...]


class StaleAttempt(Exception):
    """The attempt was fenced off: the task was given to somebody else, or ended."""


def claim(
    graph: JobGraph, number: TaskNumber, worker: WorkerName, token: RunToken, now: datetime
) -> Change:
    """A worker takes a ready task: a new attempt begins."""
    task = graph.task(number)
    taken = _moved(
        task,
        TaskState.STARTING,
        worker=worker,
        token=token,
        attempt=task.attempt + 1,
        retry_at=None,
        started_at=None,
        failure=None,
    )
    event = NewEvent(
        EventType.TASK_CLAIMED, task.name, {"attempt": taken.attempt, "worker": worker}
    )
    return _finish(graph, [taken], [event], now)


def engine_started(graph: JobGraph, number: TaskNumber, token: RunToken, at: datetime) -> Change:
    """The engine has begun to work on the attempt."""
    task = _fenced(graph, number, token)
    if task.state is not TaskState.STARTING:
        return Change(graph, (), ())
    running = _moved(task, TaskState.RUNNING, started_at=at)
    event = NewEvent(EventType.TASK_STARTED, task.name, {"attempt": task.attempt})
    return _finish(graph, [running], [event], at)


def settle_done(
    graph: JobGraph,
    number: TaskNumber,
    token: RunToken,
    warnings: Iterable[ResultWarning],
    started_at: datetime | None,
    now: datetime,
) -> Change:
    """The attempt succeeded: the task is done and its successors may become ready."""
    task = _fenced(graph, number, token)
    done = _moved(
        task,
        TaskState.DONE,
        token=None,
        started_at=task.started_at or started_at or now,
        ended_at=now,
        warnings=tuple(warnings),
        failure=None,
    )
    event = NewEvent(EventType.TASK_DONE, task.name, {"attempt": task.attempt})
    return _finish(graph, [done], [event], now)


def settle_failed(
    graph: JobGraph,
    number: TaskNumber,
    token: RunToken,
    failed: Failed,
    jitter: float,
    now: datetime,
) -> Change:
    """The attempt failed: another try later, or the task has failed. `jitter` is 0..1."""
    task = _fenced(graph, number, token)
    if graph.job.cancel_requested:
        return settle_cancelled(graph, number, token, now)
    deaths, failures = task.deaths + failed.process_died, task.failures + 1
    failure = Failure(failed.code, failed.message, task.name, failed.failure)
    delay = _retry_delay(task, failed, deaths, jitter)
    if delay is not None:
        again = _moved(
            task,
            TaskState.READY,
            token=None,
            worker=None,
            deaths=deaths,
            failures=failures,
            ready_at=now,
            retry_at=now + delay,
            failure=failure,
        )
        data = {
            "attempt": task.attempt,
            "code": failed.code,
            "message": failed.message,
            "retry_at": again.retry_at.isoformat() if again.retry_at else None,
        }
        return _finish(graph, [again], [NewEvent(EventType.TASK_RETRYING, task.name, data)], now)
    if deaths >= MAX_DEATHS:
        failure = replace(failure, code="quarantined", message=_quarantine(failed, deaths))
    ended = _moved(
        task,
        TaskState.FAILED,
        token=None,
        deaths=deaths,
        failures=failures,
        ended_at=now,
        failure=failure,
    )
    data = {"attempt": task.attempt, "code": failure.code, "message": failure.message}
    return _finish(graph, [ended], [NewEvent(EventType.TASK_FAILED, task.name, data)], now)


def settle_cancelled(graph: JobGraph, number: TaskNumber, token: RunToken, now: datetime) -> Change:
    """The engine of a cancelled job is gone."""
    task = _fenced(graph, number, token)
    ended = _moved(task, TaskState.CANCELLED, token=None, ended_at=now)
    return _finish(graph, [ended], [NewEvent(EventType.TASK_CANCELLED, task.name)], now)


def recover(graph: JobGraph, number: TaskNumber, reason: str, now: datetime) -> Change:
    """The worker of an attempt is gone: the task is ready for another worker."""
    task = graph.task(number)
    if task.state not in ACTIVE_TASKS:
        return Change(graph, (), ())
    if graph.job.cancel_requested:
        ended = _moved(task, TaskState.CANCELLED, token=None, ended_at=now)
        return _finish(graph, [ended], [NewEvent(EventType.TASK_CANCELLED, task.name)], now)
    again = _moved(task, TaskState.READY, token=None, worker=None, ready_at=now)
    data = {"attempt": task.attempt, "worker": task.worker, "reason": reason}
    return _finish(graph, [again], [NewEvent(EventType.TASK_RECOVERED, task.name, data)], now)


def cancel(graph: JobGraph, now: datetime) -> Change:
    """Stop the job: what has not begun is cancelled now, what runs is stopped by its worker."""
    held = replace(graph, job=replace(graph.job, cancel_requested=True))
    ended = [
        _moved(task, TaskState.CANCELLED, token=None, ended_at=now, retry_at=None)
        for task in graph.tasks
        if task.state not in ENDED_TASKS and task.state not in ACTIVE_TASKS
    ]
    events = [NewEvent(EventType.TASK_CANCELLED, task.name) for task in ended]
    return _finish(held, ended, events, now)


def retry(graph: JobGraph, now: datetime) -> Change:
    """Run an ended job again, keeping what is done."""
    return _again(graph, now, EventType.JOB_RETRIED, lambda task: task.state is not TaskState.DONE)


def restart(graph: JobGraph, now: datetime) -> Change:
    """Run an ended job again from the beginning."""
    return _again(graph, now, EventType.JOB_RESTARTED, lambda task: True)


def _again(
    graph: JobGraph, now: datetime, event: EventType, redo: Callable[[Task], bool]
) -> Change:
    generation = graph.job.generation + 1
    job = replace(
        graph.job,
        generation=generation,
        cancel_requested=False,
        reason=None,
        warnings=(),
        ended_at=None,
        started_at=None,
    )
    reset = {task.name: task for task in graph.tasks if redo(task)}
    # Children of what runs again run again too: their inputs will be new.
    while more := {c for name in reset for c in graph.children(name)} - reset.keys():
        reset |= {name: graph.named(name) for name in more}
    done = {task.name for task in graph.tasks} - reset.keys()
    tasks = [
        _moved(
            task,
            TaskState.READY if graph.parents(task.name) <= done else TaskState.WAITING,
            generation=generation,
            attempt=0,
            deaths=0,
            failures=0,
            token=None,
            worker=None,
            retry_at=None,
            ready_at=now,
            started_at=None,
            ended_at=None,
            progress={},
            warnings=(),
            failure=None,
        )
        for task in reset.values()
    ]
    return _finish(
        replace(graph, job=job), tasks, [NewEvent(event, data={"generation": generation})], now
    )


def _moved(task: Task, state: TaskState, **fields: object) -> Task:
    check_task(task.state, state)
    return replace(task, state=state, **fields)  # type: ignore[arg-type]


def _fenced(graph: JobGraph, number: TaskNumber, token: RunToken) -> Task:
    task = graph.task(number)
    if task.token != token or task.state not in ACTIVE_TASKS:
        raise StaleAttempt(f"task {number} is {task.state} and not with this attempt")
    return task


def _retry_delay(task: Task, failed: Failed, deaths: int, jitter: float) -> timedelta | None:
    """How long to wait before the next try, exponential and capped; None when there is none.

    Only failures count: an attempt lost with its worker takes no try away.
    """
    failures = task.failures + 1
    if failed.failure in (FailureClass.INPUT, FailureClass.LIMIT):
        return None
    if failed.process_died:
        tries_left = deaths < MAX_DEATHS
    elif failed.failure is FailureClass.PLATFORM:
        tries_left = failures <= max(task.max_retries, PLATFORM_RETRIES)
    else:
        tries_left = failures <= task.max_retries
    if not tries_left:
        return None
    seconds = min(RETRY_CAP_SECONDS, RETRY_BASE_SECONDS * 4 ** min(task.failures, 9))
    return timedelta(seconds=seconds * (0.5 + jitter / 2))


def _quarantine(failed: Failed, deaths: int) -> str:
    sha256 = failed.details.get("input_sha256")
    what = f"this input (SHA-256 {sha256})" if sha256 else "this input"
    return f"The engine's process died {deaths} times on {what}: {failed.message}"


def _finish(graph: JobGraph, changed: list[Task], events: list[NewEvent], now: datetime) -> Change:
    """Let successors follow, and derive the job's state from its tasks'."""
    by_name = {task.name: task for task in graph.tasks} | {task.name: task for task in changed}
    followed = _follow(graph, by_name, now)
    by_name |= {task.name: task for task in followed}
    changed = [*changed, *followed]
    events = [*events, *(_followed_event(task) for task in followed)]
    job, job_events = _derive(graph, by_name, now)
    tasks = tuple(by_name[task.name] for task in graph.tasks)
    return Change(replace(graph, job=job, tasks=tasks), tuple(changed), (*events, *job_events))


def _follow(graph: JobGraph, by_name: Mapping[str, Task], now: datetime) -> list[Task]:
    """Waiting tasks whose parents are all done become ready; behind a failure they are skipped."""
    if not graph.routes:
        return []
    followed: dict[str, Task] = {}
    moved = True
    while moved:
        moved = False
        for task in graph.tasks:
            if by_name[task.name].state is not TaskState.WAITING or task.name in followed:
                continue
            parents = [followed.get(p) or by_name[p] for p in graph.parents(task.name)]
            if all(parent.state is TaskState.DONE for parent in parents):
                followed[task.name] = _moved(task, TaskState.READY, ready_at=now)
            elif any(p.state in (TaskState.FAILED, TaskState.SKIPPED) for p in parents):
                followed[task.name] = _moved(task, TaskState.SKIPPED, ended_at=now)
                moved = True
    return list(followed.values())


def _followed_event(task: Task) -> NewEvent:
    ready = task.state is TaskState.READY
    return NewEvent(EventType.TASK_READY if ready else EventType.TASK_SKIPPED, task.name)


def _derive(
    graph: JobGraph, by_name: Mapping[str, Task], now: datetime
) -> tuple[Job, list[NewEvent]]:
    old = graph.job
    tasks = [by_name[task.name] for task in graph.tasks]
    state = job_state(
        ((task.state, task.required) for task in tasks), cancel_requested=old.cancel_requested
    )
    check_job(old.state, state)
    ended = state in ENDED_JOBS
    begins = state is JobState.RUNNING and old.started_at is None
    job = replace(
        old,
        state=state,
        updated_at=now,
        started_at=now if begins else old.started_at,
        ended_at=now if ended else old.ended_at,
        reason=_reason(state, tasks) if ended else old.reason,
        warnings=_warnings(tasks) if state is JobState.COMPLETED else old.warnings,
    )
    if state is old.state or state not in _JOB_EVENTS:
        return job, []
    data = {"code": job.reason.code, "message": job.reason.message} if job.reason else {}
    return job, [NewEvent(_JOB_EVENTS[state], data=data)]


def _reason(state: JobState, tasks: Sequence[Task]) -> Failure | None:
    if state is JobState.CANCELLED:
        return Failure("cancelled", "The job was cancelled.", None, FailureClass.INPUT)
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
