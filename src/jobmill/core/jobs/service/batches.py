"""Create, see and cancel batches, on behalf of a caller."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from jobmill.core.accounts import Principal, Right, seen_by
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import BatchNotFound, InvalidInput, JobmillError
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import BatchNumber, JobId, JobNumber, new_ids
from jobmill.core.items import Asset
from jobmill.core.jobs.batches.model import Batch
from jobmill.core.jobs.ports import NewJob, UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.jobs.service.labels import checked_name
from jobmill.core.jobs.service.media_check import check_media
from jobmill.core.jobs.service.share_job import share_new_job
from jobmill.core.jobs.service.submit_job import (
    SubmitJob,
    asset_of,
    callback_of,
    job_with,
    plan_of,
    preparer,
    shared_fields,
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
    """Make all of these jobs, or none. A refusal names the row, as `rows.3.input`."""
    who.require(Right.JOBS_WRITE)
    if not 1 <= len(commands) <= MAX_JOBS:
        raise InvalidInput(f"{rows}: give 1 to {MAX_JOBS}.", field=rows)
    number = work.batches.add(who.organization, who.user, checked_name(name), len(commands), now)
    shared, new = _sharer(work, outside, who, now, number), list[NewJob]()
    checked, prepare = _checker(outside.catalog), preparer(work, who, now)
    # What was worked out is kept until all is made: it is told apart by where it lies.
    prepared = list[SubmitJob]()
    for place, (command, ident) in enumerate(zip(commands, new_ids(len(commands)), strict=True)):
        try:
            command = prepare(command)
            prepared.append(command)
            asset = asset_of(work, outside, who, command, now)
            plan, fields = shared(command)
            if command.require_input:
                checked(plan, asset)
            made = job_with(work, who, JobId(ident), plan, fields, command, asset, now)
            inputs = task_inputs(work, outside, who, command, plan, now)
            new.append(replace(made, task_assets=inputs) if inputs else made)
        except JobmillError as refusal:
            row = f"{rows}.{place}"
            refusal.field = f"{row}.{refusal.field}" if refusal.field else row
            refusal.message = f"{row}: {refusal.message}"
            raise
    numbers = work.jobs.add_many(new)
    if any(command.collaborators or command.callback for command in prepared) or listeners_of(
        work.webhooks, who.organization, None, [CREATED.type.value]
    ):
        _tell(work, who, numbers, prepared, now)
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


_OWN = ("input", "name", "file")
_shared_of = attrgetter(*(each.name for each in fields(SubmitJob) if each.name not in _OWN))


def _sharer(
    work: UnitOfWork, outside: Outside, who: Principal, now: datetime, batch: BatchNumber
) -> Callable[[SubmitJob], tuple[Plan, Mapping[str, Any]]]:
    """Plans and checks once what rows have in common; mostly that is all but their inputs."""
    plan_of_row, callback_of_row = _planner(work, outside, who), _caller(work, outside, who, now)
    known: dict[tuple[int, ...], tuple[Plan, Mapping[str, Any]]] = {}

    def shared(command: SubmitJob) -> tuple[Plan, Mapping[str, Any]]:
        # Rows of a template share these objects, which live as long as the commands.
        key = tuple(map(id, _shared_of(command)))
        if key not in known:
            plan, callback = plan_of_row(command), callback_of_row(command)
            known[key] = plan, shared_fields(who, command, plan, callback, now, batch)
        return known[key]

    return shared


def _checker(catalog: EngineCatalog) -> Callable[[Plan, Asset | None], None]:
    """Looks once at media of a type for engines of a plan; plans live as long as the batch."""
    good: set[tuple[int, object]] = set()

    def check(plan: Plan, asset: Asset | None) -> None:
        key = (id(plan), asset and (asset.media_type, asset.state))
        if key not in good:
            check_media(catalog, plan, asset)
            good.add(key)

    return check


def _planner(work: UnitOfWork, outside: Outside, who: Principal) -> Callable[[SubmitJob], Plan]:
    """Plans each different graph once: rows mostly differ in their inputs alone."""
    plans: dict[str, Plan] = {}
    known: dict[tuple[object, ...], Plan] = {}

    def plan(command: SubmitJob) -> Plan:
        asked = (command.features, command.tasks, command.routes, command.params)
        # Rows of a template share these objects, which live as long as the commands.
        said = (command.pipeline, command.pool, command.skip_people)
        same = (*said, *map(id, asked), id(command.task_files))
        if same not in known:
            files = {task: each.given.given() for task, each in (command.task_files or {}).items()}
            key = json.dumps((said, asked, files))
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
            usual = None if command.found is None else command.found.pipeline.program
            if secret is not None and (usual is None or usual.callback_url != command.callback.url):
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
