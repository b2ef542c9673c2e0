"""How the reading of a batch ends: its state, and who is told."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from jobmill.core.events import EventType, NewEvent
from jobmill.core.jobs.batches import Batch, BatchState
from jobmill.core.jobs.batches.ingest import Ingest
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.announce import announce

EVENTS = {
    BatchState.READY: EventType.BATCH_COMPLETED,
    BatchState.FAILED: EventType.BATCH_FAILED,
    BatchState.PARTIAL: EventType.BATCH_PARTIAL,
}


def end_cancelled(work: UnitOfWork, ingest: Ingest, job: Job, now: datetime) -> None:
    """Nothing more of it is read: its job was cancelled."""
    batch = work.batches.get(ingest.batch, counted=False)
    state = BatchState.PARTIAL if batch.size else BatchState.FAILED
    tell_end(work, ingest, job, replace(batch, state=state, error="It was cancelled."), now)


def is_wrong(batch: Batch, broken: str | None) -> bool:
    """Whether not all of it can be made."""
    return bool(broken or batch.invalid or not batch.processed)


def ended_batch(batch: Batch, broken: str | None) -> Batch:
    """The batch as it stands when all was read that can be."""
    error = broken
    if batch.invalid:
        rows = f"{batch.invalid} of {batch.processed} rows cannot be taken."
        error = f"{broken} {rows}" if broken else rows
    elif not batch.processed and not broken:
        error = "There are no rows."
    state = BatchState.READY
    if is_wrong(batch, broken):
        state = BatchState.PARTIAL if batch.size else BatchState.FAILED
    total = batch.total if broken else batch.processed
    return replace(batch, state=state, error=error, total=total)


def tell_end(work: UnitOfWork, ingest: Ingest, job: Job, batch: Batch, now: datetime) -> None:
    """The batch has come to its end: write it down, for whoever asked to be told too."""
    work.batches.save(batch)
    announce(work, job, [NewEvent(EVENTS[batch.state], data=batch_document(batch))], now)
    if ingest.callback is not None:
        for each in ingest.callback.every:
            work.webhooks.endpoints.used(each.endpoint, -1)


def tell_failure(work: UnitOfWork, ingest: Ingest, job: Job, why: str, now: datetime) -> None:
    """What reads the batch failed, and nothing is wrong with its rows: where it stood and who is
    told stay, for another run of that job."""
    batch = work.batches.get(ingest.batch, counted=False)
    work.batches.save(replace(batch, state=BatchState.INGESTING, error=why))
    ended = ended_batch(batch, why)
    announce(work, job, [NewEvent(EVENTS[ended.state], data=batch_document(ended))], now)


def batch_document(batch: Batch) -> dict[str, Any]:
    """How it ended: as the result of what read it, and as events tell it."""
    return {
        "batch": batch.id,
        "number": batch.number,
        "name": batch.name,
        "pipeline": batch.pipeline,
        "state": batch.state.value,
        "size": batch.size,
        "total": batch.total,
        "processed": batch.processed,
        "valid": batch.valid,
        "invalid": batch.invalid,
        "error": batch.error,
    }
