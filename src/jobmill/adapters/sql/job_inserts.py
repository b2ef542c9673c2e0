"""New jobs with their tasks and routes in SQL: one, or ten thousand in a few statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from jobmill.adapters.sql import job_rows as rows_of
from jobmill.adapters.sql.connection import Connection, micros, to_json
from jobmill.adapters.sql.tables.jobs import NEVER
from jobmill.core.ids import JobNumber, TaskNumber, new_id
from jobmill.core.jobs.model import Job, JobGraph, Route, Task
from jobmill.core.jobs.ports import NewJob
from jobmill.core.jobs.states import Hold, JobState, TaskState
from jobmill.core.pipelines import PlannedTask

_INSERT_JOB = """
INSERT INTO job (number, id, organization, owner, type, state, features, params, pipeline, input,
                 asset, item, origin, name, tags, metadata, batch, priority, due, expires_at, hold,
                 alarms, extras, warnings, created_at, updated_at, retain_until)
VALUES (:number, :id, :organization, :owner, :type, :state, :features, :params, :pipeline, :input,
        :asset, :item, :origin, :name, :tags, :metadata, :batch, :priority, :due, :expires_at,
        :hold, :alarms, :extras, '[]', :at, :at, :retain_until)"""
_INSERT_TASK = """
INSERT INTO task (number, id, job, organization, batch, due, name, engine, pool, state, features,
                  parameters, required, max_retries, priority, warnings, ready_at)
