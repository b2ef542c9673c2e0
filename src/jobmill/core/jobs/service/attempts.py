"""The life of attempts, as the runtime drives it: begin, note, finish, fail, stop, recover."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobmill.core.engines import Done, Failed
from jobmill.core.ids import JobNumber, RunToken, TaskNumber, WorkerName, new_token
from jobmill.core.items import Asset
from jobmill.core.jobs import machine
from jobmill.core.jobs.machine import Change, StaleAttempt
from jobmill.core.jobs.model import (
    Failure,
    FeatureProgress,
    JobGraph,
    LogLine,
    Part,
    Task,
)
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.alarms import raise_alarms
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.service.learning import learn_speed
from jobmill.core.jobs.states import TaskState
from jobmill.core.results import Provenance, ResultWarning
from jobmill.core.results.model import results_of


@dataclass(frozen=True, slots=True)
class Claimed:
    """An attempt that this worker has begun, with all it needs to run."""

    graph: JobGraph
    task: Task
    token: RunToken
    asset: Asset | None
    parent_parts: Mapping[str, Sequence[Part]]


@dataclass(frozen=True, slots=True)
class Notes:
    """What an attempt reported since the last time."""

    task: TaskNumber
    job: JobNumber
    token: RunToken
    started_at: datetime | None = None
    progress: Mapping[str, FeatureProgress] | None = None
    log: tuple[LogLine, ...] = ()
    input_size: int | None = None  # of the job's input, in bytes


def begin_attempts(
    work: UnitOfWork,
    worker: WorkerName,
    pools: Sequence[str] | None,
    room: Mapping[str, int],
    limit: int,
    now: datetime,
) -> list[Claimed]:
    """Take up to `limit` ready tasks for a worker."""
    claimed = []
    for job, number in work.queue.take(pools, room, limit, now):
        graph = work.jobs.lock(job)
        if graph is None or graph.task(number).state is not TaskState.READY:
            continue  # a queue may hand out a task twice, or late
        token = new_token()
        change = machine.claim(graph, number, worker, token, now)
        apply_change(work, change, now)
        work.attempts.open(number, worker, token, now)
        claimed.append(_claimed(work, change.graph, number, token))
    return claimed


def _claimed(work: UnitOfWork, graph: JobGraph, number: TaskNumber, token: RunToken) -> Claimed:
    task = graph.task(number)
    parents = {
        name: work.attempts.parts_of(graph.named(name).number) for name in graph.parents(task.name)
    }
    asset = work.assets.get(graph.job.asset) if graph.job.asset is not None else None
    return Claimed(graph, task, token, asset, parents)


def note_attempt(work: UnitOfWork, notes: Notes, now: datetime) -> bool:
    """Write progress, log lines and the start of the engine. False: the attempt was fenced off."""
    if notes.log:
        work.attempts.add_log(notes.token, notes.log)
    if notes.started_at is not None:
        graph = work.jobs.lock(notes.job)
        try:
            if graph is None:
                return False
            apply_change(
                work,
                machine.engine_started(graph, notes.task, notes.token, notes.started_at),
                now,
            )
        except StaleAttempt:
            return False
        work.attempts.started(notes.token, notes.started_at)
    if notes.progress is not None:
        return work.jobs.note_progress(notes.task, notes.token, notes.progress)
    return True


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a successful attempt, ready to be written."""

    notes: Notes
    done: Done
    provenance: Provenance
    parts: tuple[Part, ...] = ()


def finish_attempt(work: UnitOfWork, finish: Finish, now: datetime) -> bool:
    """Settle a success: results, parts, the task, its successors, events. False: fenced off."""
    notes = finish.notes
    graph = work.jobs.lock(notes.job)
    if graph is None:
        return False
    task = graph.task(notes.task)
    warnings = [
        ResultWarning(w.code, w.message, w.feature, task.name) for w in finish.done.warnings
    ]
    try:
        change = machine.settle_done(
            graph, notes.task, notes.token, warnings, notes.started_at, now
        )
    except StaleAttempt:
        return False
    results = results_of(task.name, task.features, finish.done.document, finish.provenance)
    work.results.add(notes.job, notes.task, task.generation, results, now)
    raise_alarms(work, graph.job, task.features, results, now)
    work.attempts.add_parts(notes.task, task.generation, finish.parts, graph.job.organization)
    if notes.progress is not None:
        work.jobs.note_progress(notes.task, notes.token, notes.progress)
    if reported := notes.progress or task.progress:
        learn_speed(work, change.graph.task(notes.task), reported, notes.input_size)
    _close(work, change, notes, "done", None, now)
    return True


def fail_attempt(
    work: UnitOfWork, notes: Notes, failed: Failed, jitter: float, now: datetime
) -> bool:
    """Settle a failure: another try later, or the end of the task. False: fenced off."""
    graph = work.jobs.lock(notes.job)
    if graph is None:
        return False
    try:
        change = machine.settle_failed(graph, notes.task, notes.token, failed, jitter, now)
    except StaleAttempt:
        return False
    failure = Failure(failed.code, failed.message, graph.task(notes.task).name, failed.failure)
    _close(work, change, notes, "failed", failure, now)
    return True


def stop_attempt(work: UnitOfWork, notes: Notes, now: datetime) -> bool:
    """Settle a cancel: the operating system shows the engine gone. False: fenced off."""
    graph = work.jobs.lock(notes.job)
    if graph is None:
        return False
    try:
        change = machine.settle_cancelled(graph, notes.task, notes.token, now)
    except StaleAttempt:
        return False
    _close(work, change, notes, "cancelled", None, now)
    return True


def recover_tasks(
    work: UnitOfWork, workers: Sequence[WorkerName], reason: str, now: datetime
) -> int:
    """Give back the tasks of workers that are gone. Returns how many."""
    held: Iterable[tuple[JobNumber, TaskNumber]] = work.jobs.running_of_workers(workers)
    count = 0
    for job, number in held:
        graph = work.jobs.lock(job)
        if graph is None:
            continue
        token = graph.task(number).token
        apply_change(work, machine.recover(graph, number, reason, now), now)
        if token is not None:
            work.attempts.close(token, "lost", None, None, now)
        count += 1
    return count


def _close(
    work: UnitOfWork,
    change: Change,
    notes: Notes,
    state: str,
    failure: Failure | None,
    now: datetime,
) -> None:
    if notes.log:
        work.attempts.add_log(notes.token, notes.log)
    apply_change(work, change, now)
    work.attempts.close(notes.token, state, failure, notes.started_at, now)
