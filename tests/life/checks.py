"""What must be true of the tables after every transaction, whatever has been done before it."""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row
from jobmill.core.jobs.states import (
    ACTIVE_TASKS,
    ENDED_JOBS,
    ENDED_TASKS,
    Hold,
    JobState,
    TaskState,
    job_state,
)

UNHAPPY = {JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED}
AGAIN = {"job.retried", "job.restarted", "job.rewound"}
ENDS = {f"job.{state.value}": state for state in ENDED_JOBS}
BLOCKED_BY = {TaskState.FAILED, TaskState.SKIPPED}


def check_tables(db: Connection) -> None:
    """All of it. Tables are small here, so that everything is looked at every time."""
    jobs = {row["number"]: row for row in db.all("SELECT * FROM job")}
    tasks: dict[int, list[Row]] = defaultdict(list)
    for row in db.all("SELECT * FROM task ORDER BY number"):
        tasks[row["job"]].append(row)
    routes: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in db.all("SELECT job, source, target FROM route"):
        routes[row["job"]].append((row["source"], row["target"]))
    for number, job in jobs.items():
        _check_job(job, tasks[number])
        for task in tasks[number]:
            _check_task(job, task)
        _check_graph(job, tasks[number], routes[number])
    _check_attempts(db)
    _check_events(db, jobs)
    _check_blobs(db)
    _check_words(db, jobs)
    _check_batches(db)
    _check_deliveries(db)
    assert db.all("PRAGMA foreign_key_check") == []


def _check_job(job: Row, tasks: list[Row]) -> None:
    state = JobState(job["state"])
    assert state is job_state(
        ((TaskState(task["state"]), bool(task["required"])) for task in tasks),
        cancel_requested=bool(job["cancel_requested"]),
        hold=Hold(job["hold"]) if job["hold"] else None,
        expired=bool(job["expired"]),
    )
    ended = state in ENDED_JOBS
    assert ended == all(TaskState(task["state"]) in ENDED_TASKS for task in tasks)
    assert ended == (job["ended_at"] is not None)
    assert (job["reason"] is not None) == (state in UNHAPPY)
    assert not (ended and job["hold"])
    assert not job["expired"] or job["cancel_requested"]


def _check_task(job: Row, task: Row) -> None:
    state = TaskState(task["state"])
    assert (task["token"] is not None) == (state in ACTIVE_TASKS)
    assert (task["worker"] is not None) or state not in ACTIVE_TASKS
    assert (task["ended_at"] is not None) == (state in ENDED_TASKS)
    assert task["generation"] <= job["generation"]
    assert task["priority"] == job["priority"]
    assert (task["organization"], task["batch"]) == (job["organization"], job["batch"] or 0)
    if state is TaskState.READY:
        assert not job["hold"], "a held job's tasks are not queued"
        assert not job["cancel_requested"], "nothing of a stopped job is queued"


def _check_graph(job: Row, tasks: list[Row], routes: list[tuple[str, str]]) -> None:
    states = {task["name"]: TaskState(task["state"]) for task in tasks}
    for task in tasks:
        state = states[task["name"]]
        parents = [states[source] for source, target in routes if target == task["name"]]
        if state in ACTIVE_TASKS | {TaskState.READY, TaskState.DONE, TaskState.FAILED}:
            assert all(parent is TaskState.DONE for parent in parents)
        if state is TaskState.WAITING:
            assert job["hold"] or any(parent is not TaskState.DONE for parent in parents)
            assert not BLOCKED_BY & set(parents), "it can never run, so it is skipped"


def _check_attempts(db: Connection) -> None:
    """The token of a task is that of its one open attempt; results are of tries that ended well."""
    held = {row["token"] for row in db.all("SELECT token FROM task WHERE token IS NOT NULL")}
    still = {row["token"] for row in db.all("SELECT token FROM attempt WHERE ended_at IS NULL")}
    assert held == still
    for row in db.all(
        """SELECT count(*) AS done, task.number, task.generation, task.state FROM attempt
           JOIN task ON task.number = attempt.task AND task.generation = attempt.generation
           WHERE attempt.state = 'done' GROUP BY task.number"""
    ):
        assert (row["done"], row["state"]) == (1, TaskState.DONE)
    for row in db.all(
        """SELECT task.state, attempt.state AS ended FROM result
           JOIN task ON task.number = result.task AND task.generation = result.generation
           LEFT JOIN attempt ON attempt.task = task.number
               AND attempt.generation = task.generation AND attempt.attempt = task.attempt"""
    ):
        assert (row["state"], row["ended"]) == (TaskState.DONE, "done")


