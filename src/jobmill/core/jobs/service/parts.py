"""Keep the parts that an attempt wrote, and let whoever reads them know: one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobmill.core.jobs import machine
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.lanes import Arrival, parts_came
from jobmill.core.jobs.machine import Change
from jobmill.core.jobs.model import JobGraph, Part, Route, Task
from jobmill.core.jobs.part_ports import ChunkState
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.service.chunks import chunk_failed
from jobmill.core.jobs.service.rewriting import rewrite
from jobmill.core.jobs.service.roles import hold_parts
from jobmill.core.jobs.service.working import Notes
from jobmill.core.pipelines import Mode

CONFIDENCE = "confidence"
"""In a part's meta: how sure of itself its document is, 0..1."""


def confidence_in(document: Mapping[str, Any]) -> Mapping[str, float]:
    """What a document says of itself (`confidence`, 0..1: its least sure fact that matters), for
    the meta of its part: so no review has to read the document to know."""
    said = document.get(CONFIDENCE)
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= 1:
        return {}
    return {CONFIDENCE: float(said)}


def keep(work: UnitOfWork, graph: JobGraph, notes: Notes, now: datetime) -> JobGraph:
    """Keep what an attempt wrote and read since the last time; the job behind it.

    Raises StaleAttempt when the attempt has been fenced off.
    """
    task = machine.fenced(graph, notes.task, notes.token)
    if notes.read is not None:
        graph = _note_read(work, graph, task, notes, now)
    if notes.parts:
        graph = _keep_parts(work, graph, task.name, notes, now)
    if notes.chunks:
        graph = _keep_chunks(work, graph, task, notes, now)
    for failure in notes.failures:
        graph = chunk_failed(work, graph, notes, failure, now)
    return graph


def cut(
    work: UnitOfWork, graph: JobGraph, name: str, ends: Mapping[str, int], now: datetime
) -> JobGraph:
    """An attempt that wrote fewer parts than one before it: the others are none of its ports'."""
    flow = graph.named(name).flow
    behind = {port: count for port, count in ends.items() if count < flow.held(port)}
    return rewrite(work, graph, name, behind, (), now) if behind else graph


def _note_read(
    work: UnitOfWork, graph: JobGraph, task: Task, notes: Notes, now: datetime
) -> JobGraph:
    task = replace(task, flow=replace(task.flow, read=dict(notes.read or {})))
    tasks = tuple(task if each.number == task.number else each for each in graph.tasks)
    changed = replace(graph, tasks=tasks)
    apply_change(work, Change(changed, (task,), ()), now)
    return changed


def _keep_parts(
    work: UnitOfWork, graph: JobGraph, name: str, notes: Notes, now: datetime
) -> JobGraph:
    """Of a whole or stream task. Other bytes than are kept take the place of all behind them."""
    task, parts, organization = graph.named(name), notes.parts, graph.job.organization
    added = work.parts.add(task.number, task.generation, parts, organization)
    fresh = list(added.fresh)
    if added.other:
        first: dict[str, int] = {}
        for part in added.other:
            first[part.port] = min(part.number, first.get(part.port, part.number))
        behind = [p for p in parts if p.port in first and p.number >= first[p.port]]
        graph = rewrite(work, graph, name, first, fresh, now)
        fresh = [part for part in fresh if part not in behind]
        fresh += work.parts.add(task.number, task.generation, behind, organization).fresh
    if notes.roles:
        hold_parts(work, graph.job, task, fresh, notes.roles, now)
    if not fresh or (not graph.routes and task.mode is Mode.WHOLE):
        return graph
    return _arrived(work, graph, list(_arrivals(work, graph, name, fresh)), now)


def _keep_chunks(
    work: UnitOfWork, graph: JobGraph, lane: Task, notes: Notes, now: datetime
) -> JobGraph:
    assert lane.token is not None  # noqa: S101  it has just been fenced
    head, chunks = graph.named(lane.shown), notes.chunks
    ended = set(work.parts.end_chunks(lane.token, [chunk.number for chunk in chunks]))
    parts = [part for chunk in chunks if chunk.number in ended for part in chunk.parts]
    added = work.parts.add(head.number, head.generation, parts, graph.job.organization)
    if notes.roles:
        hold_parts(work, graph.job, head, added.fresh, notes.roles, now)
    arrivals = list(_arrivals(work, graph, head.name, added.fresh))
    arrivals.append(Arrival(head.name, done=len(ended), lane=lane.name))
    return _arrived(work, graph, arrivals, now)


