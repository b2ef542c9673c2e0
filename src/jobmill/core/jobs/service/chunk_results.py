"""What the engines of a chunk task have found so far: the documents that are its parts.

They are projected, not copied: a result a chunk, in the order of the job's tasks and of the chunks.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from jobmill.core.accounts import Principal
from jobmill.core.ids import JobRef, OrganizationNumber
from jobmill.core.jobs.access import visible_job
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.model import JobGraph, Part, Task
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.pipelines import Mode
from jobmill.core.results import Provenance

PAGE_BYTES = 16 << 20
"""Documents of one page together, if there is more than one."""


@dataclass(frozen=True, slots=True)
class ChunkFinding:
    """What was found in one chunk; the document is that of the `part`. The version of the engine is
    not kept with parts."""

    organization: OrganizationNumber
    task: str
    feature: str | None
    part: Part
    provenance: Provenance


def job_chunk_results(
    work: UnitOfWork,
    who: Principal,
    job: JobRef,
    after: tuple[str, int] | None,
    limit: int,
    tasks: Collection[str] = (),
) -> tuple[list[ChunkFinding], bool]:
    """Those behind a (task, number), of these tasks or of all; and whether there are more.

    At most `limit`, fewer where documents are large. Raises JobNotFound.
    """
    graph = visible_job(work, who, job)
    found: list[ChunkFinding] = []
    size = 0
    for task, number in _tasks(graph, after, tasks):
        for part in _documents(work, task, number, limit):
            size += part.size
            if len(found) == limit or (found and size > PAGE_BYTES):
                return _with_inputs(work, graph, found), True
            found.append(_finding(graph, task, part))
    return _with_inputs(work, graph, found), False


def _tasks(
    graph: JobGraph, after: tuple[str, int] | None, wanted: Collection[str]
) -> Iterator[tuple[Task, int]]:
    """Chunk tasks, each with the first number that is asked for."""
    reached = after is None
    for task in graph.tasks:
        here = after is not None and task.name == after[0]
        reached = reached or here
        if reached and task.mode is Mode.CHUNK and (not wanted or task.name in wanted):
            yield task, after[1] + 1 if here and after is not None else 0


def _documents(work: UnitOfWork, task: Task, number: int, at_once: int) -> Iterator[Part]:
    while True:
        parts = work.parts.after(task.number, OUT, number, at_once + 1)
        for part in parts:
            if not part.empty and part.media_type.endswith("json"):
                yield part
        if len(parts) <= at_once:
            return
        number = parts[-1].number + 1


def _finding(graph: JobGraph, task: Task, part: Part) -> ChunkFinding:
    feature = task.features[0] if len(task.features) == 1 else None
    provenance = Provenance(task.engine, "", task.parameters)
    return ChunkFinding(graph.job.organization, task.name, feature, part, provenance)


def _with_inputs(
    work: UnitOfWork, graph: JobGraph, found: Sequence[ChunkFinding]
) -> list[ChunkFinding]:
    """With the hash of what each chunk was found in."""
    hashes: dict[tuple[str, int], str | None] = {}
    for name in {each.task for each in found}:
        numbers = [each.part.number for each in found if each.task == name]
        for route in graph.routes:
            if route.target == name:
                source = graph.named(route.source).number
                for part in work.parts.numbered(source, route.source_port, numbers):
                    hashes[name, part.number] = part.sha256
    return [
        replace(
            each,
            provenance=replace(
                each.provenance, input_sha256=hashes.get((each.task, each.part.number))
            ),
        )
        for each in found
    ]
