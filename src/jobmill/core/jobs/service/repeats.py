"""Requests that may be sent again, because their answer was lost: with a key the second of them
makes nothing, and answers what the first did."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.errors import Conflict, IdempotencyMismatch, InvalidInput
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.batches import Batch
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork

FIELD = "Idempotency-Key"
KEY_LIMIT = 255


@dataclass(frozen=True, slots=True)
class Once:
    """A caller's key, and what tells the request apart from others."""

    key: str
    fingerprint: str


class BatchMadeBefore(Exception):
    """The same request has made this batch; nothing of the second one is to stay."""

    def __init__(self, batch: Batch) -> None:
        super().__init__()
        self.batch = batch


def once(key: str | None, request: Any) -> Once | None:
    """For a request as JSON; what is not JSON in it counts by its text."""
    if key is None:
        return None
    text = json.dumps(request, sort_keys=True, default=str)
    return Once(key, hashlib.sha256(text.encode()).hexdigest())


def made_before(work: UnitOfWork, who: Principal, asked: Once | None) -> JobGraph | None:
    """The job that the first of these requests made. Raises InvalidInput and Conflict."""
    if asked is None:
        return None
    if not asked.key or len(asked.key) > KEY_LIMIT:
        raise InvalidInput(f"{FIELD}: give 1 to {KEY_LIMIT} characters.", field=FIELD)
    found = work.idempotency.find(who.organization, _own(who, asked))
    if found is None:
        return None
    if found[0] != asked.fingerprint:
        raise IdempotencyMismatch(
            f"This {FIELD} was used before with another request; take a new one for this.",
            field=FIELD,
        )
    graph = work.jobs.graph(found[1])
    if graph is None or graph.job.deleted:
        raise Conflict(
            f"{FIELD}: the job that was made with it is deleted; use a new key.", field=FIELD
        )
    return graph


def refuse_second_batch(work: UnitOfWork, who: Principal, asked: Once | None) -> None:
    """Raises BatchMadeBefore, and as `made_before`."""
    graph = made_before(work, who, asked)
    if graph is not None:
        # A batch is found by the job that reads it, or by one of its own.
        ingest = work.ingests.get(graph.job.number)
        number = graph.job.batch if ingest is None else ingest.batch
        assert number is not None  # noqa: S101  the fingerprint is of a request for a batch
        raise BatchMadeBefore(work.batches.get(number))


def remember(
    work: UnitOfWork, who: Principal, asked: Once | None, job: JobNumber, now: datetime
) -> None:
    """This job is what the request made."""
    if asked is not None:
        work.idempotency.keep(who.organization, _own(who, asked), asked.fingerprint, job, now)


def _own(who: Principal, asked: Once) -> str:
    """Each user has their own keys: another's job is nobody's business."""
    return f"{who.user}/{asked.key}"
