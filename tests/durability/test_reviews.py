"""Blocked jobs survive whatever happens to the server, and cost nothing while they wait."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.work import SqlUnitOfWork
from jobmill.core.accounts import Principal, Right
from jobmill.core.engines import Done
from jobmill.core.jobs.model import Part
from jobmill.core.jobs.service import JobInput, SubmitJob, finish_attempt, submit_job
from jobmill.core.jobs.service.attempts import Finish, Notes
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.results import Provenance
from jobmill_client import Jobmill
from jobmill_client.models import Job
from tests.adapters.stores.seeds import owner, take
from tests.core.graphs import ListedEngines, engine
from tests.serving import ServerProcess

TASKS: list[dict[str, Any]] = [
    {"name": "a", "engine": "noop", "params": {"echo": {"total": 10}}},
    {"name": "r", "review": {"step": "check", "claim_seconds": 3600}},
    {"name": "b", "engine": "noop"},
]
ROUTES = [{"from": "a", "to": "r"}, {"from": "r", "to": "b"}]


def blocked(client: Jobmill) -> Job:
    """A job that asks, as soon as it does."""
    job = client.jobs.create(input={"json": 1}, tasks=TASKS, routes=ROUTES)
    for event in client.jobs.events(job):
        if event.type == "review.opened":
            break
    return job


def test_a_blocked_job_its_claim_and_a_draft_survive_a_kill(data: Path) -> None:
    with ServerProcess(data) as server, Jobmill(data=data) as client:
        job = blocked(client)
        (review,) = client.reviews.list(job=job)
        client.reviews.checkout(review)
        client.reviews.save_draft(review, {"half": 1})
        server.process.kill()
        server.process.wait()
    with ServerProcess(data), Jobmill(data=data) as client:
        assert client.jobs.get(job).state == "blocked"
        (again,) = client.reviews.list(mine=True)
        assert again.id == review.id
        assert client.reviews.draft(again) == {"half": 1}
        client.reviews.edit(again, {"whole": 1})
        assert client.jobs.wait(job, 60).state == "completed"
        (change, *_) = client.reviews.changes_of_job(job)
        assert change.user is not None
        assert client.reviews.document(review) == {"whole": 1}


@pytest.mark.full
@pytest.mark.timeout(900)
def test_ten_thousand_blocked_jobs_leave_the_server_idle(data: Path) -> None:
    """At most 1 % of a processor, as without any job; a hundred are claimed for an hour."""
    with ServerProcess(data):
        pass
    reviews = fill(data / "jobmill.db", 10_000)
    with ServerProcess(data) as server, Jobmill(data=data) as client:
        assert len(list(client.reviews.list(limit=200))) == 200
        for review in reviews[:100]:
            client.reviews.checkout(review)
        used, deadline = 1.0, time.monotonic() + 300
        while used >= 0.01:  # first the words of the jobs are written into the index
            assert time.monotonic() < deadline, f"still {100 * used:.2f} % of a processor"
            before, began = seconds(server.process.pid), time.monotonic()
            time.sleep(10)
            used = (seconds(server.process.pid) - before) / (time.monotonic() - began)
        client.reviews.confirm(reviews[0])


def fill(file: Path, count: int) -> list[str]:
    """So many jobs that ask, made by the services themselves; the ids of their reviews."""
    db, now = Connection(file), datetime.now(UTC)
    outside: Any = None
    around = Outside(ListedEngines([engine("noop")]), outside, outside)
    work = SqlUnitOfWork(db)
    who = Principal(*owner(work), "admin", frozenset({Right.ALL}), admin=True)
    command = SubmitJob(JobInput(json=1), tasks=tuple(TASKS), routes=tuple(ROUTES))
    text = '{"total": 10}'
    part = Part("out", 0, None, len(text), "application/json", {}, text)
    db.raw.execute("BEGIN IMMEDIATE")
    for _ in range(count):
        graph = submit_job(work, around, who, command, now).graph
        token, task = take(work, graph), graph.tasks[0].number
        finish = Finish(
            Notes(task, graph.job.number, token),
            Done({"total": 10}),
            Provenance("noop", "1", {}, None),
            (part,),
        )
        assert finish_attempt(work, finish, now)
    db.raw.execute("COMMIT")
    ids = [row["id"] for row in db.all("SELECT id FROM review WHERE state = 'open'")]
    assert len(ids) == count
    db.close()
    return ids


def seconds(pid: int) -> float:
    """The processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
