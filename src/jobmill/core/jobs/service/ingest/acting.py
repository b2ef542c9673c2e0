"""Act upon a whole batch: as bulk actions on its jobs, and upon what still reads it."""

from datetime import datetime

from jobmill.core.accounts import Principal, Right
from jobmill.core.ids import BatchNumber
from jobmill.core.jobs.batches import BatchState
from jobmill.core.jobs.bulk import BulkAction
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.batches import own_batch
from jobmill.core.jobs.service.bulk import start_bulk
from jobmill.core.jobs.service.change_job import cancel_job
from jobmill.core.jobs.service.filters import JobFilter
from jobmill.core.jobs.service.ingest.ending import end_cancelled
from jobmill.core.jobs.states import ENDED_JOBS


def act_on_batch(
    work: UnitOfWork, who: Principal, batch: str, action: BulkAction, now: datetime
) -> JobGraph:
    """Start a bulk action on the jobs of a batch. A cancel also ends its reading, at once.

    Raises BatchNotFound.
    """
    who.require(Right.JOBS_WRITE)
    number = own_batch(work, who, batch)
    if action is BulkAction.CANCEL:
        _stop_reading(work, who, number, now)
    return start_bulk(work, who, action, JobFilter(batch=str(number)), {}, now)


def _stop_reading(work: UnitOfWork, who: Principal, number: BatchNumber, now: datetime) -> None:
    found = work.batches.get(number, counted=False)
    if found.state is not BatchState.INGESTING or found.job is None:
        return
    graph = cancel_job(work, who, found.job, now)
    ingest = work.ingests.get(found.job)
    # What had begun ends it at its next step.
    if ingest is not None and graph.job.state in ENDED_JOBS:
        end_cancelled(work, ingest, graph.job, now)
