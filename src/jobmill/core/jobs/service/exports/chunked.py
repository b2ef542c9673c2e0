"""Findings that lie in parts: of tasks that work on chunks, and of whom no stage put them together.

Looked up in a unit of work; the bytes are read and put together outside of it.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.engines import EngineCatalog
from jobmill.core.exports.model import ExportSource
from jobmill.core.ids import OrganizationNumber, TaskNumber
from jobmill.core.items import BlobStore
from jobmill.core.jobs.model import Part
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.exports.findings import jobs_of, put_together
from jobmill.core.pipelines import Mode
from jobmill.core.results.aion import AionInvalid, read_document
from jobmill.core.results.facts import Chunk, FactsInvalid, collate, write_facts

OUT = "out"
MOST_CHUNKS = 100_000
Documents = Mapping[TaskNumber, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ChunkedTask:
    """A task, and its documents as parts."""

    organization: OrganizationNumber
    task: TaskNumber
    parts: Sequence[Part]


def chunked_tasks(
    work: UnitOfWork, catalog: EngineCatalog, who: Principal, source: ExportSource
) -> list[ChunkedTask]:
    """The tasks of a source whose findings lie in parts alone. Raises JobNotFound, ItemNotFound."""
    found = []
    for graph, results in jobs_of(work, who, source):
        named = {result.task for result in results}
        told = named.union(*(put_together(graph, name, catalog) for name in named))
        for task in graph.tasks:
            if task.mode is not Mode.CHUNK or task.lane or task.name in told:
                continue
            parts = work.parts.page(task.number, None, MOST_CHUNKS)
            documents = [each for each in parts if each.port == OUT and _is_document(each)]
            if documents:
                found.append(ChunkedTask(graph.job.organization, task.number, documents))
    return found


async def documents_of(blobs: BlobStore, tasks: Sequence[ChunkedTask]) -> Documents:
    """The one document of each of these tasks; of those whose parts are documents of facts."""
    found = {}
    for each in tasks:
        read = [(await _bytes(blobs, each.organization, part), part.meta) for part in each.parts]
        document = await asyncio.to_thread(_collated, read)
        if document is not None:
            found[each.task] = document
    return found


def _is_document(part: Part) -> bool:
    return not part.empty and part.media_type.endswith("json")


async def _bytes(blobs: BlobStore, organization: OrganizationNumber, part: Part) -> bytes:
    if part.document is not None or part.sha256 is None:
        return (part.document or "").encode()
    pieces = await blobs.read(organization, part.sha256)
    return b"".join([piece async for piece in pieces])


def _collated(read: Sequence[tuple[bytes, Mapping[str, Any]]]) -> dict[str, Any] | None:
    try:
        chunks = [Chunk.from_meta(read_document(json.loads(data)), meta) for data, meta in read]
    except (FactsInvalid, AionInvalid, ValueError, TypeError):
        return None
    return write_facts(collate(chunks))
