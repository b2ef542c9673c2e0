"""New jobs with their tasks and routes in SQL: one, or ten thousand in a few statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import count
from typing import Any

from jobmill.adapters.sql import job_rows as rows_of
from jobmill.adapters.sql.connection import NEVER, Connection, micros, to_json
from jobmill.core.ids import JobNumber, TaskNumber, new_id
from jobmill.core.jobs.model import Job, JobGraph, Route, Task
from jobmill.core.jobs.ports import NewJob
from jobmill.core.jobs.states import Hold, JobState, TaskState
from jobmill.core.pipelines import PlannedTask

_INSERT_JOB = """
INSERT INTO job (number, id, organization, owner, type, state, features, params, pipeline, input,
                 asset, item, origin, name, tags, metadata, batch, priority, due, expires_at, hold,
                 alarms, extras, callback, warnings, created_at, updated_at, retain_until)
VALUES (:number, :id, :organization, :owner, :type, :state, :features, :params, :pipeline, :input,
        :asset, :item, :origin, :name, :tags, :metadata, :batch, :priority, :due, :expires_at,
        :hold, :alarms, :extras, :callback, '[]', :at, :at, :retain_until)"""
_INSERT_TASK = """
INSERT INTO task (number, id, job, organization, batch, due, name, engine, pool, state, features,
                  parameters, required, max_retries, priority, warnings, ready_at, mode, lane,
                  lane_of, wait_for_parents, input, asset)
VALUES (:number, :id, :job, :organization, :batch, :due, :name, :engine, :pool, :state, :features,
        :parameters, :required, :max_retries, :priority, '[]', :ready_at, :mode, :lane, :lane_of,
        :wait_for_parents, :input, :asset)"""
_INSERT_ROUTE = """
INSERT INTO route (job, source, source_port, target, target_port, mode)
VALUES (:job, :source, :source_port, :target, :target_port, :mode)"""
_INSERT_TAG = """
INSERT OR IGNORE INTO job_tag (organization, tag, created_at, job)
VALUES (:organization, :tag, :created_at, :job)"""
_INSERT_METADATA = """
INSERT OR IGNORE INTO job_metadata (organization, name, value, created_at, job)
VALUES (:organization, :name, :value, :created_at, :job)"""
_UNSAID: Mapping[str, Any] = {
    "name": None,
    "tags": (),
    "metadata": {},
    "batch": None,
    "due": None,
    "expires_at": None,
    "hold": None,
}
WORD_CAP = 200


def add_job(db: Connection, new: NewJob) -> JobGraph:
    """One job. The database gives the numbers."""
    text = _Texts()
    number = JobNumber(db.insert(_INSERT_JOB, **_job_row(new, None, text)))
    job = _job(new, number)
    mark(db, [job])
    tasks = []
    for planned in (*new.plan.tasks, *new.plan.lanes):
        row = _task_row(new, number, planned, None, text)
        tasks.append(_task(job, planned, row, TaskNumber(db.insert(_INSERT_TASK, **row))))
    routes = _routes(new)
    for route in routes:
        db.run(_INSERT_ROUTE, job=number, **asdict(route))
    own = len(new.plan.tasks)
    return JobGraph(job, tuple(tasks[:own]), routes, tuple(tasks[own:]))


def add_jobs(db: Connection, new: Sequence[NewJob]) -> Sequence[JobNumber]:
    """Many jobs, in their order. Numbers are given here: nobody else writes meanwhile."""
    first, next_task, text = _next(db, "job"), count(_next(db, "task")), _Texts()
    numbered = [(JobNumber(first + place), each) for place, each in enumerate(new)]
    db.raw.executemany(_INSERT_JOB, (_job_row(each, number, text) for number, each in numbered))
    db.raw.executemany(
        _INSERT_TASK,
        (
            _task_row(each, number, planned, next(next_task), text)
            for number, each in numbered
            for planned in (*each.plan.tasks, *each.plan.lanes)
        ),
    )
    for number, each in numbered:
        if each.plan.routes:
            rows = ({"job": number, **asdict(route)} for route in _routes(each))
            db.raw.executemany(_INSERT_ROUTE, rows)
    said = (
        each for each in numbered if each[1].fields.get("tags") or each[1].fields.get("metadata")
    )
    mark(db, [_job(each, number) for number, each in said])
    return [number for number, _ in numbered]


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


def _job(new: NewJob, number: JobNumber) -> Job:
    hold: Hold | None = new.fields.get("hold")
    return Job(
        number=number,
        id=new.id,
        organization=new.organization,
        state=JobState.QUEUED if hold is None else JobState(hold),
        created_at=new.created_at,
        updated_at=new.created_at,
        **new.fields,
    )


class _Texts:
    """JSON texts of values. Jobs made together share most of theirs, and these are kept, by which
    object they are: it must live as long as this."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, value: Any) -> str:
        if not value and isinstance(value, dict | tuple):
            return "[]" if isinstance(value, tuple) else "{}"
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = to_json(value)
        return known


def _job_row(new: NewJob, number: JobNumber | None, text: _Texts) -> dict[str, Any]:
    fields = new.fields
    hold, said = fields.get("hold"), fields.get
    return {
        **_UNSAID,
        **fields,
        "number": number,
        "id": new.id,
        "organization": new.organization,
        "state": JobState.QUEUED if hold is None else JobState(hold),
        "features": text.of(fields["features"]),
        "params": text.of(fields["params"]),
        "input": to_json(fields["input"]),
        "extras": text.of(fields["extras"]),
        "tags": text.of(said("tags", ())),
        "metadata": text.of(said("metadata", {})),
        "due": micros(said("due")),
        "expires_at": micros(said("expires_at")),
        "alarms": rows_of.alarms_text(fields["alarms"]),
        "callback": rows_of.callback_text(said("callback")),
        "at": micros(new.created_at),
        "retain_until": micros(fields["retain_until"]),
    }


def _task_row(
    new: NewJob, job: JobNumber, planned: PlannedTask, number: int | None, text: _Texts
) -> dict[str, Any]:
    said, routes = new.fields.get, new.plan.routes
    waits = said("hold") is not None or any(
        each.target == (planned.lane_of or planned.name) for each in routes
    )
    asset = new.task_assets.get(planned.name)
    return {
        "number": number,
        "id": new_id(),
        "job": job,
        "organization": new.organization,
        "batch": said("batch") or 0,
        "due": stored_due(said("due")),
        "name": planned.name,
        "engine": planned.engine,
        "pool": planned.pool,
        "state": TaskState.WAITING if waits else TaskState.READY,
        "features": text.of(planned.features),
        "parameters": text.of(planned.parameters),
        "required": int(planned.required),
        "max_retries": planned.max_retries,
        "priority": new.fields["priority"] if planned.priority is None else planned.priority,
        "ready_at": micros(new.created_at),
        "mode": planned.mode,
        "lane": planned.lane,
        "lane_of": planned.lane_of,
        "wait_for_parents": int(planned.wait_for_parents),
        "input": None if planned.input is None else to_json(planned.input),
        "asset": asset,
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
        priority=row["priority"],
        ready_at=job.created_at,
        mode=planned.mode,
        wait_for_parents=planned.wait_for_parents,
        input=planned.input,
        asset=row["asset"],
        lane=planned.lane,
        lane_of=planned.lane_of,
    )


def _routes(new: NewJob) -> tuple[Route, ...]:
    return tuple(
        Route(each.source, each.source_port, each.target, each.target_port, each.mode)
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
