"""Find what an export writes: which results of a job or an item suit which format."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import InvalidInput, NothingToExport
from jobmill.core.exports.formats import ExportFormat, FormatOptions, options_of
from jobmill.core.exports.model import ExportOutput, ExportSource
from jobmill.core.exports.naming import Names
from jobmill.core.exports.writing import Subject, suits
from jobmill.core.ids import JobRef
from jobmill.core.items import Asset
from jobmill.core.jobs.access import visible_job
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.exports.findings import jobs_of
from jobmill.core.jobs.service.exports.reading import ReadResult, read_assets, read_jobs
from jobmill.core.jobs.service.exports.scattered import Documents
from jobmill.core.results import Result
from jobmill_engine.facts import Facts


@dataclass(frozen=True, slots=True)
class FileToWrite:
    """One file of an export: its name, what is in it, and where that comes from."""

    name: str
    output: ExportOutput
    options: FormatOptions
    subject: Subject
    job: Job | None
    result: Result

    def described(self) -> dict[str, Any]:
        """As the export tells of it."""
        return {
            "name": self.name,
            "format": self.output.format.value,
            "job": self.job and self.job.id,
            "task": self.result.task or None,
            "feature": self.result.feature,
            "engine": self.result.provenance.engine or None,
        }


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one source gives, and what could not be had of it."""

    files: tuple[FileToWrite, ...]
    media: tuple[Asset, ...]
    problems: tuple[str, ...]


def gather(
    work: UnitOfWork,
    catalog: EngineCatalog,
    who: Principal,
    source: ExportSource,
    outputs: Sequence[ExportOutput],
    names: Names,
    scattered: Documents,
) -> Gathered:
    """The files of one source. Raises JobNotFound, ItemNotFound."""
    jobs = list(jobs_of(work, who, source))
    read = [*read_jobs(work, jobs, catalog, scattered), *read_assets(scattered)]
    speakers = tuple(found for each in read for found in each.speakers)
    files: list[FileToWrite] = []
    problems = []
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
            words = [each.label, *(_parted(each) if len(chosen) > 1 else ())]
            name = names.take(words, options.file_extension)
            files.append(FileToWrite(name, output, options, subject, each.job, each.result))
    media = _media(work, source, [graph.job for graph, _ in jobs])
    return Gathered(tuple(files), media, tuple(problems))


def single_file(
    work: UnitOfWork,
    catalog: EngineCatalog,
    who: Principal,
    job: JobRef,
    output: ExportOutput,
    scattered: Documents,
) -> FileToWrite:
    """The one file that a job gives in a format.

    Raises NothingToExport, or InvalidInput when several results suit and none is named.
    """
    number = visible_job(work, who, job).job.number
    gathered = gather(work, catalog, who, ExportSource(number), [output], Names(), scattered)
    if not gathered.files:
        raise NothingToExport(gathered.problems[0])
    if len(gathered.files) > 1:
        tasks = ", ".join(dict.fromkeys(each.result.task for each in gathered.files))
        raise InvalidInput(
            f"task: several results can be written as {output.format}; name one of {tasks}.",
            field="task",
        )
    return gathered.files[0]


def _chosen(read: Sequence[ReadResult], output: ExportOutput) -> list[ReadResult]:
    """The results that are asked for and suit; of equal transcripts of a job, the last."""
    wanted = [each for each in read if _is_wanted(each, output)]
    return [
        each
        for number, each in enumerate(wanted)
        if not any(_same_words(each, other) for other in wanted[number + 1 :])
    ]


def _is_wanted(each: ReadResult, output: ExportOutput) -> bool:
    asked = (output.task, output.engine, output.category)
    found = (each.tasks, each.engines, each.categories)
    if not all(name is None or name in names for name, names in zip(asked, found, strict=True)):
        return False
    if each.facts is None:
        return output.format in _ANY_SHAPE
    return suits(output.format, each.facts)


def _same_words(one: ReadResult, other: ReadResult) -> bool:
    """A stage that collates says again what the stage before it said."""
    if one.facts is None or other.facts is None or not one.facts.words:
        return False
    if one.job is not None and other.job is not None and one.job.number != other.job.number:
        return False
    plain = [[replace(word, more={}) for word in each.words] for each in (one.facts, other.facts)]
    return plain[0] == plain[1]


def _media(work: UnitOfWork, source: ExportSource, jobs: Sequence[Job]) -> tuple[Asset, ...]:
    """What the jobs worked on, and what an item holds as media."""
    numbers = {job.asset for job in jobs if job.asset is not None}
    if source.item is not None:
        held = work.items.held([source.item])
        numbers |= {each.asset.number for each in held if each.role in MEDIA_ROLES}
    found = (work.assets.get(number) for number in sorted(numbers))
    return tuple(each for each in found if each is not None)


def _parted(each: ReadResult) -> tuple[str, ...]:
    named = (each.result.task,) if each.result.task else ()
    return (*named, *((each.result.feature,) if each.result.feature else ()))


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


_ANY_SHAPE = frozenset({ExportFormat.JSON})
MEDIA_ROLES = frozenset({"media", "source"})
