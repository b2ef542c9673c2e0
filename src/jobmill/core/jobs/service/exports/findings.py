"""Whose findings a result is: a stage that only puts together speaks for those before it."""

from collections.abc import Callable, Iterator, Sequence

from jobmill.core.accounts import Principal
from jobmill.core.engines import EngineCatalog
from jobmill.core.exports.model import ExportSource
from jobmill.core.jobs.access import visible_job
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.recordings import recording_jobs
from jobmill.core.results import Result

UTILITY = "utility"
"""The category of engines that find nothing of their own."""


def jobs_of(
    work: UnitOfWork,
    who: Principal,
    source: ExportSource,
    which: Callable[[JobGraph], bool] | None = None,
) -> Iterator[tuple[JobGraph, Sequence[Result]]]:
    """The jobs of a source (those of `which`) with their results.

    Raises JobNotFound, ItemNotFound.
    """
    if source.item is not None:
        found = recording_jobs(work, who, source.item)
        yield from (each for each in found if which is None or which(each[0]))
    elif source.job is not None:
        graph = visible_job(work, who, source.job)
        if which is None or which(graph):
            yield graph, work.results.of_job(graph.job.number)


def put_together(graph: JobGraph, task: str, catalog: EngineCatalog) -> set[str]:
    """The tasks that a task of a utility engine speaks for, by name; none of any other engine."""
    found: set[str] = set()
    waiting = [task]
    while waiting:
        name = waiting.pop()
        if category_of(catalog, graph.named(name).engine) != UTILITY:
            continue
        fresh = graph.parents(name) - found
        found |= fresh
        waiting += fresh
    return found


def category_of(catalog: EngineCatalog, engine: str) -> str | None:
    """The category of an engine that is installed."""
    manifest = catalog.manifests().get(engine)
    return manifest.category if manifest is not None else None
