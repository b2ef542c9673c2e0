"""Submit a job: resolve its input, plan its graph, and write everything in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right
from jobmill.core.errors import InvalidInput
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import AssetNumber, BatchNumber, ItemNumber, JobId, new_id
from jobmill.core.items import Asset, Item, ItemKind
from jobmill.core.items.access import visible_item
from jobmill.core.items.service.items import SOURCE
from jobmill.core.jobs.ports import NewJob, UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.job_input import JobInput, Outside, asset_for
from jobmill.core.jobs.service.labels import (
    checked_future,
    checked_metadata,
    checked_name,
    checked_tags,
)
from jobmill.core.jobs.service.media_check import check_media
from jobmill.core.jobs.service.plan_job import plan_of
from jobmill.core.jobs.service.programs import (
    Bound,
    Found,
    asset_named,
    bound,
    find_program,
    input_of,
    marked,
    params_of,
    task_files_of,
)
from jobmill.core.jobs.service.repeats import made_before, once, remember
from jobmill.core.jobs.service.share_job import share_new_job
from jobmill.core.jobs.service.submission import SubmitJob, Submitted
from jobmill.core.jobs.states import Hold
from jobmill.core.pipelines import Plan
from jobmill.core.webhooks import Callback
from jobmill.core.webhooks.service import make_callback


def submit_job(
    work: UnitOfWork, outside: Outside, who: Principal, command: SubmitJob, now: datetime
) -> Submitted:
    """Create a job. Raises InvalidInput and its kin, naming the field and the fix."""
    who.require(Right.JOBS_WRITE)
    asked = None
    if command.idempotency_key is not None:
        asked = once(command.idempotency_key, asdict(command))
        earlier = made_before(work, who, asked)
        if earlier is not None:
            return Submitted(earlier, replayed=True)
    command = preparer(work, who, now)(command)
    plan = plan_of(work, outside.catalog, who, command)
    asset = asset_of(work, outside, who, command, now)
    if command.require_input:
        check_media(outside.catalog, plan, asset, named_by(command))
    callback, secret = callback_of(work, outside, who, command, now)
    new = new_job(work, who, command, plan, asset, callback, now)
    if inputs := task_inputs(work, outside, who, command, plan, now):
        new = replace(new, task_assets=inputs)
    graph = work.jobs.add(new)
    share_new_job(work, who, graph.job, command.collaborators)
    announce(work, graph.job, [NewEvent(EventType.JOB_CREATED)], now)
    work.queue.hand_over(graph)
    remember(work, who, asked, graph.job.number, now)
    return Submitted(graph, callback_secret=secret)


def preparer(work: UnitOfWork, who: Principal, now: datetime) -> Callable[[SubmitJob], SubmitJob]:
    """Turns requests into ordinary ones: pipelines are found, and programs applied to inputs.

    Requests to one program share what does not depend on their input.
    """
    known: dict[str, tuple[Found, Bound | None]] = {}

    def prepare(command: SubmitJob) -> SubmitJob:
        if command.pipeline is None or command.features or command.tasks:
            return command
        if command.pipeline not in known:
            found = find_program(work, who, command.pipeline)
            known[command.pipeline] = found, bound(found, now)
        found, program = known[command.pipeline]
        if program is None:
            return replace(command, found=found)
        return _applied(replace(command, found=found), program)

    return prepare


def _applied(command: SubmitJob, program: Bound) -> SubmitJob:
    given, file = input_of(program, command.input)
    said = {name: getattr(command, name) for name in (*program.fields, "retain_until")}
    return replace(
        command,
        input=given,
        file=file,
        params=params_of(program, given.json, command.params),
        task_files=task_files_of(program, given.json) or None,
        **unsaid(program, said),
    )


def unsaid(program: Bound, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a program has for requests that say nothing of it."""
    fields = {name: usual for name, usual in program.fields.items() if said[name] is None}
    if said["retain_until"] is not None:
        fields.pop("retain_for", None)
    return fields


def named_by(command: SubmitJob) -> str:
    """The field of a request that names what its job works on."""
    return "input" if command.file is None else command.file.field


def asset_of(
    work: UnitOfWork, outside: Outside, who: Principal, command: SubmitJob, now: datetime
) -> Asset | None:
    """What a request's job works on, if it is a file."""
    exists = command.require_input
    if command.file is None and command.input.json is not None and command.input.alone:
        return None
    if command.file is not None:
        return asset_named(work, outside, who, command.file, now, must_exist=exists)
    return asset_for(work, outside, who, command.input, now, must_exist=exists)