def _arrived(
    work: UnitOfWork, graph: JobGraph, arrivals: Sequence[Arrival], now: datetime
) -> JobGraph:
    change = parts_came(graph, arrivals, now)
    apply_change(work, change, now)
    return change.graph


def _arrivals(
    work: UnitOfWork, graph: JobGraph, name: str, fresh: Sequence[Part]
) -> Iterable[Arrival]:
    """New parts of a task, and what they mean to the chunk tasks that read them."""
    ports: dict[str, tuple[int, int]] = {}
    for part in fresh:
        count, size = ports.get(part.port, (0, 0))
        ports[part.port] = count + 1, size + part.size
    yield Arrival(name, ports, confidence=_confidence(graph, name, fresh))
    for route in graph.readers(name):
        target = graph.named(route.target)
        if target.mode is Mode.CHUNK:
            mine = [part for part in fresh if part.port == route.source_port]
            yield from _to_do(work, graph, target, mine)


def _confidence(graph: JobGraph, name: str, fresh: Sequence[Part]) -> Mapping[str, float]:
    """What those of a task's documents say of themselves that a review reads."""
    least: dict[str, float] = {}
    for route in graph.readers(name):
        if graph.named(route.target).review is not None:
            said = [part.meta.get(CONFIDENCE) for part in fresh if part.port == route.source_port]
            sure = [confidence_in({CONFIDENCE: each}) for each in said]
            if found := [each[CONFIDENCE] for each in sure if each]:
                least[route.source_port] = min(found)
    return least


def _to_do(
    work: UnitOfWork, graph: JobGraph, target: Task, parts: Sequence[Part]
) -> Iterable[Arrival]:
    """A chunk task has these to do. Of an empty part it makes an empty one, without its engine."""
    if not parts:
        return
    chunks = {each.number: ChunkState.DONE if each.empty else ChunkState.QUEUED for each in parts}
    work.parts.add_chunks(target.number, target.generation, chunks)
    empty = [part for part in parts if part.empty]
    yield Arrival(target.name, queued=len(parts) - len(empty), done=len(empty))
    if empty:
        nothing = [
            replace(part, port=port) for part in empty for port in read_ports(graph, target.name)
        ]
        number, generation = target.number, target.generation
        added = work.parts.add(number, generation, nothing, graph.job.organization)
        yield from _arrivals(work, graph, target.name, added.fresh)


def read_ports(graph: JobGraph, name: str) -> list[str]:
    """The ports of a chunk task with a part for every chunk: `out`, and those that are read."""
    return sorted({OUT} | {route.source_port for route in graph.readers(name)})


def refill(work: UnitOfWork, change: Change, now: datetime) -> JobGraph:
    """A job runs again: give its chunk tasks what there is to do already."""
    graph = change.graph
    arrivals: list[Arrival] = []
    again = {task.name: task for task in change.tasks if not task.lane}
    for task in again.values():
        if task.number in change.reopened:
            queued = work.parts.reopen(task.number, task.generation)
            arrivals.append(Arrival(task.name, queued=queued))
        elif task.mode is Mode.CHUNK:
            for route in graph.routes:
                source = graph.named(route.source)
                # A chunk task that goes on where it was has parts already, like one that is done.
                kept = source.name not in again or source.number in change.reopened
                if route.target == task.name and kept:
                    arrivals += _kept_to_do(work, graph, task, route)
    return _arrived(work, graph, arrivals, now) if arrivals else graph


def fill(work: UnitOfWork, graph: JobGraph, route: Route, now: datetime) -> JobGraph:
    """A route leads into a chunk task from now on: give it what there is to do already."""
    arrivals = list(_kept_to_do(work, graph, graph.named(route.target), route))
    return _arrived(work, graph, arrivals, now) if arrivals else graph


def _kept_to_do(work: UnitOfWork, graph: JobGraph, target: Task, route: Route) -> Iterable[Arrival]:
    parts = work.parts.after(graph.named(route.source).number, route.source_port, 0, -1)
    return _to_do(work, graph, target, parts)