VALUES (:number, :id, :job, :organization, :batch, :due, :name, :engine, :pool, :state, :features,
        :parameters, :required, :max_retries, :priority, '[]', :ready_at)"""
_INSERT_ROUTE = """
INSERT INTO route (job, source, source_port, target, target_port)
VALUES (:job, :source, :source_port, :target, :target_port)"""
_INSERT_TAG = """
INSERT OR IGNORE INTO job_tag (organization, tag, created_at, job)
VALUES (:organization, :tag, :created_at, :job)"""
_INSERT_METADATA = """
INSERT OR IGNORE INTO job_metadata (organization, name, value, created_at, job)
VALUES (:organization, :name, :value, :created_at, :job)"""
_JSON = ("features", "params", "input", "extras")
WORD_CAP = 200


def add_job(db: Connection, new: NewJob) -> JobGraph:
    """One job. The database gives the numbers."""
    job = _job(new, None)
    number = JobNumber(db.insert(_INSERT_JOB, **_job_row(job, None)))
    job = _job(new, number)
    mark(db, [job])
    tasks = []
    for planned in new.plan.tasks:
        row = _task_row(job, new, planned, None)
        tasks.append(_task(job, planned, row, TaskNumber(db.insert(_INSERT_TASK, **row))))
    routes = _routes(new)
    for route in routes:
        db.run(_INSERT_ROUTE, job=number, **asdict(route))
    return JobGraph(job, tuple(tasks), routes)


def add_jobs(db: Connection, new: Sequence[NewJob]) -> Sequence[JobNumber]:
    """Many jobs, in their order. Numbers are given here: nobody else writes meanwhile."""
    first, task_number = _next(db, "job"), _next(db, "task")
    jobs = [_job(each, JobNumber(first + place)) for place, each in enumerate(new)]
    db.raw.executemany(_INSERT_JOB, (_job_row(job, job.number) for job in jobs))
    tasks, routes = [], []
    for job, each in zip(jobs, new, strict=True):
        for planned in each.plan.tasks:
            tasks.append(_task_row(job, each, planned, task_number))
            task_number += 1
        routes += [{"job": job.number, **asdict(route)} for route in _routes(each)]
    db.raw.executemany(_INSERT_TASK, tasks)
    db.raw.executemany(_INSERT_ROUTE, routes)
    mark(db, jobs)
    return [job.number for job in jobs]


def mark(db: Connection, jobs: Iterable[Job]) -> None:
    """Index the tags and the metadata of jobs."""
    tagged = [job for job in jobs if job.tags or job.metadata]
    if tagged:
        db.raw.executemany(_INSERT_TAG, (row for job in tagged for row in _tags(job)))
        db.raw.executemany(_INSERT_METADATA, (row for job in tagged for row in _metadata(job)))


def unmark(db: Connection, job: Job) -> None:
    """Take the tags and the metadata of a job out of the indexes."""
    if job.tags:
        db.raw.executemany(
            """DELETE FROM job_tag WHERE organization = :organization AND tag = :tag
               AND created_at = :created_at AND job = :job""",
            _tags(job),
        )
    if job.metadata:
        db.raw.executemany(
            """DELETE FROM job_metadata WHERE organization = :organization AND name = :name
               AND value = :value AND created_at = :created_at AND job = :job""",
            _metadata(job),
        )


def word_of(value: Any) -> str | None:
    """A metadata value as filters name it; None for what no filter can name."""
    if isinstance(value, str):
        return value if len(value) <= WORD_CAP else None
    if isinstance(value, bool | int | float) or value is None:
        return to_json(value)
    return None


def stored_due(due: datetime | None) -> int:
    """A due date as tasks have it."""
    return micros(due) if due is not None else NEVER  # type: ignore[return-value]


def _next(db: Connection, table: str) -> int:
    return (db.value("SELECT seq FROM sqlite_sequence WHERE name = :name", name=table) or 0) + 1


def _job(new: NewJob, number: JobNumber | None) -> Job:
    hold: Hold | None = new.fields.get("hold")
    return Job(
        number=number or JobNumber(0),
        id=new.id,
        organization=new.organization,
        state=JobState.QUEUED if hold is None else JobState(hold),
        created_at=new.created_at,
        updated_at=new.created_at,
        **new.fields,
    )


def _job_row(job: Job, number: JobNumber | None) -> dict[str, Any]:
    return {
        "number": number,
        "id": job.id,
        "organization": job.organization,
        "owner": job.owner,
        "type": job.type,
        "state": job.state,
        **{column: _text(getattr(job, column)) for column in _JSON},
        "pipeline": job.pipeline,
        "asset": job.asset,
        "item": job.item,
        "origin": job.origin,
        "name": job.name,
        "tags": _text(job.tags),
        "metadata": _text(job.metadata),
        "batch": job.batch,
        "priority": job.priority,
        "due": micros(job.due),
        "expires_at": micros(job.expires_at),
        "hold": job.hold,
        "alarms": rows_of.alarms_text(job.alarms),
        "at": micros(job.created_at),
        "retain_until": micros(job.retain_until),
    }


def _text(value: Any) -> str:
    """JSON, most of which is empty."""
    if not value and isinstance(value, Mapping | tuple):
        return "[]" if isinstance(value, tuple) else "{}"
    return to_json(value)


def _task_row(job: Job, new: NewJob, planned: PlannedTask, number: int | None) -> dict[str, Any]:
    waits = job.hold is not None or any(r.target == planned.name for r in new.plan.routes)
    return {
        "number": number,
        "id": new_id(),
        "job": job.number,
        "organization": job.organization,
        "batch": job.batch or 0,
        "due": stored_due(job.due),
        "name": planned.name,
        "engine": planned.engine,
        "pool": planned.pool,
        "state": TaskState.WAITING if waits else TaskState.READY,
        "features": _text(planned.features),
        "parameters": _text(planned.parameters),
        "required": int(planned.required),
        "max_retries": planned.max_retries,
        "priority": job.priority,
        "ready_at": micros(job.created_at),
    }


def _task(job: Job, planned: PlannedTask, row: Mapping[str, Any], number: TaskNumber) -> Task:
    return Task(
        number=number,
        id=row["id"],
        job=job.number,
        name=planned.name,
        engine=planned.engine,
        pool=planned.pool,
        state=row["state"],
        features=planned.features,
        parameters=planned.parameters,
        required=planned.required,
        max_retries=planned.max_retries,
        priority=job.priority,
        ready_at=job.created_at,
    )


def _routes(new: NewJob) -> tuple[Route, ...]:
    return tuple(
        Route(each.source, each.source_port, each.target, each.target_port)
        for each in dict.fromkeys(new.plan.routes)
    )


def _tags(job: Job) -> Iterator[dict[str, Any]]:
    for tag in job.tags:
        yield {"tag": tag, **_place(job)}


def _metadata(job: Job) -> Iterator[dict[str, Any]]:
    for name, value in job.metadata.items():
        word = word_of(value)
        if word is not None:
            yield {"name": name, "value": word, **_place(job)}


def _place(job: Job) -> dict[str, Any]:
    return {
        "organization": job.organization,
        "created_at": micros(job.created_at),
        "job": job.number,
    }