def _check_events(db: Connection, jobs: Mapping[int, Row]) -> None:
    """The log tells the story that the rows are the end of."""
    story: dict[int, list[Row]] = defaultdict(list)
    for row in db.all("SELECT * FROM event ORDER BY number"):
        story[row["job"]].append(row)
    assert story.keys() == jobs.keys()
    claims = Counter(
        row["job"]
        for row in db.all("SELECT task.job FROM attempt JOIN task ON task.number = attempt.task")
    )
    for number, events in story.items():
        types = [event["type"] for event in events]
        assert types[0] == "job.created"
        assert types.count("job.created") == 1
        assert types.count("task.claimed") == claims[number]
        assert jobs[number]["generation"] == 1 + sum(kind in AGAIN for kind in types)
        lives = itertools.groupby(types, key=_counter(AGAIN))
        last = [kind for _, life in lives for kind in [list(life)]][-1]
        ends = [ENDS[kind] for kind in last if kind in ENDS]
        state = JobState(jobs[number]["state"])
        assert ends == ([state] if state in ENDED_JOBS else []), "each life ends once"
        holds = [kind for kind in last if kind in ("job.paused", "job.resumed")]
        if state is JobState.PAUSED:
            assert holds[-1] == "job.paused"


def _counter(marks: set[str]) -> Any:
    seen = itertools.count(1)
    place = [0]

    def of(kind: str) -> int:
        if kind in marks:
            place[0] = next(seen)
        return place[0]

    return of


def _check_blobs(db: Connection) -> None:
    """Bytes are counted by what names them, and gone with the last of it."""
    uses: Counter[tuple[int, str]] = Counter()
    for table, where in (("part", "true"), ("asset", "sha256 IS NOT NULL AND state = 'ready'")):
        for row in db.all(f"SELECT organization, sha256 FROM {table} WHERE {where}"):
            uses[row["organization"], row["sha256"]] += 1
    stored = {
        (row["organization"], row["sha256"]): row["uses"] for row in db.all("SELECT * FROM blob")
    }
    assert stored == dict(uses)


def _check_words(db: Connection, jobs: Mapping[int, Row]) -> None:
    """The indexes of tags and metadata have what the jobs say, and nothing else."""
    tags = {(row["job"], row["tag"]) for row in db.all("SELECT job, tag FROM job_tag")}
    assert tags == {(n, tag) for n, job in jobs.items() for tag in json.loads(job["tags"])}
    words = {(row["job"], row["name"]) for row in db.all("SELECT job, name FROM job_metadata")}
    assert words == {(n, key) for n, job in jobs.items() for key in json.loads(job["metadata"])}


def _check_batches(db: Connection) -> None:
    named = {
        row["batch"] for row in db.all("SELECT DISTINCT batch FROM job WHERE batch IS NOT NULL")
    }
    assert named == {row["number"] for row in db.all("SELECT number FROM batch")}
    turns = {row["batch"] for row in db.all("SELECT batch FROM turn WHERE batch > 0")}
    assert turns <= named


def _check_deliveries(db: Connection) -> None:
    """Each event that an endpoint wants has one delivery, made with it."""
    for row in db.all(
        """SELECT event.number, count(delivery.number) AS sent FROM event
           JOIN job ON job.number = event.job
           JOIN endpoint ON endpoint.organization = job.organization
           LEFT JOIN delivery ON delivery.endpoint = endpoint.number
               AND json_extract(delivery.data, '$.event') = event.number
           WHERE event.type LIKE 'job.%' GROUP BY event.number"""
    ):
        assert row["sent"] == 1
