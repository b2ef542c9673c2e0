"""Submit a job: resolve its input, plan its graph, and write everything in one transaction."""

import hashlib
import json
import mimetypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from jobmill.core.accounts import Principal, Right
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import (
    AssetNotFound,
    AssetNotReady,
    AssetPurged,
    Conflict,
    IdempotencyMismatch,
    InvalidInput,
    PipelineNotFound,
)
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import JobId, new_id
from jobmill.core.items import (
    Asset,
    AssetSource,
    AssetState,
    Fetcher,
    ItemKind,
    MediaRoots,
    is_data_path,
    visible_asset,
)
from jobmill.core.jobs.model import DEFAULT_PRIORITY, JobGraph
from jobmill.core.jobs.ports import NewJob, UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.share_job import Collaborator, share_new_job
from jobmill.core.pipelines import Plan, plan_definition, plan_features, plan_graph
from jobmill.core.webhooks import Callback
from jobmill.core.webhooks.service import EndpointSpec, Mailroom, make_callback
from jobmill.core.webhooks.service.endpoints import CLOSED_MAILROOM

KEY_LIMIT = 255


@dataclass(frozen=True, slots=True)
class JobInput:
    """What a job works on: exactly one of a path under a media root, a URL, an asset, or JSON.

    An asset is named by its id, or as a path or asset by `data://folder/name`.
    """

    path: str | None = None
    url: str | None = None
    asset: str | None = None
    json: Any = None

    def given(self) -> dict[str, Any]:
        """The one that was given, as `{kind: value}`."""
        every = {"path": self.path, "url": self.url, "asset": self.asset, "json": self.json}
        return {key: value for key, value in every.items() if value is not None}


