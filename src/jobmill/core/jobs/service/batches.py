"""Create, see and cancel batches, on behalf of a caller."""

from collections.abc import Sequence
from datetime import datetime

from jobmill.core.accounts import Principal, Right, seen_by
from jobmill.core.errors import BatchNotFound, InvalidInput, JobmillError
from jobmill.core.ids import BatchNumber, new_ids
from jobmill.core.jobs.batches.model import Batch
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.jobs.service.labels import checked_name
from jobmill.core.jobs.service.repeats import Once, refuse_second_batch, remember
from jobmill.core.jobs.service.row_making import RowMaker
from jobmill.core.jobs.service.submission import SubmitJob

MAX_JOBS = 10_000


def create_batch(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    name: str | None,
    commands: Sequence[SubmitJob],
    now: datetime,
    rows: str = "jobs",
    asked: Once | None = None,
) -> Batch:
    """Make all of these jobs, or none. A refusal names the row, as `rows.3.input`.

    Raises BatchMadeBefore where the same was asked before.
    """
    who.require(Right.JOBS_WRITE)
    if not 1 <= len(commands) <= MAX_JOBS:
        raise InvalidInput(f"{rows}: give 1 to {MAX_JOBS}.", field=rows)
    refuse_second_batch(work, who, asked)
    number = work.batches.add(who.organization, who.user, checked_name(name), len(commands), now)
    maker = RowMaker(work, outside, who, number, now)
    for place, (command, ident) in enumerate(zip(commands, new_ids(len(commands)), strict=True)):
        try:
            maker.add(command, ident)
        except JobmillError as refusal:
            row = f"{rows}.{place}"
            refusal.field = f"{row}.{refusal.field}" if refusal.field else row
            refusal.message = f"{row}: {refusal.message}"
            raise
    remember(work, who, asked, maker.make()[0], now)
    return work.batches.get(number)


def get_batch(work: UnitOfWork, who: Principal, batch: str) -> Batch:
    """A batch with its progress. Raises BatchNotFound."""
    who.require(Right.JOBS_READ)
    return work.batches.get(own_batch(work, who, batch))


def list_batches(
    work: UnitOfWork, who: Principal, below: int | None, limit: int
) -> Sequence[Batch]:
    """Batches of the caller's organization, newest first."""
    who.require(Right.JOBS_READ)
    return work.batches.list(who.organization, below, limit, seen_by(who))


def own_batch(work: UnitOfWork, who: Principal, batch: str) -> BatchNumber:
    """The number of a batch of the caller's. Raises BatchNotFound."""
    number = work.batches.number_of(who.organization, batch, seen_by(who))
    if number is None:
        raise BatchNotFound(f"There is no batch {batch!r}.")
    return number
