"""Jobs, tasks and routes in SQL."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql import job_rows as rows_of
from jobmill.adapters.sql.connection import (
    Connection,
    Row,
    fields_of,
    micros,
    moment,
    placeholders,
    to_json,
)
from jobmill.adapters.sql.job_floors import floors_of
from jobmill.adapters.sql.job_inserts import (
    add_job,
    add_route,
    add_task,
    mark,
    stored_due,
    unmark,
)
from jobmill.adapters.sql.job_lists import count_jobs, find_jobs, job_places, summaries_of
from jobmill.adapters.sql.job_pages import (
    count_of_jobs,
    count_of_tasks,
    jobs_of_page,
    page_of_jobs,
    page_of_tasks,
)
from jobmill.adapters.sql.job_removals import OF_JOB, remove_parts, remove_task
from jobmill.adapters.sql.many_jobs import add_jobs
from jobmill.adapters.sql.reviews import SqlReviewStore
from jobmill.adapters.sql.saved_rows import SavedRows
from jobmill.core.ids import (
    AssetNumber,
    ItemNumber,
    JobNumber,
    JobRef,
    OrganizationNumber,
    RunToken,
    TaskNumber,
    UserNumber,
    WorkerName,
)
from jobmill.core.items import Blob
from jobmill.core.jobs.flow import Flow
from jobmill.core.jobs.machine import Change
from jobmill.core.jobs.marks import PROGRAM
from jobmill.core.jobs.model import FeatureProgress, Job, JobGraph, Route, Task
from jobmill.core.jobs.pages import JobPage, TaskPage
from jobmill.core.jobs.ports import JobQuery, JobSummary, NewJob
from jobmill.core.jobs.states import JobState
from jobmill.core.jobs.waiting import Floor
from jobmill.core.pipelines import Plan

_Fields = Mapping[str, Any]
_ACTIVE = "state IN ('starting', 'running')"

_DROP_BATCH = """
DELETE FROM batch WHERE number = :batch AND state != 'ingesting'
    AND NOT EXISTS (SELECT 1 FROM job WHERE batch = :batch)"""
_DROP_TURN = """
DELETE FROM turn WHERE organization = :organization AND batch = :batch
    AND NOT EXISTS (SELECT 1 FROM batch WHERE number = :batch)"""
_NEXT_END = """
SELECT min(at) FROM (
    SELECT min(expires_at) AS at FROM job INDEXED BY ix_job_expires
    WHERE expires_at IS NOT NULL AND ended_at IS NULL AND cancel_requested = 0
    UNION ALL
    SELECT * FROM (SELECT retain_until FROM job INDEXED BY ix_job_retain
        WHERE retain_until IS NOT NULL AND state != 'cancelling' ORDER BY retain_until LIMIT 1))"""
_DESCRIBE_JOB = """
UPDATE job SET name = :name, tags = :tags, metadata = :metadata, priority = :priority, due = :due,
    expires_at = :expires_at, retain_until = :retain_until, updated_at = :updated_at
