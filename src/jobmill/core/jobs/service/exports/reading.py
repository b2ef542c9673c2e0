"""Results as exports see them: with their facts, and whose findings they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobmill.core.engines import EngineCatalog
from jobmill.core.exports.naming import stem_of
from jobmill.core.jobs.model import Job, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.exports.findings import category_of, put_together
from jobmill.core.jobs.service.exports.scattered import Documents
from jobmill.core.results import Provenance, Result
from jobmill.core.results.aion import AionInvalid, read_document
from jobmill_engine.facts import Facts, FactsInvalid, Found


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A result with its facts, if it has any, and the job that it is of, unless it was uploaded.

    `label` begins the names of its files; tasks, engines and categories are those that it is the
    finding of.
    """

    job: Job | None
    label: str
    result: Result
    facts: Facts | None
    tasks: frozenset[str]
    engines: frozenset[str]
    categories: frozenset[str | None]

    @property
    def speakers(self) -> tuple[Found, ...]:
        """Who speaks when, as far as it says."""
        objects = self.facts.objects if self.facts else ()
        return tuple(each for each in objects if each.type == "speaker" and each.timed)


def read_jobs(
    work: UnitOfWork,
    jobs: Sequence[tuple[JobGraph, Sequence[Result]]],
    catalog: EngineCatalog,
    scattered: Documents,
) -> Iterator[ReadResult]:
    """The results of jobs, in the order of their tasks; chunks that were put together count too."""
    for graph, results in jobs:
        label = _label(work, graph.job)
        of_task: dict[str, list[Result]] = {}
        for result in results:
            of_task.setdefault(result.task, []).append(result)
        for task in graph.tasks:
            if task.number in scattered.tasks:
                provenance = Provenance(task.engine, "", task.parameters)
                result = Result(task.name, None, scattered.tasks[task.number], provenance)
                of_task.setdefault(task.name, []).append(result)
            for result in of_task.get(task.name, ()):
                yield _read(graph, label, catalog, result)


def read_assets(scattered: Documents) -> Iterator[ReadResult]:
    """Documents that somebody put into an item, under the engine that they name."""
    for asset, document in scattered.assets:
        engine = str(document.get("sourceEngineName") or document.get("sourceEngineId") or "")
        result = Result("", None, document, Provenance(engine, "", {}))
        named = {str(document.get(key)) for key in ("sourceEngineId", "sourceEngineName")}
        yield ReadResult(
            None,
            stem_of(asset.name)[0],
            result,
            _facts(document),
            frozenset(),
            frozenset(named),
            frozenset(),
        )


def _read(graph: JobGraph, label: str, catalog: EngineCatalog, result: Result) -> ReadResult:
    told = put_together(graph, result.task, catalog)
    engines = {result.provenance.engine} | {graph.named(name).engine for name in told}
    return ReadResult(
        graph.job,
        label,
        result,
        _facts(result.document),
        frozenset({result.task, *told}),
        frozenset(engines),
        frozenset(category_of(catalog, engine) for engine in engines),
    )


def _facts(document: Mapping[str, Any]) -> Facts | None:
    """None for a document of another shape."""
    try:
        return read_document(document)
    except (FactsInvalid, AionInvalid):
        return None


def _label(work: UnitOfWork, job: Job) -> str:
    """What its owner calls it, or the media; else what the item is called."""
    asset = work.assets.get(job.asset) if job.asset is not None else None
    item = work.items.get(job.item) if job.item is not None else None
    named = (job.name, stem_of(asset.name)[0] if asset else None, item.name if item else None)
    return next((each for each in named if each), f"job-{job.number}")
