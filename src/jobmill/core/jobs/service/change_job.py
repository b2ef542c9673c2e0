"""Cancel, run again, hold back and delete a job, on behalf of a caller."""

from dataclasses import replace
from datetime import datetime

from jobmill.core.accounts import Principal
from jobmill.core.errors import (
    Conflict,
    InvalidInput,
    JobEnded,
    JobNotEnded,
    JobNotHeld,
    JobStarted,
    TaskNotFound,
)
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import JobRef
from jobmill.core.jobs import machine
from jobmill.core.jobs.access import open_job, owned_job, steered_job
from jobmill.core.jobs.machine import Change
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.reviewing import sent_back
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.service.mark_job import unmark_output
from jobmill.core.jobs.service.parts import refill
from jobmill.core.jobs.states import ACTIVE_TASKS, ENDED_JOBS, Hold, JobState, TaskState

COMMENT_LIMIT = 4000


def cancel_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> JobGraph:
    """Stop a job. Cancelling again changes nothing; an ended job raises JobEnded."""
    graph = steered_job(work, who, job)
    if graph.job.cancel_requested:
        return graph
    if graph.job.state in ENDED_JOBS:
        raise JobEnded(f"The job is {graph.job.state.value}: there is nothing to cancel.")
    return _apply(work, machine.cancel(graph, now), now)


def retry_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> JobGraph:
    """Run again what did not succeed. Raises JobNotEnded, or JobEnded when all succeeded."""
    graph = _ended(work, who, job)
    if all(task.state is TaskState.DONE for task in graph.tasks):
        raise JobEnded("Every task of the job is done; use restart to run all of it again.")
    return _run_again(work, machine.retry(graph, now), now)


def restart_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> JobGraph:
    """Run all of an ended job again, under the same id."""
    graph = _ended(work, who, job)
    return _run_again(work, machine.restart(graph, now), now)


def rewind_job(
    work: UnitOfWork,
    who: Principal,
    job: JobRef,
    task: str,
    now: datetime,
    comment: str = "",
) -> JobGraph:
    """Run an ended job again from a task on; what is done before it stays. Raises TaskNotFound.

    So too a job that asks people: reviews of what is done again are withdrawn, whoever holds them.
    Its history keeps the comment, and whose it is.
    """
    graph = steered_job(work, who, job)
    asked = any(each.state is TaskState.BLOCKED for each in graph.tasks)
    if not asked:
        _check_ended(graph)
    if task not in {each.name for each in graph.tasks}:
        raise TaskNotFound(f"The job has no task {task!r}.", field="task")
    if len(comment) > COMMENT_LIMIT:
        raise InvalidInput(f"comment: {COMMENT_LIMIT} characters at most.", field="comment")
    if asked:
        event = NewEvent(EventType.JOB_REWOUND, task, {"generation": graph.job.generation + 1})
        change = sent_back(graph, task, now, event)
    else:
        change = machine.rewind(graph, task, now)
    return _run_again(work, _commented(change, who, comment), now)


def pause_job(
    work: UnitOfWork, who: Principal, job: JobRef, now: datetime, *, stop: bool = False
) -> JobGraph:
    """Start nothing new. What runs comes to its end; with `stop` it is stopped and handed back.

    Pausing again changes nothing. Raises JobEnded, Conflict for a parked or cancelled job.
    """
    graph = open_job(work, who, job)
    held = any(task.state in ACTIVE_TASKS for task in (*graph.tasks, *graph.lanes))
    if graph.job.state is JobState.PARKED:
        raise Conflict("The job is parked: nothing of it runs; unpark it first.")
    if graph.job.hold is not None and not (stop and held):
        return graph
    return _apply(work, machine.pause(graph, now, stop=stop), now)


def resume_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> JobGraph:
    """Let a paused job go on. Raises JobNotHeld."""
    graph = steered_job(work, who, job)
    if graph.job.hold is not Hold.PAUSED:
        raise JobNotHeld(f"The job is {graph.job.state.value}, not paused.")
    return _apply(work, machine.resume(graph, now), now)


def park_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> JobGraph:
    """Put a queued job aside until it is unparked. Raises JobStarted, JobEnded."""
    graph = open_job(work, who, job)
    if graph.job.state is JobState.PARKED:
        return graph
    if graph.job.state is not JobState.QUEUED:
        held = graph.job.hold is not None
        advice = "it is held back already." if held else "pause it instead."
        raise JobStarted(f"The job is {graph.job.state.value}; {advice}")
    return _apply(work, machine.park(graph, now), now)


def unpark_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> JobGraph:
    """Queue a parked job. Raises JobNotHeld."""
    graph = steered_job(work, who, job)
    if graph.job.hold is not Hold.PARKED:
        raise JobNotHeld(f"The job is {graph.job.state.value}, not parked.")
    return _apply(work, machine.unpark(graph, now), now)


def delete_job(work: UnitOfWork, who: Principal, job: JobRef, now: datetime) -> None:
    """Remove a job from sight at once; what runs is stopped, and its rows go after that."""
    graph = owned_job(work, who, job)
    if graph.job.state not in ENDED_JOBS and not graph.job.cancel_requested:
        apply_change(work, machine.cancel(graph, now), now)
    work.jobs.mark_deleted(graph.job.number, now)


def _commented(change: Change, who: Principal, comment: str) -> Change:
    if not comment:
        return change
    said = {"user": who.user_name, "comment": comment}
    events = [
        replace(event, data={**event.data, **said})
        if event.type is EventType.JOB_REWOUND
        else event
        for event in change.events
    ]
    return replace(change, events=tuple(events))


def _apply(work: UnitOfWork, change: Change, now: datetime) -> JobGraph:
    return apply_change(work, change, now)


def _run_again(work: UnitOfWork, change: Change, now: datetime) -> JobGraph:
    unmark_output(work, change.graph)
    graph = apply_change(work, change, now)
    return refill(work, replace(change, graph=graph), now)


def _ended(work: UnitOfWork, who: Principal, job: JobRef) -> JobGraph:
    graph = steered_job(work, who, job)
    _check_ended(graph)
    return graph


def _check_ended(graph: JobGraph) -> None:
    if graph.job.state not in ENDED_JOBS:
        raise JobNotEnded(f"The job is {graph.job.state.value}; cancel it or wait for its end.")