WHERE number = :number"""


class SqlJobStore:
    """The `JobStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._jobs = SavedRows(connection, "job")
        self._tasks = SavedRows(connection, "task")

    def add(self, new: NewJob) -> JobGraph:
        return add_job(self._db, new)

    def add_many(self, new: Sequence[NewJob]) -> Sequence[JobNumber]:
        return add_jobs(self._db, new)

    def add_task(
        self, job: Job, plan: Plan, flow: Flow, asset: AssetNumber | None, now: datetime
    ) -> Sequence[Task]:
        return add_task(self._db, job, plan, flow, asset, now)

    def add_route(self, job: JobNumber, route: Route) -> None:
        add_route(self._db, job, route)

    def give_input(self, task: TaskNumber, given: Mapping[str, Any], asset: AssetNumber) -> None:
        self._db.run(
            "UPDATE task SET input = :input, asset = :asset WHERE number = :task",
            task=task,
            input=to_json(given),
            asset=asset,
        )

    def remove_task(self, task: TaskNumber) -> Sequence[Blob]:
        return remove_task(self._db, task)

    def describe(self, old: Job, new: Job) -> None:
        unmark(self._db, old)
        mark(self._db, new)
        self._db.run(
            _DESCRIBE_JOB,
            number=new.number,
            name=new.name,
            tags=to_json(new.tags),
            metadata=to_json(new.metadata),
            priority=new.priority,
            due=micros(new.due),
            expires_at=micros(new.expires_at),
            retain_until=micros(new.retain_until),
            updated_at=micros(new.updated_at),
        )
        if (old.priority, old.due) != (new.priority, new.due):
            self._db.run(
                """UPDATE task SET due = :due,
                       priority = CASE priority WHEN :old THEN :priority ELSE priority END
                   WHERE job = :job""",
                job=new.number,
                old=old.priority,
                priority=new.priority,
                due=stored_due(new.due),
            )

    def number_of(self, organization: OrganizationNumber, job: JobRef) -> JobNumber | None:
        column = "number" if isinstance(job, int) else "id"
        number = self._db.value(
            f"""SELECT number FROM job
                WHERE {column} = :job AND organization = :organization AND deleted = 0""",  # noqa: S608
            job=job,
            organization=organization,
        )
        return number and JobNumber(number)

    def number_of_task(self, organization: OrganizationNumber, task: str) -> JobNumber | None:
        number = self._db.value(
            """SELECT job.number FROM task JOIN job ON job.number = task.job
               WHERE task.id = :task AND job.organization = :organization AND job.deleted = 0""",
            task=task,
            organization=organization,
        )
        return number and JobNumber(number)

    def graph(self, number: JobNumber) -> JobGraph | None:
        found = self._find(number)
        return None if found is None else _graph_of(*found)

    def several(self, numbers: Sequence[JobNumber]) -> Iterator[Job]:
        marks, values = placeholders("job", numbers)
        rows = self._db.each(
            f"SELECT * FROM job WHERE number IN ({marks}) ORDER BY number",  # noqa: S608
            **values,
        )
        return (rows_of.job_of(fields_of(row)) for row in rows)

    def lock(self, number: JobNumber) -> JobGraph | None:
        """The unit of work is the only writer, so that reading is locking."""
        found = self._find(number)
        if found is None:
            return None
        job, tasks, _ = found
        self._jobs.read(job)
        for task in tasks:
            self._tasks.read(task)
        return _graph_of(*found)

    def _find(self, number: JobNumber) -> tuple[_Fields, Sequence[_Fields], Sequence[Row]] | None:
        row = self._db.one("SELECT * FROM job WHERE number = :number", number=number)
        if row is None:
            return None
        tasks = self._db.all("SELECT * FROM task WHERE job = :job ORDER BY number", job=number)
        routes: Sequence[Row] = ()
        if len(tasks) > 1:
            routes = self._db.all("SELECT * FROM route WHERE job = :job", job=number)
        return fields_of(row), [fields_of(task) for task in tasks], routes

    def save(self, change: Change) -> None:
        self._jobs.save(rows_of.job_changes(change.graph.job))
        for task in change.tasks:
            self._tasks.save(rows_of.task_changes(task))

    def forget(self) -> None:
        """What was written since the last look was undone."""
        self._jobs.forget()
        self._tasks.forget()

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

    def page(self, query: JobPage) -> Sequence[JobNumber]:
        return page_of_jobs(self._db, query)

    def page_alone(self, query: JobPage) -> Sequence[Job]:
        return jobs_of_page(self._db, query)

    def page_size(self, query: JobPage) -> int:
        return count_of_jobs(self._db, query)

    def task_page(self, query: TaskPage) -> Sequence[tuple[JobNumber, TaskNumber]]:
        return page_of_tasks(self._db, query)

    def task_page_size(self, query: TaskPage) -> int:
        return count_of_tasks(self._db, query)

    def count(self, query: JobQuery, below: JobNumber | None = None) -> int:
        return count_jobs(self._db, query, below)

    def places(self, query: JobQuery, below: JobNumber) -> Sequence[tuple[datetime, JobNumber]]:
        return job_places(self._db, query, below)

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

    def note_extra(self, number: JobNumber, key: str, value: Any) -> None:
        self._db.run(
            "UPDATE job SET extras = json_set(extras, :path, json(:value)) WHERE number = :number",
            path=f'$."{key}"',
            value=to_json(value),
            number=number,
        )

    def empty(
        self, number: JobNumber, *, results: bool, parts: bool, words: bool
    ) -> Sequence[Blob]:
        if results:
            self._db.run("DELETE FROM result WHERE job = :job", job=number)
            self._db.run("DELETE FROM output_edit WHERE job = :job", job=number)
        if words:
            self._db.run("DELETE FROM search WHERE rowid = :job", job=number)
        return remove_parts(self._db, OF_JOB, job=number) if parts else []

    def mark_deleted(self, number: JobNumber, retain_until: datetime) -> None:
        self._db.run(
            "UPDATE job SET deleted = 1, retain_until = :until WHERE number = :number",
            number=number,
            until=micros(retain_until),
        )

    def next_end(self) -> datetime | None:
        return moment(self._db.value(_NEXT_END))

    def due_to_expire(self, now: datetime, limit: int) -> Sequence[JobNumber]:
        rows = self._db.all(
            """SELECT number FROM job WHERE expires_at <= :now AND expires_at IS NOT NULL
                   AND ended_at IS NULL AND cancel_requested = 0
               ORDER BY expires_at LIMIT :limit""",
            now=micros(now),
            limit=limit,
        )
        return [JobNumber(row["number"]) for row in rows]

    def due_for_purge(self, now: datetime, limit: int) -> Sequence[JobNumber]:
        rows = self._db.all(
            """SELECT number FROM job WHERE retain_until <= :now AND state != 'cancelling'
               ORDER BY retain_until LIMIT :limit""",
            now=micros(now),
            limit=limit,
        )
        return [JobNumber(row["number"]) for row in rows]

    def remove(self, number: JobNumber) -> Sequence[Blob]:
        job = self.graph(number)
        if job is not None:
            unmark(self._db, job.job)
        unused = remove_parts(self._db, OF_JOB, job=number)
        if job is not None and any(task.review is not None for task in job.tasks):
            unused += SqlReviewStore(self._db).remove_job(number)
        if job is not None and PROGRAM in job.job.extras:
            self._db.run("DELETE FROM output_edit WHERE job = :job", job=number)
        of_tasks = "(SELECT number FROM task WHERE job = :job)"
        of_attempts = f"(SELECT number FROM attempt WHERE task IN {of_tasks})"  # noqa: S608
        for statement in (
            f"DELETE FROM chunk WHERE task IN {of_tasks}",  # noqa: S608
            f"DELETE FROM log WHERE attempt IN {of_attempts}",  # noqa: S608
            f"DELETE FROM attempt WHERE task IN {of_tasks}",  # noqa: S608
            "DELETE FROM result WHERE job = :job",
            "DELETE FROM event WHERE job = :job",
            "DELETE FROM route WHERE job = :job",
            "DELETE FROM idempotency WHERE job = :job",
            "DELETE FROM task WHERE job = :job",
            "DELETE FROM search WHERE rowid = :job",
            "DELETE FROM job WHERE number = :job",
        ):
            self._db.run(statement, job=number)
        if job is not None and job.job.batch is not None:
            self._db.run(_DROP_BATCH, batch=job.job.batch)
            self._db.run(_DROP_TURN, batch=job.job.batch, organization=job.job.organization)
        return unused

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
        return floors_of(self._db, tasks, now)


def _graph_of(job: _Fields, tasks: Sequence[_Fields], routes: Sequence[Row]) -> JobGraph:
    return JobGraph(
        rows_of.job_of(job),
        tuple(rows_of.task_of(task) for task in tasks if not task["lane"]),
        tuple(rows_of.route_of(route) for route in routes),
        tuple(rows_of.task_of(task) for task in tasks if task["lane"]),
    )