def task_inputs(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    command: SubmitJob,
    plan: Plan,
    now: datetime,
) -> dict[str, AssetNumber]:
    """The assets of tasks that have an input of their own, by name, those of further lanes too."""
    found: dict[str, AssetNumber] = {}
    must_exist = command.require_input
    for i, task in enumerate(plan.tasks):
        if task.input is None:
            continue
        named = command.task_files and command.task_files.get(task.name)
        if named:
            asset = asset_named(work, outside, who, named, now, must_exist=must_exist)
        else:
            given, where = JobInput(**task.input), f"tasks.{i}.input"
            asset = asset_for(work, outside, who, given, now, must_exist=must_exist, where=where)
        if asset is not None:
            found[task.name] = asset.number
    return found


def callback_of(
    work: UnitOfWork, outside: Outside, who: Principal, command: SubmitJob, now: datetime
) -> tuple[Callback | None, str | None]:
    """The callback that is asked for, and its secret if it was made here."""
    callback, secret = None, None
    if command.callback is not None:
        callback, secret = make_callback(
            work.webhooks, outside.mailroom, who, command.callback, now
        )
    more = []
    for spec, task in command.more_callbacks:
        made, _ = make_callback(work.webhooks, outside.mailroom, who, spec, now)
        more.append(replace(made, task=task))
    if callback is not None:
        return replace(callback, more=tuple(more)), secret
    return (replace(more[0], more=tuple(more[1:])) if more else None), None


def item_of(
    work: UnitOfWork, who: Principal, number: ItemNumber, asset: Asset | None, now: datetime
) -> Item:
    """The item that a job shall work on; it holds the job's input from now on."""
    item = visible_item(work.items, who, number)
    if asset is not None and work.items.holding(asset.number) is None:
        work.items.hold(item.number, SOURCE, asset.number, now)
    return item


def new_job(
    work: UnitOfWork,
    who: Principal,
    command: SubmitJob,
    plan: Plan,
    asset: Asset | None,
    callback: Callback | None,
    now: datetime,
    batch: BatchNumber | None = None,
) -> NewJob:
    """The job of a request, planned, with a recording around what it works on."""
    shared = shared_fields(who, command, plan, callback, now, batch)
    return job_with(work, who, JobId(new_id()), plan, shared, command, asset, now)


def shared_fields(
    who: Principal,
    command: SubmitJob,
    plan: Plan,
    callback: Callback | None,
    now: datetime,
    batch: BatchNumber | None,
) -> Mapping[str, Any]:
    """All of a job but its name and what it works on: jobs that share it can be made together."""
    return {
        "owner": who.user,
        "type": command.pipeline or ("features" if command.features else "graph"),
        "features": command.features or tuple(f for task in plan.tasks for f in task.features),
        "params": command.params,
        "pipeline": command.pipeline,
        "origin": command.origin,
        "priority": command.priority,
        "retain_until": _retained_until(command, now),
        "tags": checked_tags(command.tags),
        "metadata": checked_metadata(command.metadata),
        "batch": batch,
        "due": command.due,
        "expires_at": checked_future(command.expires_at, now, "expires_at"),
        "hold": Hold.PARKED if command.parked else None,
        "alarms": plan.alarms,
        "extras": marked(command.extras, command.found),
        "callback": callback,
    }


def _retained_until(command: SubmitJob, now: datetime) -> datetime | None:
    if command.retain_for is None:
        return checked_future(command.retain_until, now, "retain_until")
    if command.retain_until is not None:
        raise InvalidInput("retain_until: give it or retain_days, not both.", field="retain_until")
    return now + command.retain_for


def job_with(
    work: UnitOfWork,
    who: Principal,
    ident: JobId,
    plan: Plan,
    shared: Mapping[str, Any],
    command: SubmitJob,
    asset: Asset | None,
    now: datetime,
) -> NewJob:
    """The job of a request from what it shares with others and what is its own."""
    item = None
    if command.item is not None:
        item = item_of(work, who, command.item, asset, now)
    elif asset is not None:
        item = work.items.add(
            who.organization,
            ItemKind.RECORDING,
            asset.name,
            now,
            {SOURCE: asset.number},
            {},
            owner=who.user,
        )
    own = {
        "input": command.input.given(),
        "name": checked_name(command.name),
        "asset": asset and asset.number,
        "item": item and item.number,
    }
    return NewJob(ident, who.organization, plan, now, {**shared, **own}, mark=command.mark)
