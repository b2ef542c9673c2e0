"""A new job with its tasks and routes in SQL, and the indexes of what people say of jobs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from jobmill.adapters.sql import job_rows as rows_of
from jobmill.adapters.sql.bulk_insert import insert_rows
from jobmill.adapters.sql.connection import NEVER, Connection, micros, to_json
from jobmill.adapters.sql.marks import add_marks
from jobmill.core.ids import AssetNumber, JobNumber, TaskNumber, new_id
from jobmill.core.jobs.flow import Flow
from jobmill.core.jobs.marking import PLAIN
from jobmill.core.jobs.model import Job, JobGraph, Route, Task
from jobmill.core.jobs.ports import NewJob
from jobmill.core.jobs.states import Hold, JobState, TaskState
from jobmill.core.pipelines import Plan, PlannedTask

_INSERT_JOB = """
INSERT INTO job (number, id, organization, owner, type, state, features, params, pipeline, input,
                 asset, item, origin, name, tags, metadata, batch, priority, due, expires_at, hold,
                 alarms, extras, callback, warnings, created_at, updated_at, retain_until)
VALUES (:number, :id, :organization, :owner, :type, :state, :features, :params, :pipeline, :input,
        :asset, :item, :origin, :name, :tags, :metadata, :batch, :priority, :due, :expires_at,
        :hold, :alarms, :extras, :callback, '[]', :created_at, :updated_at, :retain_until)"""
_INSERT_TASK = """
INSERT INTO task (number, id, job, organization, batch, due, name, engine, pool, state, features,
                  parameters, required, max_retries, priority, warnings, ready_at, mode, lane,
                  lane_of, wait_for_parents, input, asset, review)
VALUES (:number, :id, :job, :organization, :batch, :due, :name, :engine, :pool, :state, :features,
        :parameters, :required, :max_retries, :priority, '[]', :ready_at, :mode, :lane, :lane_of,
        :wait_for_parents, :input, :asset, :review)"""
_INSERT_ROUTE = """
INSERT INTO route (job, source, source_port, target, target_port, mode)
VALUES (:job, :source, :source_port, :target, :target_port, :mode)"""
_UNLESS_THERE = "INSERT OR IGNORE"
WORD_CAP = 200
Place = dict[str, Any]
"""Where a job stands among those of a word: organization, time, number."""


_STORED: Mapping[str, Callable[[Any], Any]] = {
    "features": to_json,
    "params": to_json,
    "input": to_json,
    "extras": to_json,
    "tags": to_json,
    "metadata": to_json,
    "due": micros,
    "expires_at": micros,
    "retain_until": micros,
    "created_at": micros,
    "updated_at": micros,
    "alarms": rows_of.alarms_text,
    "callback": rows_of.callback_text,
}
_UNSAID: Mapping[str, Any] = {
    "name": None,
    "tags": (),
    "metadata": {},
    "batch": None,
    "due": None,
    "expires_at": None,
    "hold": None,
    "callback": None,
}


def add_job(db: Connection, new: NewJob) -> JobGraph:
    """One job. The database gives the numbers."""
    row = {name: stored(name, values)[0] for name, values in job_columns([new]).items()}
    number = JobNumber(db.insert(_INSERT_JOB, number=None, **row))
    job = _job(new, number)
    mark(db, job)
    if new.mark is not PLAIN:
        add_marks(db, [(number, new.mark)])
    tasks = []
    for planned in (*new.plan.tasks, *new.plan.lanes):
        row = task_row(new, number, planned)
        tasks.append(_task(job, planned, row, TaskNumber(db.insert(_INSERT_TASK, **row))))
    routes = routes_of(new)
    for route in routes:
        db.run(_INSERT_ROUTE, job=number, **asdict(route))
    own = len(new.plan.tasks)
    return JobGraph(job, tuple(tasks[:own]), routes, tuple(tasks[own:]))


def add_task(
    db: Connection, job: Job, plan: Plan, flow: Flow, asset: AssetNumber | None, now: datetime
) -> list[Task]:
    """One task with its lanes for a job that is there. What the job awaits is the task's alone."""
    fields = {"hold": job.hold, "batch": job.batch, "due": job.due, "priority": job.priority}
    assets = {} if asset is None else {plan.tasks[0].name: asset}
    new = NewJob(job.id, job.organization, plan, now, fields, assets)
    tasks = []
    for planned in (*plan.tasks, *plan.lanes):
        row = {**task_row(new, job.number, planned), "state": TaskState.WAITING}
        task = _task(job, planned, row, TaskNumber(db.insert(_INSERT_TASK, **row)))
        tasks.append(replace(task, ready_at=now, generation=job.generation))
    tasks[0] = replace(tasks[0], flow=flow)
    for task in tasks:
        db.run(
            "UPDATE task SET generation = :generation, flow = :flow WHERE number = :number",
            number=task.number,
            generation=task.generation,
            flow=rows_of.flow_text(task.flow),
        )
    return tasks


