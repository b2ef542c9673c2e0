"""Jobs, tasks and routes in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from jobmill.adapters.sql import job_rows as rows_of
from jobmill.adapters.sql.connection import (
    Connection,
    micros,
    placeholders,
    to_json,
)
from jobmill.adapters.sql.items import release_blob
from jobmill.adapters.sql.job_lists import find_jobs, summaries_of
from jobmill.adapters.sql.workers import SqlWorkerStore
from jobmill.core.ids import (
    ItemNumber,
    JobNumber,
    JobRef,
    OrganizationNumber,
    RunToken,
    TaskNumber,
    UserNumber,
    WorkerName,
    new_id,
)
from jobmill.core.items import Blob
from jobmill.core.jobs.machine import Change
from jobmill.core.jobs.model import FeatureProgress, Job, JobGraph, Route, Task
from jobmill.core.jobs.ports import JobQuery, JobSummary, NewJob
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.core.jobs.waiting import LIVE_FOR, Floor
from jobmill.core.pipelines import PlannedRoute, PlannedTask

AHEAD_CAP = 1000
_ACTIVE = "state IN ('starting', 'running')"

_INSERT_JOB = """
INSERT INTO job (id, organization, owner, type, state, features, params, pipeline, input, asset,
                 item, origin, priority, alarms, extras, callback, warnings, created_at, updated_at,
                 retain_until)
VALUES (:id, :organization, :owner, :type, 'queued', :features, :params, :pipeline, :input, :asset,
        :item, :origin, :priority, :alarms, :extras, :callback, '[]', :at, :at, :retain_until)"""
_INSERT_TASK = """
INSERT INTO task (id, job, name, engine, pool, state, features, parameters, required, max_retries,
                  priority, warnings, ready_at)
VALUES (:id, :job, :name, :engine, :pool, :state, :features, :parameters, :required, :max_retries,
        :priority, '[]', :ready_at)"""
_INSERT_ROUTE = """
INSERT INTO route (job, source, source_port, target, target_port)
VALUES (:job, :source, :source_port, :target, :target_port)"""
_JSON_COLUMNS = ("features", "params", "input", "extras")
_SAVE_JOB = """
UPDATE job SET state = :state, generation = :generation, cancel_requested = :cancel_requested,
    reason = :reason, warnings = :warnings, updated_at = :updated_at, started_at = :started_at,
    ended_at = :ended_at
WHERE number = :number"""
_SAVE_TASK = """
UPDATE task SET state = :state, generation = :generation, attempt = :attempt, deaths = :deaths,
    failures = :failures, token = :token, worker = :worker, progress = :progress,
    warnings = :warnings, failure = :failure, retry_at = :retry_at, ready_at = :ready_at,
    started_at = :started_at, ended_at = :ended_at