@dataclass(frozen=True, slots=True)
class SubmitJob:
    """A request for work: exactly one of features, a pipeline's name, or tasks with routes."""

    input: JobInput
    features: tuple[str, ...] = ()
    pipeline: str | None = None
    tasks: tuple[Mapping[str, Any], ...] = ()
    routes: tuple[Mapping[str, Any], ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    origin: str = "api"
    priority: int = DEFAULT_PRIORITY
    retain_for: timedelta | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    require_input: bool = True
    idempotency_key: str | None = None
    collaborators: tuple[Collaborator, ...] = ()
    callback: EndpointSpec | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """What submitting needs beside the database."""

    catalog: EngineCatalog
    roots: MediaRoots
    fetcher: Fetcher
    mailroom: Mailroom = CLOSED_MAILROOM


@dataclass(frozen=True, slots=True)
class Submitted:
    """The job, and whether an earlier request with the same key made it.

    `callback_secret` is the secret of its callback if it was made here: the only time to read it.
    """

    graph: JobGraph
    replayed: bool = False
    callback_secret: str | None = None


def submit_job(
    work: UnitOfWork, outside: Outside, who: Principal, command: SubmitJob, now: datetime
) -> Submitted:
    """Create a job. Raises InvalidInput and its kin, naming the field and the fix."""
    who.require(Right.JOBS_WRITE)
    key = command.idempotency_key
    fingerprint = "" if key is None else _fingerprint(command)
    if key is not None:
        earlier = _earlier(work, who, key, fingerprint)
        if earlier is not None:
            return Submitted(earlier, replayed=True)
    plan = _plan(work, outside.catalog, who, command)
    asset = _asset(work, outside, who, command, now)
    callback, secret = _callback(work, outside, who, command, now)
    graph = work.jobs.add(_new_job(work, who, command, plan, asset, callback, now))
    share_new_job(work, who, graph.job, command.collaborators)
    announce(work, graph.job, [NewEvent(EventType.JOB_CREATED)], now)
    work.queue.hand_over(graph)
    if key is not None:
        work.idempotency.keep(who.organization, _own(who, key), fingerprint, graph.job.number, now)
    return Submitted(graph, callback_secret=secret)


def _callback(
    work: UnitOfWork, outside: Outside, who: Principal, command: SubmitJob, now: datetime
) -> tuple[Callback | None, str | None]:
    if command.callback is None:
        return None, None
    return make_callback(work.webhooks, outside.mailroom, who, command.callback, now)


def _earlier(work: UnitOfWork, who: Principal, key: str, fingerprint: str) -> JobGraph | None:
    if not key or len(key) > KEY_LIMIT:
        raise InvalidInput(
            f"Idempotency-Key: give 1 to {KEY_LIMIT} characters.", field="Idempotency-Key"
        )
    found = work.idempotency.find(who.organization, _own(who, key))
    if found is None:
        return None
    if found[0] != fingerprint:
        raise IdempotencyMismatch(field="Idempotency-Key")
    graph = work.jobs.graph(found[1])
    if graph is None or graph.job.deleted:
        raise Conflict(
            "Idempotency-Key: the job that was made with it is deleted; use a new key.",
            field="Idempotency-Key",
        )
    return graph


def _own(who: Principal, key: str) -> str:
    """Each user has their own keys: another's job is nobody's business."""
    return f"{who.user}/{key}"


def _fingerprint(command: SubmitJob) -> str:
    text = json.dumps(asdict(command), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _plan(work: UnitOfWork, catalog: EngineCatalog, who: Principal, command: SubmitJob) -> Plan:
    given = [
        name
        for name, value in (
            ("features", command.features),
            ("pipeline", command.pipeline is not None),
            ("tasks", command.tasks),
        )
        if value
    ]
    if len(given) != 1:
        found = f"{' and '.join(given)} are given" if given else "none is given"
        raise InvalidInput(
            f"Give exactly one of features, pipeline or tasks: {found}.",
            field=given[1] if given else "features",
        )
    if command.features:
        return plan_features(command.features, command.params, catalog)
    if command.tasks:
        return plan_graph(command.tasks, command.routes, catalog)
    pipeline = work.pipelines.get(who.organization, command.pipeline or "")
    if pipeline is None:
        raise PipelineNotFound(
            f"There is no pipeline {command.pipeline!r}; create it first.", field="pipeline"
        )
    return plan_definition(pipeline.definition, command.params, catalog)


def _asset(
    work: UnitOfWork, outside: Outside, who: Principal, command: SubmitJob, now: datetime
) -> Asset | None:
    """The asset that the input names or makes; JSON stays in the job itself."""
    given = command.input.given()
    if len(given) != 1:
        raise InvalidInput("input: give exactly one of path, url, asset or json.", field="input")
    ((kind, value),) = given.items()
    if kind == "asset" or (kind == "path" and is_data_path(value)):
        return _existing_asset(work, who, value, f"input.{kind}")
    if kind == "path":
        with _about("input.path"):
            place = outside.roots.locate(who.organization, value)
            if command.require_input:
                outside.roots.open_path(who.organization, value)
        return _outside_asset(work, who, AssetSource.PATH, value, place.name, AssetState.READY, now)
    if kind == "url":
        with _about("input.url"):
            outside.fetcher.check(value)
        name = PurePosixPath(urlsplit(value).path).name or "download"
        return _outside_asset(work, who, AssetSource.URL, value, name, AssetState.AWAITING, now)
    return None


@contextmanager
def _about(field: str) -> Iterator[None]:
    """Name the field of a refusal that comes from outside, where nobody knows of fields."""
    try:
        yield
    except InvalidInput as refusal:
        refusal.field = refusal.field or field
        raise


def _existing_asset(work: UnitOfWork, who: Principal, name: str, field: str) -> Asset:
    """The version that is current now: the job keeps to it."""
    try:
        asset = visible_asset(work.assets, who, name)
    except AssetNotFound:
        raise AssetNotFound(f"{field}: there is no asset {name!r}.", field=field) from None
    if asset.state is AssetState.PURGED:
        raise AssetPurged(f"{field}: its bytes have been removed.", field=field)
    if asset.state is AssetState.AWAITING and asset.source is not AssetSource.URL:
        raise AssetNotReady(f"{field}: its bytes have not arrived yet; upload them.", field=field)
    return asset


def _outside_asset(
    work: UnitOfWork,
    who: Principal,
    source: AssetSource,
    location: str,
    name: str,
    state: AssetState,
    now: datetime,
) -> Asset:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return work.assets.add(
        who.organization,
        name,
        media_type,
        source,
        state,
        now,
        location=location,
        owner=who.user,
    )


def _new_job(
    work: UnitOfWork,
    who: Principal,
    command: SubmitJob,
    plan: Plan,
    asset: Asset | None,
    callback: Callback | None,
    now: datetime,
) -> NewJob:
    item = None
    if asset is not None:
        item = work.items.add(
            who.organization,
            ItemKind.RECORDING,
            asset.name,
            now,
            {"source": asset.number},
            {},
            owner=who.user,
        )
    features = command.features or tuple(f for task in plan.tasks for f in task.features)
    return NewJob(
        id=JobId(new_id()),
        organization=who.organization,
        plan=plan,
        created_at=now,
        fields={
            "owner": who.user,
            "type": command.pipeline or ("features" if command.features else "graph"),
            "features": features,
            "params": command.params,
            "pipeline": command.pipeline,
            "input": command.input.given(),
            "asset": asset and asset.number,
            "item": item and item.number,
            "origin": command.origin,
            "priority": command.priority,
            "retain_until": command.retain_for and now + command.retain_for,
            "alarms": plan.alarms,
            "extras": command.extras,
            "callback": callback,
        },
    )
