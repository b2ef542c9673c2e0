"""The life of attempts, as the runtime drives it: begin, note, finish, fail, stop, recover."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from jobmill.core.engines import Failed
from jobmill.core.ids import JobNumber, RunToken, TaskNumber, WorkerName, new_token
from jobmill.core.jobs import machine
from jobmill.core.jobs.machine import Change, StaleAttempt
from jobmill.core.jobs.marks import PROGRAM
from jobmill.core.jobs.model import Failure, JobGraph, Part
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.alarms import raise_alarms
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.service.chunks import fail_chunks, finish_chunks, take_chunks
from jobmill.core.jobs.service.handing_on import handed_on
from jobmill.core.jobs.service.learning import learn_speed
from jobmill.core.jobs.service.output import refused_answer
from jobmill.core.jobs.service.parts import cut, keep
from jobmill.core.jobs.service.roles import hold_parts
from jobmill.core.jobs.service.working import Claimed, Finish, Notes
from jobmill.core.jobs.states import TaskState
from jobmill.core.pipelines import Mode
from jobmill.core.results import ResultWarning
from jobmill.core.results.model import results_of


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
        chunks = take_chunks(work, graph, graph.task(number), token)
        change = machine.claim(graph, number, worker, token, now, chunks=len(chunks))
        apply_change(work, change, now)
        work.attempts.open(change.graph.task(number), worker, token, now)
        claimed.append(_claimed(work, change.graph, number, token, chunks))
    return claimed


def _claimed(
    work: UnitOfWork, graph: JobGraph, number: TaskNumber, token: RunToken, chunks: Sequence[Part]
) -> Claimed:
    task = graph.task(number)
    parents: Mapping[str, Sequence[Part]] = {}
    names = graph.parents(task.shown)
    if task.mode is not Mode.CHUNK and all(graph.named(p).state is TaskState.DONE for p in names):
        parents = {name: work.parts.of_task(graph.named(name).number) for name in names}
    asset = graph.job.asset if task.input is None else task.asset
    return Claimed(
        graph,
        task,
        token,
        work.assets.get(asset) if asset is not None else None,
        parents,
        tuple(chunks),
        live_input=bool(names) and not parents and task.mode is Mode.STREAM,
    )


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


def note_live(work: UnitOfWork, notes: Notes, now: datetime) -> JobGraph | None:
    """`note_attempt` with the parts that came since; the job as it stands, None if fenced off."""
    if not note_attempt(work, notes, now):
        return None
    graph = work.jobs.lock(notes.job)
    try:
        return None if graph is None else keep(work, graph, notes, now)
    except StaleAttempt:
        return None


def finish_attempt(work: UnitOfWork, finish: Finish, now: datetime) -> bool:
    """Settle a success: results, parts, the task, its successors, events. False: fenced off."""
    graph = work.jobs.lock(finish.notes.job)
    if graph is None:
        return False
    if PROGRAM in graph.job.extras:
        task = graph.task(finish.notes.task)
        refused = refused_answer(work, graph, task, finish.done.document)
        if refused is not None:
            return fail_attempt(work, finish.notes, refused, 0.0, now)
    return _succeed(work, graph, finish, now)


def _succeed(work: UnitOfWork, graph: JobGraph, finish: Finish, now: datetime) -> bool:
    notes = finish.notes
    task = graph.task(notes.task)
    warnings = [
        ResultWarning(w.code, w.message, w.feature, task.shown) for w in finish.done.warnings
    ]
    try:
        if task.mode is Mode.CHUNK and graph.parents(task.shown):
            graph = keep(work, graph, notes, now)
            change, end = finish_chunks(
                work, graph, notes, finish.seconds, finish.chunks, warnings, now
            )
            _close(work, change, notes, *end, now)
            return True
        streams = bool(graph.routes or notes.live)
        if streams:
            finish = handed_on(graph, task, finish)
            news = replace(notes, parts=(*notes.parts, *finish.parts))
            graph = cut(work, keep(work, graph, news, now), task.name, notes.ends, now)
        # Before anything is written that the fence must keep out.
        change = machine.settle_done(
            graph, notes.task, notes.token, warnings, notes.started_at, now
        )
        if finish.parts and not streams:
            fresh = work.parts.add(
                task.number, task.generation, finish.parts, graph.job.organization
            ).fresh
            if notes.roles:
                hold_parts(work, graph.job, task, fresh, notes.roles, now)
    except StaleAttempt:
        return False
    results = results_of(task.name, task.features, finish.done.document, finish.provenance)
    work.results.add(notes.job, notes.task, task.generation, results, now)
    raise_alarms(work, graph.job, task.features, results, now)
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
    task = graph.task(notes.task)
    try:
        if notes.live:
            graph = keep(work, graph, notes, now)
        if task.mode is Mode.CHUNK and graph.parents(task.shown):
            change = fail_chunks(work, graph, notes, failed, jitter, now)
        else:
            change = machine.settle_failed(graph, notes.task, notes.token, failed, jitter, now)
    except StaleAttempt:
        return False
    failure = Failure(failed.code, failed.message, task.shown, failed.failure)
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
    work: UnitOfWork,
    workers: Sequence[WorkerName],
    reason: str,
    now: datetime,
    *,
    in_order: bool = False,
) -> int:
    """Give back the tasks of workers that are gone; `in_order`: that were told to stop. Returns how
    many."""
    held: Iterable[tuple[JobNumber, TaskNumber]] = work.jobs.running_of_workers(workers)
    count = 0
    for job, number in held:
        graph = work.jobs.lock(job)
        if graph is None:
            continue
        token = graph.task(number).token
        apply_change(work, machine.recover(graph, number, reason, now, in_order=in_order), now)
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


__all__ = [
    "Claimed",
    "Finish",
    "Notes",
    "begin_attempts",
    "fail_attempt",
    "finish_attempt",
    "note_attempt",
    "note_live",
    "recover_tasks",
    "stop_attempt",
]
