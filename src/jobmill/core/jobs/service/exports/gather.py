"""Find what an export writes: which results of a job or an item suit which format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import InvalidInput, NothingToExport
from jobmill.core.exports.formats import FormatOptions, options_of
from jobmill.core.exports.model import ExportOutput, ExportSource
from jobmill.core.exports.naming import Names, stem_of
from jobmill.core.exports.writing import Subject, suits
from jobmill.core.ids import JobRef
from jobmill.core.items import Asset
from jobmill.core.jobs.access import visible_job
from jobmill.core.jobs.model import Job, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.exports.chunked import Documents
from jobmill.core.jobs.service.exports.findings import category_of, jobs_of, put_together
from jobmill.core.results import Provenance, Result
from jobmill.core.results.aion import AionInvalid, read_document
from jobmill.core.results.facts import Facts, FactsInvalid, Found


@dataclass(frozen=True, slots=True)
class FileToWrite:
    """One file of an export: its name, what is in it, and where that comes from."""

    name: str
    output: ExportOutput
    options: FormatOptions
    subject: Subject
    job: Job
    result: Result

    def described(self) -> dict[str, Any]:
        """As the export tells of it."""
        return {
            "name": self.name,
            "format": self.output.format.value,
            "job": self.job.id,
            "task": self.result.task,
            "feature": self.result.feature,
            "engine": self.result.provenance.engine,
        }


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one source gives, and what could not be had of it."""

    files: tuple[FileToWrite, ...]
    media: tuple[Asset, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A result with its facts, if it has any, the job that it is of, and whose findings it is."""

    job: Job
    result: Result
    facts: Facts | None
    tasks: frozenset[str]
    engines: frozenset[str]
    categories: frozenset[str | None]


def gather(
    work: UnitOfWork,
    catalog: EngineCatalog,
    who: Principal,
    source: ExportSource,
    outputs: Sequence[ExportOutput],
    names: Names,
    chunked: Documents,
) -> Gathered:
    """The files of one source. Raises JobNotFound, ItemNotFound."""
    jobs = list(jobs_of(work, who, source))
    read = list(_read_jobs(jobs, catalog, chunked))
    speakers = tuple(found for each in read if each.facts for found in _speakers(each.facts))
    files: list[FileToWrite] = []
    problems = []
    labels = {graph.job.number: _label(work, graph.job) for graph, _ in jobs}
    for output in outputs:
        chosen = _chosen(read, output)
        if not chosen:
            problems.append(_nothing(source, [graph.job for graph, _ in jobs], output))
        for each in chosen:
            subject = Subject(
                each.facts or Facts(),
                each.result.document,
                source.start_ms,
                source.end_ms,
                speakers,
            )
            options = options_of(output.format, output.options)
            words = [labels[each.job.number], *(_parted(each) if len(chosen) > 1 else ())]
            name = names.take(words, options.file_extension)
            files.append(FileToWrite(name, output, options, subject, each.job, each.result))
    media = {graph.job.asset for graph, _ in jobs if graph.job.asset is not None}
    assets = (work.assets.get(number) for number in sorted(media))
    return Gathered(tuple(files), tuple(each for each in assets if each), tuple(problems))


def single_file(
    work: UnitOfWork,
    catalog: EngineCatalog,
    who: Principal,
    job: JobRef,
    output: ExportOutput,
    chunked: Documents,
) -> FileToWrite:
    """The one file that a job gives in a format.

    Raises NothingToExport, or InvalidInput when several results suit and none is named.
    """
    number = visible_job(work, who, job).job.number
    gathered = gather(work, catalog, who, ExportSource(number), [output], Names(), chunked)
    if not gathered.files:
        raise NothingToExport(gathered.problems[0])
    if len(gathered.files) > 1:
        tasks = ", ".join(dict.fromkeys(each.result.task for each in gathered.files))
        raise InvalidInput(
            f"task: several results can be written as {output.format}; name one of {tasks}.",
            field="task",
        )
    return gathered.files[0]


def _read_jobs(
    jobs: Sequence[tuple[JobGraph, Sequence[Result]]], catalog: EngineCatalog, chunked: Documents
) -> Iterator[_Read]:
    """The results of jobs, in the order of their tasks; chunks that were put together count too."""
    for graph, results in jobs:
        of_task: dict[str, list[Result]] = {}
        for result in results:
            of_task.setdefault(result.task, []).append(result)
        for task in graph.tasks:
            if task.number in chunked:
                provenance = Provenance(task.engine, "", task.parameters)
                result = Result(task.name, None, chunked[task.number], provenance)
                of_task.setdefault(task.name, []).append(result)
            for result in of_task.get(task.name, ()):
                yield _read(graph, catalog, result)


def _read(graph: JobGraph, catalog: EngineCatalog, result: Result) -> _Read:
    told = put_together(graph, result.task, catalog)
    engines = {result.provenance.engine} | {graph.named(name).engine for name in told}
    return _Read(
        graph.job,
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


def _speakers(facts: Facts) -> Iterator[Found]:
    return (found for found in facts.objects if found.type == "speaker" and found.timed)


def _chosen(read: Sequence[_Read], output: ExportOutput) -> list[_Read]:
    """The results that are asked for and suit; of equal transcripts of a job, the last."""
    wanted = [each for each in read if _is_wanted(each, output)]
    return [
        each
        for number, each in enumerate(wanted)
        if not any(_same_words(each, other) for other in wanted[number + 1 :])
    ]


def _is_wanted(each: _Read, output: ExportOutput) -> bool:
    asked = (output.task, output.engine, output.category)
    found = (each.tasks, each.engines, each.categories)
    if not all(name is None or name in names for name, names in zip(asked, found, strict=True)):
        return False
    if each.facts is None:
        return output.format in _ANY_SHAPE
    return suits(output.format, each.facts)


def _same_words(one: _Read, other: _Read) -> bool:
    """A stage that collates says again what the stage before it said."""
    if one.job.number != other.job.number or not one.facts or not other.facts:
        return False
    if not one.facts.words:
        return False
    plain = [[replace(word, more={}) for word in each.words] for each in (one.facts, other.facts)]
    return plain[0] == plain[1]


def _label(work: UnitOfWork, job: Job) -> str:
    asset = work.assets.get(job.asset) if job.asset is not None else None
    return job.name or (stem_of(asset.name)[0] if asset else "") or f"job-{job.number}"


def _parted(each: _Read) -> tuple[str, ...]:
    return (each.result.task, *((each.result.feature,) if each.result.feature else ()))


def _nothing(source: ExportSource, jobs: Sequence[Job], output: ExportOutput) -> str:
    asked = [
        f"of {kind} {name!r}"
        for kind, name in (
            ("task", output.task),
            ("engine", output.engine),
            ("category", output.category),
        )
        if name is not None
    ]
    whose = f"job {jobs[0].number}" if source.job is not None else f"item {source.item}"
    which = f" {' '.join(asked)}" if asked else ""
    return f"No result{which} in {whose} has what {output.format} is made of."


_ANY_SHAPE = frozenset({"json"})
