"""Remove jobs whose retention is over, with the bytes that only they used."""

from datetime import datetime

from jobmill.core.ids import AssetNumber
from jobmill.core.items import AssetSource
from jobmill.core.jobs import machine
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.states import ENDED_JOBS

BATCH = 100


def purge_due_jobs(work: UnitOfWork, now: datetime) -> int:
    """Purge up to a batch of jobs; one that still runs is stopped first and goes later.

    Returns how many jobs were removed.
    """
    removed = 0
    for number in work.jobs.due_for_purge(now, BATCH):
        graph = work.jobs.lock(number)
        if graph is None:
            continue
        if graph.job.state in ENDED_JOBS:
            _remove(work, graph)
            removed += 1
        elif not graph.job.cancel_requested:
            apply_change(work, machine.cancel(graph, now), now)
    return removed


def _remove(work: UnitOfWork, graph: JobGraph) -> None:
    job = graph.job
    for unused in work.jobs.remove(job.number):
        work.drop_blob(job.organization, unused)
    if job.item is not None:
        work.items.remove(job.item)
    if job.asset is not None:
        _remove_asset(work, graph, job.asset)


def _remove_asset(work: UnitOfWork, graph: JobGraph, number: AssetNumber) -> None:
    """An uploaded asset is its owner's; what was made for this job goes with it."""
    asset = work.assets.get(number)
    if asset is None or asset.source is AssetSource.UPLOAD:
        return
    unused = work.assets.remove(number)
    if unused is not None:
        work.drop_blob(graph.job.organization, unused)