WHERE number = :number"""


class SqlJobStore:
    """The `JobStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, new: NewJob) -> JobGraph:
        fields = dict(new.fields)
        values: dict[str, Any] = {column: to_json(fields[column]) for column in _JSON_COLUMNS}
        values |= {"retain_until": micros(fields["retain_until"]), "at": micros(new.created_at)}
        values["alarms"] = rows_of.alarms_text(fields["alarms"])
        values["callback"] = rows_of.callback_text(fields.get("callback"))
        number = self._db.insert(
            _INSERT_JOB, **{**fields, **values}, id=new.id, organization=new.organization
        )
        job = Job(
            number=JobNumber(number),
            id=new.id,
            organization=new.organization,
            state=JobState.QUEUED,
            created_at=new.created_at,
            updated_at=new.created_at,
            **fields,
        )
        fed = {route.target for route in new.plan.routes}
        tasks = tuple(self._add_task(job, task, waits=task.name in fed) for task in new.plan.tasks)
        routes = tuple(self._add_route(job, route) for route in dict.fromkeys(new.plan.routes))
        return JobGraph(job, tasks, routes)

    def _add_task(self, job: Job, planned: PlannedTask, *, waits: bool) -> Task:
        state = TaskState.WAITING if waits else TaskState.READY
        task_id = new_id()
        number = self._db.insert(
            _INSERT_TASK,
            id=task_id,
            job=job.number,
            name=planned.name,
            engine=planned.engine,
            pool=planned.pool,
            state=state,
            features=to_json(planned.features),
            parameters=to_json(planned.parameters),
            required=int(planned.required),
            max_retries=planned.max_retries,
            priority=job.priority,
            ready_at=micros(job.created_at),
        )
        return Task(
            number=TaskNumber(number),
            id=task_id,
            job=job.number,
            name=planned.name,
            engine=planned.engine,
            pool=planned.pool,
            state=state,
            features=planned.features,
            parameters=planned.parameters,
            required=planned.required,
            max_retries=planned.max_retries,
            priority=job.priority,
            ready_at=job.created_at,
        )

    def _add_route(self, job: Job, planned: PlannedRoute) -> Route:
        route = Route(planned.source, planned.source_port, planned.target, planned.target_port)
        self._db.run(_INSERT_ROUTE, job=job.number, **asdict(route))
        return route

    def number_of(self, organization: OrganizationNumber, job: JobRef) -> JobNumber | None:
        column = "number" if isinstance(job, int) else "id"
        number = self._db.value(
            f"""SELECT number FROM job
                WHERE {column} = :job AND organization = :organization AND deleted = 0""",  # noqa: S608
            job=job,
            organization=organization,
        )
        return number and JobNumber(number)

    def graph(self, number: JobNumber) -> JobGraph | None:
        row = self._db.one("SELECT * FROM job WHERE number = :number", number=number)
        if row is None:
            return None
        tasks = self._db.all("SELECT * FROM task WHERE job = :job ORDER BY number", job=number)
        routes: list[Any] = []
        if len(tasks) > 1:
            routes = self._db.all("SELECT * FROM route WHERE job = :job", job=number)
        return JobGraph(
            rows_of.job_of(row),
            tuple(rows_of.task_of(task) for task in tasks),
            tuple(rows_of.route_of(route) for route in routes),
        )

    def lock(self, number: JobNumber) -> JobGraph | None:
        """The unit of work is the only writer, so that reading is locking."""
        return self.graph(number)

    def save(self, change: Change) -> None:
        self._db.run(_SAVE_JOB, **rows_of.job_changes(change.graph.job))
        for task in change.tasks:
            self._db.run(_SAVE_TASK, **rows_of.task_changes(task))

    def note_progress(
        self, task: TaskNumber, token: RunToken, progress: Mapping[str, FeatureProgress]
    ) -> bool:
        changed = self._db.run(
            "UPDATE task SET progress = :progress WHERE number = :number AND token = :token",
            progress=rows_of.progress_text(progress),
            number=task,
            token=token,
        )
        return changed > 0

    def find(self, query: JobQuery) -> Sequence[JobGraph]:
        return find_jobs(self._db, query)

    def summaries(
        self,
        organization: OrganizationNumber,
        states: Sequence[JobState],
        before: int | None,
        limit: int,
        seen_by: UserNumber | None = None,
    ) -> Sequence[JobSummary]:
        first = 2**62 if before is None else before
        return summaries_of(self._db, organization, states, first, limit, seen_by)

    def of_item(self, item: ItemNumber) -> Sequence[JobGraph]:
        rows = self._db.all(
            "SELECT number FROM job WHERE item = :item AND deleted = 0 ORDER BY number", item=item
        )
        found = (self.graph(JobNumber(row["number"])) for row in rows)
        return [graph for graph in found if graph is not None]

    def forget_item(self, item: ItemNumber) -> None:
        self._db.run("UPDATE job SET item = NULL WHERE item = :item", item=item)

    def mark_deleted(self, number: JobNumber, retain_until: datetime) -> None:
        self._db.run(
            "UPDATE job SET deleted = 1, retain_until = :until WHERE number = :number",
            number=number,
            until=micros(retain_until),
        )

    def due_for_purge(self, now: datetime, limit: int) -> Sequence[JobNumber]:
        rows = self._db.all(
            """SELECT number FROM job WHERE retain_until <= :now AND state != 'cancelling'
               ORDER BY retain_until LIMIT :limit""",
            now=micros(now),
            limit=limit,
        )
        return [JobNumber(row["number"]) for row in rows]

    def remove(self, number: JobNumber) -> Sequence[Blob]:
        unused = self._remove_parts(number)
        of_tasks = "(SELECT number FROM task WHERE job = :job)"
        of_attempts = f"(SELECT number FROM attempt WHERE task IN {of_tasks})"  # noqa: S608
        for statement in (
            f"DELETE FROM log WHERE attempt IN {of_attempts}",  # noqa: S608
            f"DELETE FROM attempt WHERE task IN {of_tasks}",  # noqa: S608
            "DELETE FROM result WHERE job = :job",
            "DELETE FROM event WHERE job = :job",
            "DELETE FROM route WHERE job = :job",
            "DELETE FROM idempotency WHERE job = :job",
            "DELETE FROM task WHERE job = :job",
            "DELETE FROM job WHERE number = :job",
        ):
            self._db.run(statement, job=number)
        return unused

    def _remove_parts(self, number: JobNumber) -> list[Blob]:
        parts = self._db.all(
            "DELETE FROM part WHERE task IN (SELECT number FROM task WHERE job = :job) RETURNING *",
            job=number,
        )
        return [
            Blob(part["sha256"], part["size"])
            for part in parts
            if release_blob(self._db, part["organization"], part["sha256"])
        ]

    def running_of_workers(
        self, workers: Sequence[WorkerName]
    ) -> Sequence[tuple[JobNumber, TaskNumber]]:
        marks, values = placeholders("worker", workers)
        rows = self._db.all(
            f"SELECT job, number FROM task WHERE {_ACTIVE} AND worker IN ({marks})",  # noqa: S608
            **values,
        )
        return [(JobNumber(row["job"]), TaskNumber(row["number"])) for row in rows]

    def kept_among(self, tokens: Sequence[RunToken]) -> Sequence[RunToken]:
        marks, values = placeholders("token", tokens)
        rows = self._db.all(
            f"""SELECT attempt.token FROM attempt
                JOIN task ON task.number = attempt.task AND task.token = attempt.token
                JOIN job ON job.number = task.job
                WHERE attempt.token IN ({marks}) AND job.cancel_requested = 0""",  # noqa: S608
            **values,
        )
        return [RunToken(row["token"]) for row in rows]

    def floors(self, tasks: Sequence[TaskNumber], now: datetime) -> Mapping[TaskNumber, Floor]:
        if not tasks:
            return {}
        workers = SqlWorkerStore(self._db).live(now - LIVE_FOR)
        busy = self._db.all(
            f"SELECT engine, count(*) AS n FROM task WHERE {_ACTIVE} GROUP BY engine"  # noqa: S608
        )
        running = {row["engine"]: row["n"] for row in busy}
        ahead = self._ahead_of_all() if len(tasks) > 1 else {tasks[0]: self._ahead(tasks[0])}
        return {
            task: Floor(workers, running, ahead.get(task, AHEAD_CAP), AHEAD_CAP) for task in tasks
        }

    def _ahead_of_all(self) -> dict[TaskNumber, int]:
        """The queue's head by place: one walk, however many tasks want to know."""
        rows = self._db.all(
            """SELECT number FROM task WHERE state = 'ready'
               ORDER BY priority, ready_at, number LIMIT :cap""",
            cap=AHEAD_CAP,
        )
        return {TaskNumber(row["number"]): place for place, row in enumerate(rows)}

    def _ahead(self, task: TaskNumber) -> int:
        ahead: int = self._db.value(
            """SELECT count(*) FROM (
                   SELECT 1 FROM task, (SELECT priority AS p, ready_at AS r, number AS n FROM task
                                        WHERE number = :task)
                   WHERE state = 'ready' AND (priority, ready_at, number) < (p, r, n)
                   LIMIT :cap)""",
            task=task,
            cap=AHEAD_CAP,
        )
        return ahead
