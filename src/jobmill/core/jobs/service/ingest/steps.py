"""Read a batch a step further. Each step is one transaction: its jobs, what is wrong with rows, and
the place that it has come to are written together, so that no row is lost or made twice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobmill.core.accounts import Principal
from jobmill.core.capacity import INGEST
from jobmill.core.engines import Done, Failed, FailureClass
from jobmill.core.errors import JobmillError
from jobmill.core.ids import JobNumber, new_ids
from jobmill.core.items import Asset
from jobmill.core.jobs.batches import Batch, BatchError, BatchState
from jobmill.core.jobs.batches.ingest import Ingest, Phase
from jobmill.core.jobs.batches.rows import Row
from jobmill.core.jobs.model import FeatureProgress, Job, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.progress import WHOLE_TASK
from jobmill.core.jobs.service.attempts import (
    Finish,
    Notes,
    fail_attempt,
    finish_attempt,
    stop_attempt,
)
from jobmill.core.jobs.service.ingest.commands import commands_of, problem_of
from jobmill.core.jobs.service.ingest.ending import (
    batch_document,
    end_cancelled,
    ended_batch,
    is_wrong,
    tell_end,
    tell_failure,
)
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.jobs.service.row_making import RowMaker
from jobmill.core.jobs.states import JobState
from jobmill.core.pipelines.schemas import shortened
from jobmill.core.results import Provenance


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: rows, whether they were the last, and why no more of them can be read.

    `size` is that of the file, in bytes.
    """

    rows: Sequence[Row]
    over: bool
    size: int
    broken: str | None = None


class RowsRefused(Exception):
    """Rows were refused, and what had been written for them must not stay: this unit is undone.
    Carries all rows, the refused ones with their problems, to be taken again."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self.rows = rows


@dataclass(frozen=True, slots=True)
class ToRead:
    """What a batch's reader needs to begin."""

    ingest: Ingest
    asset: Asset | None


def ingest_to_read(work: UnitOfWork, job: JobNumber) -> ToRead | None:
    """What this job reads, and where it has come to; None when it was removed."""
    ingest = work.ingests.get(job)
    return None if ingest is None else ToRead(ingest, work.assets.get(ingest.asset))


def check_rows(
    work: UnitOfWork, outside: Outside, job: JobNumber, rows: Sequence[Row], now: datetime
) -> None:
    """Try to make these rows, and undo it by raising RowsRefused in any case."""
    ingest, graph = work.ingests.get(job), work.jobs.graph(job)
    if ingest is None or graph is None:
        raise RowsRefused(rows)
    _, marked = _tried(work, outside, ingest, graph.job, rows, now)
    raise RowsRefused(marked)


def step_ingest(
    work: UnitOfWork, outside: Outside, notes: Notes, read: Read, now: datetime
) -> Ingest | None:
    """Take in what was read; how far it is then. None: it is over, or was stopped.

    Raises RowsRefused, with which to try again.
    """
    ingest, graph = work.ingests.get(notes.job), work.jobs.lock(notes.job)
    if ingest is None or graph is None or not work.jobs.kept_among([notes.token]):
        _stop(work, ingest, graph, notes, now)
        return None
    batch = work.batches.get(ingest.batch, counted=False)
    rows, made = read.rows, 0
    if ingest.phase is Phase.MAKING:
        maker, rows = _tried(work, outside, ingest, graph.job, rows, now)
        if maker.dirty:
            raise RowsRefused(rows)
        made = len(maker.make())
    batch = replace(_counted(work, batch, ingest, rows, made), error=None)
    if rows:
        ingest = replace(ingest, place=rows[-1].end, row=rows[-1].number + 1)
    if read.over and ingest.phase is Phase.CHECKING and not is_wrong(batch, read.broken):
        batch = replace(batch, total=batch.processed)
        ingest = replace(ingest, phase=Phase.MAKING, place=0, row=0)
    elif read.over:
        _end(work, notes, graph, ingest, ended_batch(batch, read.broken), now)
        return None
    work.batches.save(batch)
    work.ingests.save(ingest)
    work.jobs.note_progress(notes.task, notes.token, _progress(ingest, batch, graph, read, now))
    return ingest


