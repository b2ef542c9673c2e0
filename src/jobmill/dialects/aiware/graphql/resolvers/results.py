"""What engines found, by job or by recording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from jobmill.core.errors import InvalidInput
from jobmill.core.ids import ItemNumber
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.model import JobGraph, Part, Task
from jobmill.core.jobs.pages import JobPage
from jobmill.core.jobs.service import job_results, page_jobs
from jobmill.core.pipelines import Mode
from jobmill.core.results import Result
from jobmill.core.results.aion import Origin
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.contents import bytes_of
from jobmill.dialects.aiware.graphql.finding import item_named, job_named
from jobmill.dialects.aiware.mapping.catalogue import category_of, engine_id, engine_named
from jobmill.dialects.aiware.mapping.jobs import SeenTask, id_of, kept_of_task
from jobmill.dialects.aiware.mapping.results import (
    chunks_together,
    documents_of,
    finder_of,
    shown_in_results,
)

MOST_JOBS = 1000
MOST_CHUNKS = 10_000
VTN = "vtn-standard"


@dataclass(frozen=True, slots=True)
class SeenResult:
    """Findings of a task, or those that it put together for the one that found them."""

    graph: JobGraph
    task: Task
    finder: Task
    document: dict[str, Any]


def engine_results(
    source: Any,
    call: Call,
    tdoId: str | None = None,  # noqa: N803
    sourceId: str | None = None,  # noqa: N803
    engineIds: Sequence[str] | None = None,  # noqa: N803
    engineCategoryIds: Sequence[str] | None = None,  # noqa: N803
    jobId: str | None = None,  # noqa: N803
    startOffsetMs: int | None = None,  # noqa: N803
    stopOffsetMs: int | None = None,  # noqa: N803
    **_: Any,
) -> dict[str, Any]:
    """The results of a job, or of engines on a recording."""
    if jobId is None and tdoId is None:
        raise InvalidInput("jobId: give the id of a job, or tdoId with engineIds.", field="jobId")
    if jobId is None and not engineIds and not engineCategoryIds:
        raise InvalidInput(
            "engineIds: beside tdoId, name engineIds or engineCategoryIds.", field="engineIds"
        )
    graphs = _graphs(call, jobId, tdoId)
    wanted = _engines(call, engineIds, engineCategoryIds)
    found = [
        seen
        for graph in graphs
        for seen in _results(call, graph)
        if wanted is None or seen.finder.engine in wanted
    ]
    call.spend(len(found))
    return {"sourceId": sourceId, "records": _within(found, startOffsetMs, stopOffsetMs)}


def _graphs(call: Call, job: str | None, tdo: str | None) -> Sequence[JobGraph]:
    if job is not None:
        graph = job_named(call.work, call.who, job)
        return [graph] if tdo is None or str(graph.job.item) == tdo else []
    item = item_named(call.work, call.who, tdo or "")
    page = JobPage(call.who.organization, item=ItemNumber(item.number), limit=MOST_JOBS)
    return page_jobs(call.work, call.who, page)


def _engines(
    call: Call, ids: Sequence[str] | None, categories: Sequence[str] | None
) -> set[str] | None:
    if not ids and not categories:
        return None
    installed = call.catalog.manifests()
    found = {engine_named(each, installed) for each in ids or ()}
    found |= {each.id for each in installed.values() if category_of(each).id in (categories or ())}
    return {each for each in found if each is not None}


def _results(call: Call, graph: JobGraph) -> list[SeenResult]:
    """The findings of a job by now, of each task whose findings count."""
    results: dict[str, list[Result]] = {}
    for result in job_results(call.work, call.who, graph.job.number):
        results.setdefault(result.task, []).append(result)
    found = []
    for task in shown_in_results(graph, results.keys()):
        finder = finder_of(graph, task)
        for document in _documents(call, graph, task, finder, results.get(task.name, [])):
            found.append(SeenResult(graph, task, finder, document))
    return found


def _documents(
    call: Call, graph: JobGraph, task: Task, finder: Task, results: list[Result]
) -> list[dict[str, Any]]:
    origin = Origin(
        engine_id_of(graph, finder), _name(call, finder), SeenTask(graph, task).id, task.ended_at
    )
    if results:
        return [each for result in results for each in documents_of(result.document, origin)]
    if task.mode is not Mode.CHUNK:
        return []
    parts = call.work.parts.page(task.number, None, MOST_CHUNKS)
    chunks = [
        (document, part.meta)
        for part in parts
        if part.port == OUT and (document := _chunk(call, graph, part)) is not None
    ]
    call.spend(len(chunks))
    return chunks_together(chunks, origin)


def _chunk(call: Call, graph: JobGraph, part: Part) -> Mapping[str, Any] | None:
    """The document in a part; None for one that holds none."""
    text: str | bytes | None = part.document
    if text is None and part.blob is not None and part.media_type.endswith("json"):
        text = bytes_of(call, graph.job.organization, part.blob)
    try:
        found = from_json(text) if text else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _name(call: Call, task: Task) -> str:
    manifest = call.catalog.manifests().get(task.engine)
    return task.engine if manifest is None else manifest.name


def engine_id_of(graph: JobGraph, task: Task) -> str:
    """The engine's id as the client wrote it, or the one that it is shown with."""
    return kept_of_task(SeenTask(graph, task)).get("engineId") or engine_id(task.engine)


def _asset_id(seen: SeenResult, call: Call) -> str | None:
    """The asset in which the task wrote its findings."""
    if seen.graph.job.item is None:
        return None
    for held in call.work.items.held([seen.graph.job.item]):
        if held.task == seen.task.number and held.role == VTN:
            return held.asset.handle
    return None


def _within(found: list[SeenResult], start: int | None, stop: int | None) -> list[SeenResult]:
    if start is None and stop is None:
        return found
    return [
        seen
        for seen in found
        if (start is None or _stop(seen) >= start) and (stop is None or _start(seen) <= stop)
    ]


def _start(seen: SeenResult) -> int:
    return min((int(each) for each in _times(seen, "start")), default=0)


def _stop(seen: SeenResult) -> int:
    return max((int(each) for each in _times(seen, "stop")), default=0)


def _times(seen: SeenResult, end: str) -> list[float]:
    keys = ("startTimeMs", "start_ms") if end == "start" else ("stopTimeMs", "end_ms")
    rows = [
        row
        for name in ("series", "words", "spans", "objects")
        for row in seen.document.get(name) or ()
        if isinstance(row, dict)
    ]
    return [row[key] for row in rows for key in keys if isinstance(row.get(key), int | float)]


RESULT: dict[str, Any] = {
    "tdoId": lambda seen, call: str(seen.graph.job.item or 0),
    "engineId": lambda seen, call: engine_id_of(seen.graph, seen.finder),
    "jsondata": lambda seen, call: seen.document,
    "startOffsetMs": lambda seen, call: _start(seen),
    "stopOffsetMs": lambda seen, call: _stop(seen),
    "assetId": _asset_id,
    "userEdited": lambda seen, call: False,
    "taskId": lambda seen, call: SeenTask(seen.graph, seen.task).id,
    "jobId": lambda seen, call: id_of(seen.graph.job),
}
RESOLVERS = {"Query": {"engineResults": engine_results}, "EngineResult": RESULT}
