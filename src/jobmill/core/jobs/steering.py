"""What people and time do to a job: cancel, expire, pause, park, run again. Pure functions.

A held job (paused or parked) keeps its ready tasks back as `waiting`: only a ready task is queued,
so that a hold costs the queue nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from jobmill.core.events import EventType, NewEvent
from jobmill.core.jobs.change import Change, finish, moved
from jobmill.core.jobs.flow import EMPTY
from jobmill.core.jobs.lanes import given_back
from jobmill.core.jobs.model import Job, JobGraph, Task
from jobmill.core.jobs.starting import may_start
from jobmill.core.jobs.states import (
    ACTIVE_TASKS,
    ENDED_TASKS,
    Hold,
    JobState,
    TaskState,
    check_job,
)
from jobmill.core.pipelines import Mode


def cancel(graph: JobGraph, now: datetime) -> Change:
    """Stop the job: what has not begun is cancelled now, what runs is stopped by its worker."""
    return _stop(graph, now, replace(graph.job, cancel_requested=True, hold=None))


def expire(graph: JobGraph, now: datetime) -> Change:
    """The job's time is over: stop it like a cancelled one; it ends as `expired`."""
    return _stop(graph, now, replace(graph.job, cancel_requested=True, expired=True, hold=None))


def _stop(graph: JobGraph, now: datetime, job: Job) -> Change:
    ended = [
        moved(task, TaskState.CANCELLED, token=None, ended_at=now, retry_at=None)
        for task in (*graph.tasks, *graph.lanes)
        if task.state not in ENDED_TASKS and task.state not in ACTIVE_TASKS
    ]
    events = [NewEvent(EventType.TASK_CANCELLED, task.name) for task in ended if not task.lane]
    return finish(replace(graph, job=job), ended, events, now)


def pause(graph: JobGraph, now: datetime, *, stop: bool = False) -> Change:
    """Nothing new starts. What runs comes to its end, or is stopped and handed back (`stop`)."""
    held = replace(graph, job=replace(graph.job, hold=Hold.PAUSED))
    every = (*graph.tasks, *graph.lanes)
    kept = [_kept_back(task) for task in every if task.state is TaskState.READY]
    taken = [task for task in every if stop and task.state in ACTIVE_TASKS]
    events = [NewEvent(EventType.JOB_PAUSED, data={"stop": stop})]
    for task in taken:
        data = {"attempt": task.attempt, "worker": task.worker, "reason": "the job was paused"}
        events.append(NewEvent(EventType.TASK_RECOVERED, task.shown, data))
    changed = given_back(held, [*kept, *map(_kept_back, taken)])
    tokens = tuple(task.token for task in taken if task.token is not None)
    change = finish(held, changed, events, now, released=tokens)
    return replace(change, fenced=(*change.fenced, *tokens))


def resume(graph: JobGraph, now: datetime) -> Change:
    """A paused job goes on; its tasks take the places in the queue that they had."""
    return _release(graph, now, EventType.JOB_RESUMED)


def park(graph: JobGraph, now: datetime) -> Change:
    """A job that has not begun is put aside until it is unparked."""
    held = replace(graph, job=replace(graph.job, hold=Hold.PARKED))
    kept = [_kept_back(task) for task in graph.tasks if task.state is TaskState.READY]
    return finish(held, kept, [NewEvent(EventType.JOB_PARKED)], now)


def unpark(graph: JobGraph, now: datetime) -> Change:
    """A parked job is queued, behind what is queued already."""
    return _release(graph, now, EventType.JOB_UNPARKED, ready_at=now)


def _kept_back(task: Task) -> Task:
    return moved(task, TaskState.WAITING, token=None, worker=None, flow=replace(task.flow, read={}))


def _release(graph: JobGraph, now: datetime, event: EventType, **place: datetime) -> Change:
    free = replace(graph, job=replace(graph.job, hold=None))
    by_name = {task.name: task for task in graph.tasks}
    ready = [
        moved(task, TaskState.READY, **place)
        for task in graph.tasks
        if task.state is TaskState.WAITING
        and task.mode is not Mode.CHUNK
        and task.review is None
        and may_start(graph, by_name, task)
    ]
    return finish(free, ready, [NewEvent(event)], now)


def retry(graph: JobGraph, now: datetime) -> Change:
    """Run an ended job again, keeping what is done: whole tasks, and the chunks of those where all
    that is read is there already."""
    return _again(
        graph,
        now,
        EventType.JOB_RETRIED,
        lambda task: task.state is not TaskState.DONE,
        keep_chunks=True,
    )


def restart(graph: JobGraph, now: datetime) -> Change:
    """Run an ended job again from the beginning."""
    return _again(graph, now, EventType.JOB_RESTARTED, lambda task: True)


def rewind(graph: JobGraph, name: str, now: datetime) -> Change:
    """Run an ended job again from a step on, with what did not succeed elsewhere."""
    return _again(
        graph,
        now,
        EventType.JOB_REWOUND,
        lambda task: task.name == name or task.state is not TaskState.DONE,
        task=name,
    )


def _again(
    graph: JobGraph,
    now: datetime,
    event: EventType,
    redo: Callable[[Task], bool],
    task: str | None = None,
    *,
    keep_chunks: bool = False,
) -> Change:
    job = _reopened(graph.job, now)

    reset = {each.name: each for each in graph.tasks if redo(each)}
    # Children of what runs again run again too: their inputs will be new.
    while more := {c for name in reset for c in graph.children(name)} - reset.keys():
        reset |= {name: graph.named(name) for name in more}
    done = {each.name for each in graph.tasks} - reset.keys()
    kept = {
        name
        for name, each in reset.items()
        if keep_chunks and each.mode is Mode.CHUNK and graph.parents(name) <= done
    }
    tasks = [
        anew(each, job.generation, now, keep=name in kept, ready=is_root(graph, each, done))
        for name in reset
        for each in graph.lanes_of(name)
    ]
    event_of = NewEvent(event, task, {"generation": job.generation})
    reopened = tuple(graph.named(name).number for name in sorted(kept))
    return finish(replace(graph, job=job), tasks, [event_of], now, reopened=reopened)


def is_root(graph: JobGraph, task: Task, done: set[str]) -> bool:
    """Whether it can be queued at once. Of a chunk task that shows when its chunks are counted,
    and a review is never queued."""
    queued = task.mode is not Mode.CHUNK and task.review is None and not task.flow.awaits
    return queued and graph.parents(task.name) <= done


def anew(task: Task, generation: int, now: datetime, *, keep: bool, ready: bool) -> Task:
    """A task as if it had never run, but for the chunks that it keeps."""
    flow = task.flow if keep else replace(EMPTY, awaits=task.flow.awaits)
    fresh = replace(
        task,
        generation=task.generation if keep else generation,
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
        flow=replace(flow, read={}, queued=0, taken=0),
    )
    state = TaskState.READY if ready else TaskState.WAITING
    return fresh if task.state is state else moved(fresh, state)


def _reopened(job: Job, now: datetime) -> Job:
    """The job of a new generation; a time that is over does not end it at once again.

    It is as if it had just been queued: what people need not be asked, or cannot be, may end it
    again at once.
    """
    check_job(job.state, JobState.QUEUED)
    over = job.expires_at is not None and job.expires_at <= now
    return replace(
        job,
        state=JobState.QUEUED,
        generation=job.generation + 1,
        cancel_requested=False,
        expired=False,
        expires_at=None if over else job.expires_at,
        reason=None,
        warnings=(),
        ended_at=None,
        started_at=None,
    )
