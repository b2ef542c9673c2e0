"""Attempts at chunks: what they take, and what their end, their failure and a chunk's make."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from jobmill.core.engines import Failed, FailureClass
from jobmill.core.ids import RunToken
from jobmill.core.jobs import lanes, machine
from jobmill.core.jobs.machine import Change
from jobmill.core.jobs.model import Failure, JobGraph, Part, Task
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.service.working import ChunkFailure, Notes
from jobmill.core.pipelines import Mode
from jobmill.core.results import ResultWarning

MAX_WARNINGS = 50
_LEFT = Failed(
    FailureClass.ENGINE, "chunks_left", "The engine ended before it was through with its chunks."
)


def take_chunks(work: UnitOfWork, graph: JobGraph, lane: Task, token: RunToken) -> Sequence[Part]:
    """The parts that an attempt of this lane works on; none for a task of another kind."""
    source = next((r for r in graph.routes if r.target == lane.shown), None)
    if lane.mode is not Mode.CHUNK or source is None:
        return ()
    head = graph.named(lane.shown)
    limit = max(1, head.flow.batch(len(graph.lanes_of(head.name))))
    taken = work.parts.take_chunks(head.number, head.generation, token, limit)
    numbers = [chunk.number for chunk in taken]
    return work.parts.numbered(graph.named(source.source).number, source.source_port, numbers)


def finish_chunks(
    work: UnitOfWork,
    graph: JobGraph,
    notes: Notes,
    seconds: float,
    chunks: int,
    warnings: Sequence[ResultWarning],
    now: datetime,
) -> tuple[Change, tuple[str, Failure | None]]:
    """An attempt at so many chunks has ended by itself, and what it made of them is kept.

    Also says how it shall be told of.
    """
    lane = machine.fenced(graph, notes.task, notes.token)
    if lane.flow.taken:
        failure = Failure(_LEFT.code, _LEFT.message, lane.shown, _LEFT.failure)
        return fail_chunks(work, graph, notes, _LEFT, 1.0, now), ("failed", failure)
    if warnings:
        graph = _warned(graph, lane, warnings)
        lane = graph.task(lane.number)
    return lanes.batch_done(graph, lane, seconds, chunks, now), ("done", None)


def _warned(graph: JobGraph, lane: Task, warnings: Sequence[ResultWarning]) -> JobGraph:
    """What is said of chunk after chunk is said once of the task."""
    head = graph.named(lane.shown)
    said = tuple(dict.fromkeys((*head.warnings, *warnings)))[:MAX_WARNINGS]
    told = replace(head, warnings=said)
    return replace(graph, tasks=tuple(told if t.name == head.name else t for t in graph.tasks))


def fail_chunks(
    work: UnitOfWork, graph: JobGraph, notes: Notes, failed: Failed, jitter: float, now: datetime
) -> Change:
    """An attempt at chunks failed; the first that it had in hand is to blame."""
    lane = machine.fenced(graph, notes.task, notes.token)
    if graph.job.cancel_requested:
        return machine.settle_cancelled(graph, notes.task, notes.token, now)
    hand = work.parts.in_hand(notes.token)
    if not hand:
        return lanes.batch_done(graph, lane, 0.0, 0, now)
    tries = hand[0].tries
    delay = machine.retry_delay(lane, failed, tries, tries + 1, jitter)
    work.parts.try_again(notes.token, hand[0].number, for_good=delay is None)
    if delay is None and failed.process_died:
        failed = machine.quarantined(failed, tries + 1)
    return lanes.batch_failed(graph, lane, failed, delay, now)


def chunk_failed(
    work: UnitOfWork, graph: JobGraph, notes: Notes, failure: ChunkFailure, now: datetime
) -> JobGraph:
    """The engine gave a chunk up and goes on with the others. Raises StaleAttempt."""
    lane = machine.fenced(graph, notes.task, notes.token)
    hand = {chunk.number: chunk for chunk in work.parts.in_hand(notes.token)}
    chunk = hand.get(failure.number)
    if chunk is None:
        return graph
    delay = machine.retry_delay(lane, failure.failed, chunk.tries, chunk.tries + 1, 0.0)
    work.parts.try_again(notes.token, chunk.number, for_good=delay is None)
    if delay is None:
        told = failure.failed
        reason = Failure(told.code, told.message, lane.shown, told.failure)
        work.attempts.close(notes.token, "failed", reason, notes.started_at, now)
    change = lanes.chunk_failed(graph, lane, failure.failed, now, for_good=delay is None)
    apply_change(work, change, now)
    return change.graph
