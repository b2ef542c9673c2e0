"""Rows of a batch as jobs, many in one transaction: what they have in common is found, planned and
checked once."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import InvalidInput
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import BatchNumber, JobId, JobNumber
from jobmill.core.items import Asset
from jobmill.core.jobs.ports import NewJob, UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.job_input import JobInput, Outside
from jobmill.core.jobs.service.media_check import check_media
from jobmill.core.jobs.service.plan_job import plan_of
from jobmill.core.jobs.service.share_job import share_new_job
from jobmill.core.jobs.service.submission import SubmitJob
from jobmill.core.jobs.service.submit_job import (
    asset_of,
    callback_of,
    job_with,
    named_by,
    preparer,
    shared_fields,
    task_inputs,
)
from jobmill.core.pipelines import Plan
from jobmill.core.webhooks import Callback
from jobmill.core.webhooks.service.outbox import listeners_of

CREATED = NewEvent(EventType.JOB_CREATED)
Calls = Callable[[SubmitJob], Callback | None]


class RowMaker:
    """Makes rows of one batch, or of none, into jobs, in one unit of work.

    `call` gives a row's callback: without it, each that is asked for is made once. `dirty` says
    that a row was refused behind something that had been written for it.
    """

    def __init__(
        self,
        work: UnitOfWork,
        outside: Outside,
        who: Principal,
        batch: BatchNumber | None,
        now: datetime,
        call: Calls | None = None,
    ) -> None:
        self._work, self._outside, self._who, self._now = work, outside, who, now
        self._prepare = preparer(work, who, now)
        self._shared = _sharer(
            work, outside, who, now, batch, call or callback_maker(work, outside, who, now)
        )
        self._alike: dict[tuple[int, int], tuple[Plan, Mapping[str, Any]]] = {}
        self._counted = 1 if call is None else 0
        self._checked = _checker(outside.catalog)
        self._patterns: dict[int, NewJob] = {}
        # What was worked out is kept until all is made: it is told apart by where it lies.
        self._prepared: list[SubmitJob] = []
        self._new: list[NewJob] = []
        self.dirty = False

    def add(self, command: SubmitJob, ident: str) -> None:
        """Take a row in. Raises InvalidInput and its kin, and leaves it out."""
        command = self._prepare(command)
        self._add(command, ident, *self._shared(command))

    def add_alike(self, command: SubmitJob, ident: str) -> None:
        """Take in a row whose program has been applied, and which shares all with the rows before
        but its input, its files and its parameters. Raises as `add`."""
        key = (id(command.params), id(command.task_files))
        if key not in self._alike:
            self._alike[key] = self._shared(command)
        self._add(command, ident, *self._alike[key])

    def add_json(self, template: SubmitJob, value: Any, ident: str) -> None:
        """Take in a row that differs from all others of `template` in its JSON alone. The first
        goes the long way. Raises as `add`."""
        like = self._patterns.get(id(template))
        if like is None or like.task_assets:
            self.add_alike(replace(template, input=JobInput(json=value)), ident)
            self._patterns[id(template)] = self._new[-1]
            return
        fields = {**like.fields, "input": {"json": value}}
        made = NewJob(
            JobId(ident), like.organization, like.plan, like.created_at, fields, mark=like.mark
        )
        self._new.append(made)
        self._prepared.append(template)

    def _add(self, command: SubmitJob, ident: str, plan: Plan, fields: Mapping[str, Any]) -> None:
        self.dirty, dirty = True, self.dirty
        asset = asset_of(self._work, self._outside, self._who, command, self._now)
        if command.require_input:
            self._checked(plan, asset, named_by(command))
        made = job_with(
            self._work, self._who, JobId(ident), plan, fields, command, asset, self._now
        )
        inputs = task_inputs(self._work, self._outside, self._who, command, plan, self._now)
        self._new.append(replace(made, task_assets=inputs) if inputs else made)
        self._prepared.append(command)
        self.dirty = dirty

    def make(self) -> Sequence[JobNumber]:
        """All of them, with their events."""
        work, new = self._work, self._new
        numbers = work.jobs.add_many(new)
        self._count_callbacks()
        if self._somebody_listens():
            for number, command in zip(numbers, self._prepared, strict=True):
                graph = work.jobs.graph(number)
                assert graph is not None  # noqa: S101  just made
                share_new_job(work, self._who, graph.job, command.collaborators)
                announce(work, graph.job, [CREATED], self._now)
        else:
            work.events.append_to_all(numbers, CREATED, self._now)
        return numbers

    def _somebody_listens(self) -> bool:
        if any(command.collaborators for command in self._prepared):
            return True
        called = {id(each.fields["callback"]): each.fields["callback"] for each in self._new}
        organization, words = self._who.organization, [CREATED.type.value]
        return any(
            listeners_of(self._work.webhooks, organization, callback, words)
            for callback in called.values()
        )

    def _count_callbacks(self) -> None:
        """An endpoint goes with the last of the jobs that tell it; one that was made here is
        counted once already."""
        uses: dict[int, tuple[Callback, int]] = {}
        for each in self._new:
            if (callback := each.fields["callback"]) is not None:
                uses[id(callback)] = (callback, uses.get(id(callback), (callback, 0))[1] + 1)
        for callback, count in uses.values():
            for one in callback.every if count > self._counted else ():
                self._work.webhooks.endpoints.used(one.endpoint, count - self._counted)


_OWN = ("input", "name", "file")
_shared_of = attrgetter(*(each.name for each in fields(SubmitJob) if each.name not in _OWN))


def _sharer(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    now: datetime,
    batch: BatchNumber | None,
    call: Calls,
) -> Callable[[SubmitJob], tuple[Plan, Mapping[str, Any]]]:
    """Plans and checks once what rows have in common; mostly that is all but their inputs."""
    plan_of_row = _planner(work, outside, who)
    known: dict[tuple[int, ...], tuple[Plan, Mapping[str, Any]]] = {}

    def shared(command: SubmitJob) -> tuple[Plan, Mapping[str, Any]]:
        # Rows of a template share these objects, which live as long as the commands.
        key = tuple(map(id, _shared_of(command)))
        if key not in known:
            plan, callback = plan_of_row(command), call(command)
            known[key] = plan, shared_fields(who, command, plan, callback, now, batch)
        return known[key]

    return shared


def _checker(catalog: EngineCatalog) -> Callable[[Plan, Asset | None, str], None]:
    """Looks once at media of a type for engines of a plan; plans live as long as the batch."""
    good: set[tuple[int, object]] = set()

    def check(plan: Plan, asset: Asset | None, where: str) -> None:
        key = (id(plan), asset and (asset.media_type, asset.state))
        if key not in good:
            check_media(catalog, plan, asset, where)
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


def callback_maker(work: UnitOfWork, outside: Outside, who: Principal, now: datetime) -> Calls:
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
