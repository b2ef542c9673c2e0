"""A producer that repeated other bytes than are kept: its readers read again from there.

What was there below that number stays. Of a chunk task that reads it, only the chunks from there
on are done again; whatever reads a stream begins again with the first part.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobmill.core.jobs.lanes import Rewriting, rewritten
from jobmill.core.jobs.model import JobGraph, Part
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.service.roles import let_go
from jobmill.core.pipelines import Mode


def rewrite(
    work: UnitOfWork,
    graph: JobGraph,
    name: str,
    first: Mapping[str, int],
    uncounted: Sequence[Part],
    now: datetime,
) -> JobGraph:
    """Remove the parts of each port from a number on, and all that was made of them.

    `uncounted` are parts that have just been added, and that nobody has been told of.
    """
    gone = Rewriting()
    _remove(work, graph, name, first, gone)
    for part in uncounted:
        if part.port in first and part.number >= first[part.port]:
            gone.take(name, part.port, -1, -part.size)
    change = rewritten(graph, gone, now)
    apply_change(work, change, now)
    return change.graph


def _remove(
    work: UnitOfWork, graph: JobGraph, name: str, first: Mapping[str, int], gone: Rewriting
) -> None:
    task = graph.named(name)
    for port, number in first.items():
        removed = work.parts.remove(task.number, task.generation, port, number)
        for blob in removed.unused:
            work.drop_blob(graph.job.organization, blob)
        let_go(work, graph.job, task, port, number)
        gone.take(name, port, removed.parts, removed.size)
        for route in graph.readers(name):
            if route.source_port != port:
                continue
            target = graph.named(route.target)
            if target.mode is not Mode.CHUNK:
                gone.again.add(target.name)
                continue
            dropped = work.parts.drop_chunks(target.number, target.generation, number)
            gone.drop(target.name, {state.value: count for state, count in dropped.items()})
            _remove(work, graph, target.name, dict.fromkeys(target.flow.ports, number), gone)