def fail_ingest(work: UnitOfWork, notes: Notes, failed: Failed, now: datetime) -> None:
    """It cannot be read any further, or was stopped before that was known. Of a failure of the
    platform the batch stays where it is, and says why: its job may be retried."""
    ingest, graph = work.ingests.get(notes.job), work.jobs.lock(notes.job)
    if ingest is None or graph is None or not work.jobs.kept_among([notes.token]):
        _stop(work, ingest, graph, notes, now)
        return
    if failed.failure is FailureClass.INPUT:
        batch = work.batches.get(ingest.batch, counted=False)
        tell_end(work, ingest, graph.job, ended_batch(batch, failed.message), now)
    if fail_attempt(work, notes, failed, 0.0, now) and failed.failure is not FailureClass.INPUT:
        _tell_failure(work, ingest, failed, now)


def _tell_failure(work: UnitOfWork, ingest: Ingest, failed: Failed, now: datetime) -> None:
    """Nothing but a person tries it again: whoever waits for the batch hears so."""
    graph = work.jobs.lock(ingest.job)
    if graph is not None and graph.job.state is JobState.FAILED:
        tell_failure(work, ingest, graph.job, failed.message, now)


def _stop(
    work: UnitOfWork,
    ingest: Ingest | None,
    graph: JobGraph | None,
    notes: Notes,
    now: datetime,
) -> None:
    if stop_attempt(work, notes, now) and ingest is not None and graph is not None:
        end_cancelled(work, ingest, graph.job, now)


def _tried(
    work: UnitOfWork,
    outside: Outside,
    ingest: Ingest,
    job: Job,
    rows: Sequence[Row],
    now: datetime,
) -> tuple[RowMaker, list[Row]]:
    """Rows as jobs that are not made yet; those that are refused, with their problems."""
    who = Principal(job.organization, job.owner, ingest.user_name, ingest.rights, ingest.admin)
    commands = commands_of(work, who, ingest.jobs, ingest.format, now)
    callback = ingest.callback
    maker = RowMaker(work, outside, who, ingest.batch, now, lambda command: callback)
    template, marked = commands.template(), []
    for row, ident in zip(rows, new_ids(len(rows)), strict=True):
        if row.problem is None:
            try:
                if template is None:
                    maker.add_alike(commands.of(row), ident)
                else:
                    maker.add_json(template, commands.json_of(row), ident)
            except JobmillError as refusal:
                row = replace(row, value=None, problem=problem_of(refusal))
        marked.append(row)
    return maker, marked


def _counted(
    work: UnitOfWork, batch: Batch, ingest: Ingest, rows: Sequence[Row], made: int
) -> Batch:
    """Rows of a strict batch are counted when they are checked."""
    wrong = [
        BatchError(row.number, shortened(row.problem.field), shortened(row.problem.message))
        for row in rows
        if row.problem is not None
    ]
    if wrong:
        work.batches.add_errors(batch.number, wrong)
    counts = not batch.strict or ingest.phase is Phase.CHECKING
    return replace(
        batch,
        size=batch.size + made,
        processed=batch.processed + (len(rows) if counts else 0),
        invalid=batch.invalid + len(wrong),
    )


def _end(
    work: UnitOfWork, notes: Notes, graph: JobGraph, ingest: Ingest, batch: Batch, now: datetime
) -> None:
    work.ingests.save(ingest)
    tell_end(work, ingest, graph.job, batch, now)
    if batch.state is BatchState.FAILED:
        failed = Failed(FailureClass.INPUT, "batch_failed", batch.error or "")
        fail_attempt(work, notes, failed, 0.0, now)
        return
    provenance = Provenance(INGEST, "1", {"pipeline": ingest.jobs.pipeline}, None)
    finish_attempt(work, Finish(notes, Done(batch_document(batch)), provenance), now)


def _progress(
    ingest: Ingest, batch: Batch, graph: JobGraph, read: Read, now: datetime
) -> dict[str, FeatureProgress]:
    """In bytes: how many rows there are shows at the end. Those of a strict one are read twice."""
    before = graph.tasks[0].progress.get(WHOLE_TASK)
    began = before.started_at if before else now
    again = read.size if batch.strict and ingest.phase is Phase.MAKING else 0
    total = float(max(1, read.size * (2 if batch.strict else 1)))
    done = float(min(again + ingest.place, total))
    return {WHOLE_TASK: FeatureProgress(done, total, "bytes", began, now)}
