"""Start an export: check what is asked for, and make the job that does it."""

from collections.abc import Sequence
from datetime import datetime

from jobmill.core.accounts import Principal, Right
from jobmill.core.capacity import EXPORT
from jobmill.core.errors import InvalidInput
from jobmill.core.events import EventType, NewEvent
from jobmill.core.exports.formats import options_of
from jobmill.core.exports.model import Export, ExportSource, ExportSpec
from jobmill.core.ids import ItemNumber, JobRef
from jobmill.core.jobs.access import visible_job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.exports.read import ExportView, view_of_export
from jobmill.core.jobs.service.labels import checked_name
from jobmill.core.jobs.service.own_jobs import own_job
from jobmill.core.jobs.service.recordings import get_recording

MOST_SOURCES, MOST_OUTPUTS = 1000, 100


def start_export(work: UnitOfWork, who: Principal, spec: ExportSpec, now: datetime) -> ExportView:
    """Make the job that writes the archive. What it exports is what stands when it runs.

    It tells no more than reading the results does, so that it needs the same right.

    Raises InvalidInput naming the field, JobNotFound, ItemNotFound.
    """
    who.require(Right.JOBS_READ)
    if spec.include_media:
        who.require(Right.ASSETS_READ)
    _check_sizes(spec)
    for source in spec.sources:
        _check_source(work, who, source)
    for number, output in enumerate(spec.outputs):
        options_of(output.format, output.options, f"formats.{number}.options")
    return begin_export(work, who, spec, now)


def begin_export(work: UnitOfWork, who: Principal, spec: ExportSpec, now: datetime) -> ExportView:
    """Make the job of an export that was checked."""
    name = checked_name(spec.name)
    graph = work.jobs.add(own_job(who, EXPORT, spec.as_json(), now, name=name))
    export = Export(
        graph.job.number,
        who.organization,
        spec,
        who.user_name,
        frozenset(who.rights),
        who.admin,
    )
    work.exports.add(export)
    announce(work, graph.job, [NewEvent(EventType.JOB_CREATED)], now)
    work.queue.hand_over(graph)
    return view_of_export(work, export, graph)


def sources_of(
    work: UnitOfWork,
    who: Principal,
    jobs: Sequence[JobRef],
    items: Sequence[ItemNumber] = (),
    start_ms: float | None = None,
    end_ms: float | None = None,
) -> tuple[ExportSource, ...]:
    """Sources of jobs by their ids or numbers, and of items. Raises JobNotFound."""
    numbers = [visible_job(work, who, job).job.number for job in jobs]
    of_jobs = [ExportSource(number, None, start_ms, end_ms) for number in numbers]
    of_items = [ExportSource(None, item, start_ms, end_ms) for item in items]
    return (*of_jobs, *of_items)


def _check_sizes(spec: ExportSpec) -> None:
    for field, count, most in (
        ("jobs", len(spec.sources), MOST_SOURCES),
        ("formats", len(spec.outputs), MOST_OUTPUTS),
    ):
        if not 1 <= count <= most:
            raise InvalidInput(f"{field}: give 1 to {most}, not {count}.", field=field)


def _check_source(work: UnitOfWork, who: Principal, source: ExportSource) -> None:
    if (source.job is None) == (source.item is None):
        raise InvalidInput("Give a job or an item for each source.", field="jobs")
    start, end = source.start_ms or 0.0, source.end_ms
    if start < 0 or (end is not None and end <= start):
        raise InvalidInput("end_ms: give an end after the start.", field="end_ms")
    if source.job is not None:
        visible_job(work, who, source.job)
    elif source.item is not None:
        get_recording(work, who, source.item)
