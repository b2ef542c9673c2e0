"""What engines found as AION (vtn-standard) documents; what is no document of facts stays as it is.

Which results count: those of output writers stand for what they put together, under the name of
the engine that found it; what only moves media has none.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from jobmill.core.jobs.model import JobGraph, Task
from jobmill.core.results.aion import AionInvalid, Origin, aion_documents, is_aion, read_document
from jobmill.dialects.aiware.mapping.catalogue import AGGREGATOR, COGNITION, INGESTION, engine_kind
from jobmill_engine.facts import Chunk, FactsInvalid, collate

WRITER = "output-writer"
# A document with none of these has nothing that AION could say.
FACTS = {"words", "text", "objects", "sentiment", "language", "languages", "media", "summary"}


def shown_in_results(graph: JobGraph, written: Collection[str]) -> list[Task]:
    """The tasks whose findings are results of the job; `written` are those that have a document
    of their own by now."""
    found = []
    for task in graph.tasks:
        kind = engine_kind(task.engine)
        if getattr(task, "lane", 0) or kind == INGESTION:
            continue
        if kind == AGGREGATOR and (task.engine != WRITER or task.name not in written):
            continue
        if kind == COGNITION and _put_together(graph, task.name, written):
            continue
        found.append(task)
    return found


def _put_together(graph: JobGraph, name: str, written: Collection[str]) -> bool:
    """Whether an output writer behind the task, with but aggregators between, has its findings."""
    for child in graph.children(name):
        task = graph.named(child)
        if task.engine == WRITER and child in written:
            return True
        if engine_kind(task.engine) == AGGREGATOR and _put_together(graph, child, written):
            return True
    return False


def finder_of(graph: JobGraph, task: Task) -> Task:
    """The task that found what this one has put together."""
    seen, waiting = {task.name}, [task]
    while waiting:
        each = waiting.pop(0)
        if engine_kind(each.engine) == COGNITION:
            return each
        fresh = sorted(graph.parents(each.name) - seen)
        seen.update(fresh)
        waiting += [graph.named(name) for name in fresh]
    return task


def documents_of(document: Mapping[str, Any], origin: Origin) -> list[dict[str, Any]]:
    """A document of an engine in the vendor's form: one, or one for each contract it needs."""
    if is_aion(document):
        return [{**origin.preamble(), **document}]
    if not FACTS & document.keys() or "features" in document:
        return [{**origin.preamble(), **document}]
    try:
        return aion_documents(read_document(document), origin)
    except (FactsInvalid, AionInvalid):
        return [{**origin.preamble(), **document}]


def chunks_together(
    chunks: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]], origin: Origin
) -> list[dict[str, Any]]:
    """Documents of chunks, each with its part's meta, as one; or each by itself, if they cannot."""
    pairs = list(chunks)
    if not pairs:
        return []
    try:
        facts = collate(Chunk.from_meta(read_document(each), meta) for each, meta in pairs)
        if all(FACTS & each.keys() or is_aion(each) for each, _ in pairs):
            return aion_documents(facts, origin)
    except (FactsInvalid, AionInvalid, ValueError, TypeError):
        pass
    return [{**origin.preamble(), **each, "chunk": dict(meta)} for each, meta in pairs]
