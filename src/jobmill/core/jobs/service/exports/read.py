"""See exports. Who sees the job that makes one sees the export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from jobmill.core.accounts import Principal, Right, seen_by
from jobmill.core.errors import ExportNotFound, JobNotFound
from jobmill.core.exports.model import Export
from jobmill.core.ids import JobNumber, JobRef
from jobmill.core.items import Asset
from jobmill.core.jobs.access import visible_job
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.states import ENDED_JOBS, JobState


class ExportState(StrEnum):
    """Whether the archive can be had."""

    INCOMPLETE = "incomplete"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export as a caller sees it; `document` tells which files the archive has."""

    export: Export
    graph: JobGraph
    asset: Asset | None = None
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> ExportState:
        """How the job that makes it stands, in the three words of an export."""
        state = self.graph.job.state
        if state is JobState.COMPLETED:
            return ExportState.COMPLETE
        return ExportState.FAILED if state in ENDED_JOBS else ExportState.INCOMPLETE


def get_export(work: UnitOfWork, who: Principal, export: JobRef) -> ExportView:
    """The export of this id or number. Raises ExportNotFound."""
    try:
        graph = visible_job(work, who, export)
    except JobNotFound:
        raise ExportNotFound(f"There is no export {export!r}.") from None
    found = work.exports.get(graph.job.number)
    if found is None:
        raise ExportNotFound(f"There is no export {export!r}.")
    return view_of_export(work, found, graph)


def list_exports(
    work: UnitOfWork, who: Principal, before: int | None, limit: int
) -> Sequence[ExportView]:
    """The caller's exports (an admin sees the organization's), newest first."""
    who.require(Right.JOBS_READ)
    place = None if before is None else JobNumber(before)
    found = work.exports.find(who.organization, seen_by(who), place, limit)
    graphs = [(each, work.jobs.graph(each.job)) for each in found]
    return [view_of_export(work, each, graph) for each, graph in graphs if graph is not None]


def view_of_export(work: UnitOfWork, export: Export, graph: JobGraph) -> ExportView:
    """The export with what is known of it."""
    asset = work.assets.get(export.asset) if export.asset is not None else None
    results = work.results.of_job(export.job) if graph.job.state in ENDED_JOBS else ()
    return ExportView(export, graph, asset, results[0].document if results else {})
