"""Create, see and cancel batches, on behalf of a caller."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from jobmill.core.accounts import Principal, Right, seen_by
from jobmill.core.errors import BatchNotFound, InvalidInput, JobmillError
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import BatchNumber, JobNumber
from jobmill.core.jobs.batches.model import Batch
from jobmill.core.jobs.ports import NewJob, UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.job_input import Outside, asset_for
from jobmill.core.jobs.service.labels import checked_name
from jobmill.core.jobs.service.share_job import share_new_job
from jobmill.core.jobs.service.submit_job import (
    SubmitJob,
    callback_of,
    new_job,
    plan_of,
    task_inputs,
)
from jobmill.core.pipelines import Plan
from jobmill.core.webhooks import Callback
from jobmill.core.webhooks.service.outbox import listeners_of

MAX_JOBS = 10_000
CREATED = NewEvent(EventType.JOB_CREATED)


def create_batch(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    name: str | None,
    commands: Sequence[SubmitJob],
    now: datetime,
    rows: str = "jobs",
) -> Batch:
    """Make all of these jobs, or none. A refusal names the row, as `rows[3].input`."""
    who.require(Right.JOBS_WRITE)
    if not 1 <= len(commands) <= MAX_JOBS:
        raise InvalidInput(f"{rows}: give 1 to {MAX_JOBS}.", field=rows)
    number = work.batches.add(who.organization, who.user, checked_name(name), len(commands), now)
    plan, callbacks = _planner(work, outside, who), _caller(work, outside, who, now)
    new: list[NewJob] = []
    for place, command in enumerate(commands):
        try:
            asset = asset_for(
                work, outside, who, command.input, now, must_exist=command.require_input
            )
            callback = callbacks(command)
            graph = plan(command)
            inputs = task_inputs(work, outside, who, command, graph, now)
            made = new_job(work, who, command, graph, asset, callback, now, number)
            new.append(replace(made, task_assets=inputs) if inputs else made)
        except JobmillError as refusal:
            row = f"{rows}[{place}]"
            refusal.field = f"{row}.{refusal.field}" if refusal.field else row
            refusal.message = f"{row}: {refusal.message}"
            raise
    numbers = work.jobs.add_many(new)
    if any(command.collaborators or command.callback for command in commands) or listeners_of(
        work.webhooks, who.organization, None, [CREATED.type.value]
    ):
        _tell(work, who, numbers, commands, now)
    else:
        work.events.append_to_all(numbers, CREATED, now)
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


def _planner(work: UnitOfWork, outside: Outside, who: Principal) -> Callable[[SubmitJob], Plan]:
    """Plans each different graph once: rows mostly differ in their inputs alone."""
    plans: dict[str, Plan] = {}
    known: dict[tuple[object, ...], Plan] = {}

    def plan(command: SubmitJob) -> Plan:
        asked = (command.features, command.tasks, command.routes, command.params)
        # Rows of a template share these objects, which live as long as the commands.
        same = (command.pipeline, command.pool, *map(id, asked))
        if same not in known:
            key = json.dumps((command.pipeline, command.pool, asked))
            if key not in plans:
                plans[key] = plan_of(work, outside.catalog, who, command)
            known[same] = plans[key]
        return known[same]

    return plan


def _caller(
    work: UnitOfWork, outside: Outside, who: Principal, now: datetime
) -> Callable[[SubmitJob], Callback | None]:
    """Makes each different callback once. Its secret must be given: none could be shown."""
    made: dict[int, Callback | None] = {}

    def call(command: SubmitJob) -> Callback | None:
        if command.callback is None:
            return None
        if id(command.callback) not in made:
            callback, secret = callback_of(work, outside, who, command, now)
            if secret is not None:
                raise InvalidInput(
                    "callback.secret: give one; a batch cannot show what is made.",
                    field="callback.secret",
                )
            made[id(command.callback)] = callback
        return made[id(command.callback)]

    return call


def _tell(
    work: UnitOfWork,
    who: Principal,
    numbers: Sequence[JobNumber],
    commands: Sequence[SubmitJob],
    now: datetime,
) -> None:
    """Share and announce each job by itself, where somebody asked for it."""
    for number, command in zip(numbers, commands, strict=True):
        graph = work.jobs.graph(number)
        assert graph is not None  # noqa: S101  just made
        share_new_job(work, who, graph.job, command.collaborators)
        announce(work, graph.job, [CREATED], now)