def add_route(db: Connection, job: JobNumber, route: Route) -> None:
    """One route for a job that is there."""
    db.run(_INSERT_ROUTE, job=job, **asdict(route))


def mark(db: Connection, job: Job) -> None:
    """Index the tags and the metadata of a job."""
    if job.tags or job.metadata:
        mark_all(db, [(place_of(job, job.number), {"tags": job.tags, "metadata": job.metadata})])


def mark_all(db: Connection, jobs: Sequence[tuple[Place, Mapping[str, Any]]]) -> None:
    """Index what is said of jobs: their `tags` and `metadata`, where there are any."""
    tags = [row for place, said in jobs if said.get("tags") for row in _tags(place, said["tags"])]
    words = [
        row
        for place, said in jobs
        if said.get("metadata")
        for row in _metadata(place, said["metadata"])
    ]
    insert_rows(db, "job_tag", tags, _UNLESS_THERE)
    insert_rows(db, "job_metadata", words, _UNLESS_THERE)


def unmark(db: Connection, job: Job) -> None:
    """Take the tags and the metadata of a job out of the indexes."""
    if job.tags:
        db.raw.executemany(
            """DELETE FROM job_tag WHERE organization = :organization AND tag = :tag
               AND created_at = :created_at AND job = :job""",
            _tags(place_of(job, job.number), job.tags),
        )
    if job.metadata:
        db.raw.executemany(
            """DELETE FROM job_metadata WHERE organization = :organization AND name = :name
               AND value = :value AND created_at = :created_at AND job = :job""",
            _metadata(place_of(job, job.number), job.metadata),
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


def stored(column: str, values: Sequence[Any]) -> Sequence[Any]:
    """Fields of jobs as their column has them."""
    convert = _STORED.get(column)
    return values if convert is None else [convert(value) for value in values]


def job_columns(new: Sequence[NewJob]) -> dict[str, Sequence[Any]]:
    """What new jobs say, by column, not yet as it is stored."""
    fields = [each.fields for each in new]
    times = [each.created_at for each in new]
    holds = [each.get("hold") for each in fields]
    return {
        **{name: [each.get(name, usual) for each in fields] for name, usual in _UNSAID.items()},
        **{name: [each[name] for each in fields] for name in fields[0] if name not in _UNSAID},
        "id": [each.id for each in new],
        "organization": [each.organization for each in new],
        "state": [JobState.QUEUED if hold is None else JobState(hold) for hold in holds],
        "created_at": times,
        "updated_at": times,
    }


def task_row(new: NewJob, job: JobNumber, planned: PlannedTask) -> dict[str, Any]:
    """A task as it is stored. Nothing in it but its id and the job's number is the job's alone:
    jobs with the same plan and fields, except for what they work on, share the rest."""
    said, routes = new.fields.get, new.plan.routes
    waits = said("hold") is not None or any(
        each.target == (planned.lane_of or planned.name) for each in routes
    )
    return {
        "number": None,
        "id": new_id(),
        "job": job,
        "organization": new.organization,
        "batch": said("batch") or 0,
        "due": stored_due(said("due")),
        "name": planned.name,
        "engine": planned.engine,
        "pool": planned.pool,
        "state": TaskState.WAITING if waits else TaskState.READY,
        "features": to_json(planned.features),
        "parameters": to_json(planned.parameters),
        "required": int(planned.required),
        "max_retries": planned.max_retries,
        "priority": new.fields["priority"] if planned.priority is None else planned.priority,
        "ready_at": micros(new.created_at),
        "mode": planned.mode,
        "lane": planned.lane,
        "lane_of": planned.lane_of,
        "wait_for_parents": int(planned.wait_for_parents),
        "input": None if planned.input is None else to_json(planned.input),
        "asset": new.task_assets.get(planned.name),
        "review": None if planned.review is None else to_json(planned.review.as_json()),
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
        review=planned.review,
    )


def routes_of(new: NewJob) -> tuple[Route, ...]:
    """Each route once."""
    return tuple(
        Route(each.source, each.source_port, each.target, each.target_port, each.mode)
        for each in dict.fromkeys(new.plan.routes)
    )


def _tags(place: Place, tags: Iterable[str]) -> Iterator[dict[str, Any]]:
    for tag in tags:
        yield {**place, "tag": tag}


def _metadata(place: Place, metadata: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in metadata.items():
        word = word_of(value)
        if word is not None:
            yield {**place, "name": name, "value": word}


def place_of(job: Job | NewJob, number: JobNumber) -> Place:
    """Where a job stands among those of a word."""
    return {
        "organization": job.organization,
        "created_at": micros(job.created_at),
        "job": number,
    }
