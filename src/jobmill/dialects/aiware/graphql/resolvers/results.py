"""What engines found, by job or by recording."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.ids import ItemNumber
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.pages import JobPage
from jobmill.core.jobs.service import job_results, page_jobs
from jobmill.core.results import Result
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import item_named, job_named
from jobmill.dialects.aiware.mapping.catalogue import category_of, engine_id, engine_named
from jobmill.dialects.aiware.mapping.jobs import SeenTask, id_of

MOST_JOBS = 1000


@dataclass(frozen=True, slots=True)
class SeenResult:
    """A result with the job that it came from, and its document as it is shown."""

    graph: JobGraph
    result: Result
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
        if wanted is None or seen.result.provenance.engine in wanted
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
    return [
        SeenResult(graph, result, _document(graph, result))
        for result in job_results(call.work, call.who, graph.job.number)
    ]


def _document(graph: JobGraph, result: Result) -> dict[str, Any]:
    document = dict(result.document)
    return {
        "sourceEngineId": engine_id(result.provenance.engine),
        "sourceEngineName": result.provenance.engine,
        "taskId": SeenTask(graph, graph.named(result.task)).id,
        **document,
    }


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
    "engineId": lambda seen, call: engine_id(seen.result.provenance.engine),
    "jsondata": lambda seen, call: seen.document,
    "startOffsetMs": lambda seen, call: _start(seen),
    "stopOffsetMs": lambda seen, call: _stop(seen),
    "assetId": lambda seen, call: None,
    "userEdited": lambda seen, call: False,
    "taskId": lambda seen, call: SeenTask(seen.graph, seen.graph.named(seen.result.task)).id,
    "jobId": lambda seen, call: id_of(seen.graph.job),
}
RESOLVERS = {"Query": {"engineResults": engine_results}, "EngineResult": RESULT}
