"""Findings that are no results: the parts of tasks that work on chunks, where no stage put them
together, and documents that somebody put into an item.

Looked up in a unit of work; the bytes are read and put together outside of it.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.engines import EngineCatalog
from jobmill.core.exports.model import ExportSource
from jobmill.core.ids import OrganizationNumber, TaskNumber
from jobmill.core.items import Asset, BlobStore
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.model import JobGraph, Part
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.exports.findings import jobs_of, put_together
from jobmill.core.pipelines import Mode
from jobmill.core.results.aion import AionInvalid, read_document
from jobmill_engine.facts import Chunk, FactsInvalid, collate, write_facts

ROLE = "vtn-standard"
MOST_CHUNKS = 100_000
MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class ChunkedTask:
    """A task, and its documents as parts."""

    organization: OrganizationNumber
    task: TaskNumber
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Scattered:
    """Where the documents lie."""

    tasks: Sequence[ChunkedTask]
    assets: Sequence[Asset]


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents themselves: one a task, one an asset."""

    tasks: Mapping[TaskNumber, Mapping[str, Any]] = field(default_factory=dict)
    assets: Sequence[tuple[Asset, Mapping[str, Any]]] = ()


def scattered_findings(
    work: UnitOfWork, catalog: EngineCatalog, who: Principal, source: ExportSource
) -> Scattered:
    """What of a source does not lie in results. Raises JobNotFound, ItemNotFound."""
    tasks = _tasks(work, catalog, who, source)
    if source.item is None:
        return Scattered(tasks, ())
    held = work.items.held([source.item])
    kept = [each.asset for each in held if each.role == ROLE and each.task is None]
    return Scattered(tasks, [each for each in kept if each.media_type.endswith("json")])


def _tasks(
    work: UnitOfWork, catalog: EngineCatalog, who: Principal, source: ExportSource
) -> list[ChunkedTask]:
    found = []
    for graph, results in jobs_of(work, who, source, which=_works_on_chunks):
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


async def documents_of(blobs: BlobStore, scattered: Scattered) -> Documents:
    """The one document of each task and asset; of those that are documents of facts, or AION."""
    tasks = {}
    for each in scattered.tasks:
        read = [(await _bytes(blobs, each.organization, part), part.meta) for part in each.parts]
        document = await asyncio.to_thread(_collated, read)
        if document is not None:
            tasks[each.task] = document
    assets = []
    for asset in scattered.assets:
        if asset.blob is None or asset.blob.size > MOST_BYTES:
            continue
        data = await _blob(blobs, asset.organization, asset.blob.sha256)
        found = await asyncio.to_thread(_object, data)
        if found is not None:
            assets.append((asset, found))
    return Documents(tasks, assets)


def _works_on_chunks(graph: JobGraph) -> bool:
    return any(task.mode is Mode.CHUNK for task in graph.tasks)


def _is_document(part: Part) -> bool:
    return not part.empty and part.media_type.endswith("json")


async def _bytes(blobs: BlobStore, organization: OrganizationNumber, part: Part) -> bytes:
    if part.document is not None or part.sha256 is None:
        return (part.document or "").encode()
    return await _blob(blobs, organization, part.sha256)


async def _blob(blobs: BlobStore, organization: OrganizationNumber, sha256: str) -> bytes:
    pieces = await blobs.read(organization, sha256)
    return b"".join([piece async for piece in pieces])


def _collated(read: Sequence[tuple[bytes, Mapping[str, Any]]]) -> dict[str, Any] | None:
    try:
        chunks = [Chunk.from_meta(read_document(json.loads(data)), meta) for data, meta in read]
    except (FactsInvalid, AionInvalid, ValueError, TypeError):
        return None
    return write_facts(collate(chunks))


def _object(data: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
