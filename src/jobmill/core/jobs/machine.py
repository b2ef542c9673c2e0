"""Every way in which an attempt may change a job: pure functions from a graph to a `Change`.

Nothing writes a state but these, those of `steering`, and what both end with (`change`). A `Change`
carries the new records and the events of the change; the caller saves it in one transaction. All
functions take the time as an argument.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from jobmill.core.engines import Failed, FailureClass
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import RunToken, TaskNumber, WorkerName
from jobmill.core.jobs.change import Change, finish, moved
from jobmill.core.jobs.lanes import given_back
from jobmill.core.jobs.model import Failure, JobGraph, Task
from jobmill.core.jobs.states import ACTIVE_TASKS, TaskState
from jobmill.core.jobs.steering import (
    cancel,
    expire,
    park,
    pause,
    restart,
    resume,
    retry,
    rewind,
    unpark,
)
from jobmill.core.pipelines import Mode
from jobmill.core.results import ResultWarning

MAX_DEATHS = 3
MODEL_MISSING = "model_missing"
"""Somebody has to install what is missing: trying again would only hide from them what to do."""
PLATFORM_RETRIES = 2
RETRY_BASE_SECONDS = 1.0
RETRY_CAP_SECONDS = 300.0
__all__ = [
    "MAX_DEATHS",
    "Change",
    "StaleAttempt",
    "cancel",
    "claim",
    "engine_started",
    "expire",
    "fenced",
    "park",
    "pause",
    "quarantined",
    "recover",
    "restart",
    "resume",
    "retry",
    "retry_delay",
    "rewind",
    "settle_cancelled",
    "settle_done",
    "settle_failed",
    "unpark",
]  # fmt: skip


class StaleAttempt(Exception):
    """The attempt was fenced off: the task was given to somebody else, or ended."""


def claim(
    graph: JobGraph,
    number: TaskNumber,
    worker: WorkerName,
    token: RunToken,
    now: datetime,
    *,
    chunks: int = 0,
) -> Change:
    """A worker takes a ready task: a new attempt begins, at so many chunks if it is a lane."""
    task = graph.task(number)
    taken = moved(
        task,
        TaskState.STARTING,
        worker=worker,
        token=token,
        attempt=task.attempt + 1,
        retry_at=None,
        started_at=task.started_at if task.mode is Mode.CHUNK else None,
        failure=None,
    )
    if task.mode is Mode.CHUNK and chunks:
        return _claim_chunks(graph, taken, chunks, now)
    event = NewEvent(
        EventType.TASK_CLAIMED, task.name, {"attempt": taken.attempt, "worker": worker}
    )
    return finish(graph, [taken], [event], now)


def _claim_chunks(graph: JobGraph, lane: Task, chunks: int, now: datetime) -> Change:
    """Of all the attempts at chunks of a task only the first is told of."""
    first = not any(each.attempt for each in graph.lanes_of(lane.shown))
    lane = replace(lane, flow=replace(lane.flow, taken=chunks))
    head = graph.named(lane.shown) if lane.lane else lane
    head = replace(head, flow=replace(head.flow, queued=head.flow.queued - chunks))
    data = {"attempt": lane.attempt, "worker": lane.worker}
    events = [NewEvent(EventType.TASK_CLAIMED, lane.shown, data)] if first else []
    return finish(graph, [head, lane] if lane.lane else [head], events, now)


def engine_started(graph: JobGraph, number: TaskNumber, token: RunToken, at: datetime) -> Change:
    """The engine has begun to work on the attempt."""
    task = fenced(graph, number, token)
    if task.state is not TaskState.STARTING:
        return Change(graph, (), ())
    event = NewEvent(EventType.TASK_STARTED, task.shown, {"attempt": task.attempt})
    if task.mode is Mode.CHUNK:
        head = graph.named(task.shown)
        running = moved(task, TaskState.RUNNING, started_at=task.started_at or at)
        events = [event] if head.started_at is None else []
        begun = [replace(head, started_at=at)] if task.lane and events else []
        return finish(graph, [*begun, running], events, at)
    return finish(graph, [moved(task, TaskState.RUNNING, started_at=at)], [event], at)


def settle_done(
    graph: JobGraph,
    number: TaskNumber,
    token: RunToken,
    warnings: Iterable[ResultWarning],
    started_at: datetime | None,
    now: datetime,
) -> Change:
    """The attempt succeeded: the task is done and its successors may become ready."""
    task = fenced(graph, number, token)
    done = moved(
        task,
        TaskState.DONE,
        token=None,
        started_at=task.started_at or started_at or now,
        ended_at=now,
        warnings=tuple(warnings),
        failure=None,
    )
    event = NewEvent(EventType.TASK_DONE, task.name, {"attempt": task.attempt})
    return finish(graph, [done], [event], now)


def settle_failed(
    graph: JobGraph,
    number: TaskNumber,
    token: RunToken,
    failed: Failed,
    jitter: float,
    now: datetime,
) -> Change:
    """The attempt failed: another try later, or the task has failed. `jitter` is 0..1."""
    task = fenced(graph, number, token)
    if graph.job.cancel_requested:
        return settle_cancelled(graph, number, token, now)
    deaths, failures = task.deaths + failed.process_died, task.failures + 1
    failure = Failure(failed.code, failed.message, task.name, failed.failure)
    delay = retry_delay(task, failed, task.failures, deaths, jitter)
    if delay is not None:
        again = moved(
            task,
            _queued(graph),
            token=None,
            worker=None,
            deaths=deaths,
            failures=failures,
            ready_at=now,
            retry_at=now + delay,
            failure=failure,
            flow=replace(task.flow, read={}),
        )
        data = {
            "attempt": task.attempt,
            "code": failed.code,
            "message": failed.message,
            "retry_at": again.retry_at.isoformat() if again.retry_at else None,
        }
        return finish(graph, [again], [NewEvent(EventType.TASK_RETRYING, task.name, data)], now)
    if deaths >= MAX_DEATHS:
        told = quarantined(failed, deaths)
        failure = replace(failure, code=told.code, message=told.message)
    ended = moved(
        task,
        TaskState.FAILED,
        token=None,
        deaths=deaths,
        failures=failures,
        ended_at=now,
        failure=failure,
    )
    data = {"attempt": task.attempt, "code": failure.code, "message": failure.message}
    return finish(graph, [ended], [NewEvent(EventType.TASK_FAILED, task.name, data)], now)


def settle_cancelled(graph: JobGraph, number: TaskNumber, token: RunToken, now: datetime) -> Change:
    """The engine of a cancelled job is gone."""
    return _cancelled(graph, fenced(graph, number, token), now)


def recover(
    graph: JobGraph, number: TaskNumber, reason: str, now: datetime, *, in_order: bool = False
) -> Change:
    """The worker of an attempt is gone: the task is ready for another worker.

    Left in good order it keeps its place. Else it goes behind those that wait: it may be what
    brought the worker down.
    """
    task = graph.task(number)
    if task.state not in ACTIVE_TASKS:
        return Change(graph, (), ())
    if graph.job.cancel_requested:
        return _cancelled(graph, task, now)
    flow = replace(task.flow, read={})
    ready_at = task.ready_at if in_order else now
    again = moved(task, _queued(graph), token=None, worker=None, ready_at=ready_at, flow=flow)
    data = {"attempt": task.attempt, "worker": task.worker, "reason": reason}
    event = NewEvent(EventType.TASK_RECOVERED, task.shown, data)
    released = (task.token,) if task.token is not None else ()
    return finish(graph, given_back(graph, [again]), [event], now, released=released)


def _cancelled(graph: JobGraph, task: Task, now: datetime) -> Change:
    ended = moved(task, TaskState.CANCELLED, token=None, ended_at=now)
    events = [] if task.lane else [NewEvent(EventType.TASK_CANCELLED, task.name)]
    released = (task.token,) if task.token is not None else ()
    return finish(graph, given_back(graph, [ended]), events, now, released=released)


def _queued(graph: JobGraph) -> TaskState:
    """The state of a task that shall run again: a held job keeps it back."""
    return TaskState.READY if graph.job.hold is None else TaskState.WAITING


def fenced(graph: JobGraph, number: TaskNumber, token: RunToken) -> Task:
    """The task (or lane) that this attempt has. Raises StaleAttempt when it has it no more."""
    task = graph.task(number)
    if task.token != token or task.state not in ACTIVE_TASKS:
        raise StaleAttempt(f"task {number} is {task.state} and not with this attempt")
    return task


def retry_delay(
    task: Task, failed: Failed, failures: int, deaths: int, jitter: float
) -> timedelta | None:
    """How long to wait before the next try, exponential and capped; None when there is none.

    `failures` came before this one, `deaths` count it. Only failures count: an attempt lost with
    its worker takes no try away.
    """
    if failed.failure in (FailureClass.INPUT, FailureClass.LIMIT) or failed.code == MODEL_MISSING:
        return None
    if failed.process_died:
        tries_left = deaths < MAX_DEATHS
    elif failed.failure is FailureClass.PLATFORM:
        tries_left = failures < max(task.max_retries, PLATFORM_RETRIES)
    else:
        tries_left = failures < task.max_retries
    if not tries_left:
        return None
    seconds = min(RETRY_CAP_SECONDS, RETRY_BASE_SECONDS * 4 ** min(failures, 9))
    return timedelta(seconds=seconds * (0.5 + jitter / 2))


def quarantined(failed: Failed, deaths: int) -> Failed:
    """The failure of what has killed its engine too often."""
    sha256 = failed.details.get("input_sha256")
    what = f"this input (SHA-256 {sha256})" if sha256 else "this input"
    message = f"The engine's process died {deaths} times on {what}: {failed.message}"
    return replace(failed, code="quarantined", message=message)
