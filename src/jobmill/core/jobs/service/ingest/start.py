"""Accept a batch whose rows lie in a file: check what can be told without reading it, and make the
job that reads it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobmill.core.accounts import Principal, Right
from jobmill.core.capacity import INGEST
from jobmill.core.errors import InvalidInput
from jobmill.core.events import EventType, NewEvent
from jobmill.core.items import (
    Asset,
    AssetSource,
    AssetState,
    AssetStore,
    Blob,
    StoredBytes,
)
from jobmill.core.jobs.batches import Batch, BatchError
from jobmill.core.jobs.batches.ingest import Ingest, Phase, RowJobs
from jobmill.core.jobs.batches.rows import RowFormat, format_of
from jobmill.core.jobs.ports import NewJob, UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.batches import own_batch
from jobmill.core.jobs.service.job_input import JobInput, Outside, asset_for
from jobmill.core.jobs.service.labels import (
    checked_future,
    checked_metadata,
    checked_name,
    checked_tags,
)
from jobmill.core.jobs.service.own_jobs import own_job
from jobmill.core.jobs.service.programs import find_program
from jobmill.core.jobs.service.repeats import Once, refuse_second_batch, remember
from jobmill.core.pipelines import Pipeline
from jobmill.core.webhooks import Callback
from jobmill.core.webhooks.service import EndpointSpec, make_callback

MAX_ROWS = 100_000
ENDS = ("batch.completed", "batch.failed", "batch.partial")
KEY_CAP = 200
KEPT = timedelta(days=7)
"""How long rows that came with a request are kept."""
MEDIA_TYPE = {
    RowFormat.JSON: "application/json",
    RowFormat.JSONL: "application/jsonl",
    RowFormat.CSV: "text/csv",
}


@dataclass(frozen=True, slots=True)
class BatchSpec:
    """A wish for a batch: the rows of a file, each of which becomes a job.

    `strict`: all of them or none. `key` names a field that no two rows may have the same value in.
    `total`: how many rows there are, if that is known. `callback` hears of each job, `told` of the
    batch itself.
    """

    jobs: RowJobs
    file: JobInput | None = None
    format: RowFormat | None = None
    strict: bool = False
    key: str | None = None
    name: str | None = None
    total: int | None = None
    callback: EndpointSpec | None = None
    told: EndpointSpec | None = None


def start_batch(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    spec: BatchSpec,
    now: datetime,
    given: Asset | None = None,
    asked: Once | None = None,
) -> Batch:
    """Make the batch, and the job that reads it. What is wrong with rows shows while it is read.

    `given`: rows that came with the request (`keep_rows`), instead of a file.

    Raises BatchMadeBefore where the same was asked before; InvalidInput and its kin, naming the
    field; PipelineNotFound, AssetNotFound.
    """
    who.require(Right.JOBS_WRITE)
    if spec.total is not None and not 1 <= spec.total <= MAX_ROWS:
        raise InvalidInput(f"inputs: give 1 to {MAX_ROWS}, not {spec.total}.", field="inputs")
    refuse_second_batch(work, who, asked)
    _check(spec, now)
    pipeline = find_program(work, who, spec.jobs.pipeline).pipeline
    asset, kind = _file(work, outside, who, spec, now, given)
    number = work.batches.begin(
        who.organization,
        who.user,
        checked_name(spec.name),
        spec.jobs.pipeline,
        spec.total,
        now,
        strict=spec.strict,
    )
    told = _callback(work, outside, who, spec.told, "told", now)
    graph = work.jobs.add(_job(who, spec, asset, told, now))
    of_jobs, usual = _of_jobs(spec, pipeline), spec.callback is None
    callback = _callback(work, outside, who, of_jobs, "callback", now, usual=usual)
    work.ingests.add(
        Ingest(
            job=graph.job.number,
            batch=number,
            asset=asset.number,
            format=kind,
            jobs=spec.jobs,
            user_name=who.user_name,
            rights=frozenset(who.rights),
            admin=who.admin,
            key=spec.key,
            callback=callback,
            phase=Phase.CHECKING if spec.strict else Phase.MAKING,
        )
    )
    remember(work, who, asked, graph.job.number, now)
    announce(work, graph.job, [NewEvent(EventType.JOB_CREATED)], now)
    work.queue.hand_over(graph)
    return work.batches.get(number)


def keep_rows(
    assets: AssetStore, who: Principal, stored: StoredBytes, kind: RowFormat, now: datetime
) -> Asset:
    """Rows that came with a request, as an asset that goes by itself when they have been read."""
    who.require(Right.JOBS_WRITE)
    return assets.add(
        who.organization,
        f"rows.{kind.value}",
        MEDIA_TYPE[kind],
        AssetSource.TASK,
        AssetState.READY,
        now,
        blob=Blob(stored.sha256, stored.size),
        owner=who.user,
        retain_until=now + KEPT,
    )


def batch_errors(
    work: UnitOfWork, who: Principal, batch: str, after: int, limit: int
) -> Sequence[BatchError]:
    """What is wrong with rows of numbers above `after` (-1: all), by row. Raises BatchNotFound."""
    who.require(Right.JOBS_READ)
    return work.batches.errors(own_batch(work, who, batch), after, limit)


def _check(spec: BatchSpec, now: datetime) -> None:
    """What all jobs share is wrong for all of them: it is told at once."""
    checked_name(spec.jobs.name)
    checked_tags(spec.jobs.tags)
    checked_metadata(spec.jobs.metadata)
    for name in ("expires_at", "retain_until"):
        checked_future(getattr(spec.jobs, name), now, name)
    if spec.jobs.retain_s is not None and spec.jobs.retain_until is not None:
        raise InvalidInput("retain_until: give it or retain_days, not both.", field="retain_until")
    if spec.key is not None and not 1 <= len(spec.key) <= KEY_CAP:
        raise InvalidInput(f"key: give 1 to {KEY_CAP} characters.", field="key")


def _file(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    spec: BatchSpec,
    now: datetime,
    given: Asset | None,
) -> tuple[Asset, RowFormat]:
    """Where the rows lie, and how. Raises InvalidInput when that cannot be told."""
    asset = given
    if asset is None:
        if spec.file is None or spec.file.json is not None:
            raise InvalidInput("file: give exactly one of path, url or asset.", field="file")
        asset = asset_for(work, outside, who, spec.file, now, where="file")
    assert asset is not None  # noqa: S101  only JSON has none
    kind = spec.format or format_of(asset.name, asset.media_type)
    if kind is None:
        raise InvalidInput(
            f"format: {asset.name!r} does not tell it; give json, jsonl or csv.", field="format"
        )
    return asset, kind


def _of_jobs(spec: BatchSpec, pipeline: Pipeline) -> EndpointSpec | None:
    """The callback of each job: the one that is asked for, or the pipeline's usual one."""
    program = pipeline.program
    if spec.callback is not None or program is None or program.callback_url is None:
        return spec.callback
    return EndpointSpec(program.callback_url, format=program.callback_format)


def _callback(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    spec: EndpointSpec | None,
    field: str,
    now: datetime,
    *,
    usual: bool = False,
) -> Callback | None:
    """`usual`: it is the pipeline's, whose receiver needs no secret to be shown."""
    if spec is None:
        return None
    if field == "told" and spec.events is None:
        spec = replace(spec, events=ENDS)
    callback, secret = make_callback(work.webhooks, outside.mailroom, who, spec, now)
    if secret is not None and not usual:
        raise InvalidInput(
            f"{field}.secret: give one; a batch cannot show what is made.", field=f"{field}.secret"
        )
    return callback


def _job(
    who: Principal, spec: BatchSpec, asset: Asset, told: Callback | None, now: datetime
) -> NewJob:
    said = {"pipeline": spec.jobs.pipeline, "file": asset.handle, "strict": spec.strict}
    name, origin = checked_name(spec.name), spec.jobs.origin
    return own_job(who, INGEST, said, now, name=name, origin=origin, callback=told)
