"""Remove jobs whose retention is over, with the bytes that only they used."""

from collections.abc import Sequence
from datetime import datetime

from jobmill.core.capacity import EXPORT
from jobmill.core.ids import AssetNumber, ItemNumber, JobNumber
from jobmill.core.items import AssetSource
from jobmill.core.jobs import machine
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.states import ENDED_JOBS

BATCH = 100


def due_jobs(work: UnitOfWork, now: datetime) -> Sequence[JobNumber]:
    """Up to a batch of jobs whose time is over."""
    return work.jobs.due_for_purge(now, BATCH)


def purge_job(work: UnitOfWork, number: JobNumber, now: datetime) -> bool:
    """Remove a job; one that still runs is stopped first and goes later (False)."""
    graph = work.jobs.lock(number)
    if graph is None:
        return False
    if graph.job.state not in ENDED_JOBS:
        if not graph.job.cancel_requested:
            apply_change(work, machine.cancel(graph, now), now)
        return False
    _remove(work, graph)
    return True


def _remove(work: UnitOfWork, graph: JobGraph) -> None:
    job = graph.job
    export = work.exports.get(job.number) if job.type == EXPORT else None
    for unused in work.jobs.remove(job.number):
        work.drop_blob(job.organization, unused)
    if job.callback is not None:
        for each in job.callback.every:
            work.webhooks.endpoints.used(each.endpoint, -1)
    made: Sequence[AssetNumber] = ()
    if job.item is not None and not _lasts(work, job.item):
        made = [held.asset.number for held in work.items.held([job.item]) if held.task is not None]
        work.items.remove(job.item)
        made = made if work.items.get(job.item) is None else ()
    if job.asset is not None:
        _remove_asset(work, graph, job.asset)
    for asset in {*made, *(task.asset for task in graph.tasks if task.asset is not None)}:
        _remove_asset(work, graph, asset)
    if export is not None and export.asset is not None:
        _remove_asset(work, graph, export.asset)


def _lasts(work: UnitOfWork, number: ItemNumber) -> bool:
    item = work.items.get(number)
    return item is not None and item.lasting


def _remove_asset(work: UnitOfWork, graph: JobGraph, number: AssetNumber) -> None:
    """An uploaded asset is its owner's; what was made for this job goes with it."""
    asset = work.assets.get(number)
    if asset is None or asset.source is AssetSource.UPLOAD:
        return
    place = work.items.holding(number)
    if place is not None and _lasts(work, place.item):
        return
    unused = work.assets.remove(number)
    if unused is not None:
        work.drop_blob(graph.job.organization, unused)
