"""Look at jobs: list, show, watch, results, events, logs."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from jobmill.cli.findings import print_end, print_results
from jobmill.cli.live import follow_job
from jobmill.cli.output import clock, emit, facts, note, say, table
from jobmill.cli.session import FAILED, JobArgument, Session, job_named, with_session
from jobmill.cli.times import time_option

if TYPE_CHECKING:
    from jobmill_client import Event, Job, Task

COLUMNS = ("job", "state", "done", "what", "input", "created", "id")


@with_session
def jobs(
    session: Session,
    state: Annotated[list[str] | None, typer.Option(help="Only these; repeatable.")] = None,
    type: Annotated[str | None, typer.Option("--type", help="Only this type.")] = None,  # noqa: A002
    tag: Annotated[list[str] | None, typer.Option(help="With this tag; repeatable.")] = None,
    batch: Annotated[str | None, typer.Option(help="Only this batch.")] = None,
    correct: Annotated[bool | None, typer.Option("--correct/--incorrect")] = None,
    after: Annotated[datetime | None, time_option(help="Only those created after.")] = None,
    before: Annotated[datetime | None, time_option(help="Only those created before.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 20,
) -> None:
    """List jobs, newest first."""
    with session.client() as client:
        found = client.jobs.list(
            state=state,
            type=type,
            tags=tag or (),
            batch=batch,
            correct=correct,
            created_after=after,
            created_before=before,
            limit=limit,
        )
        session.rows(found, COLUMNS, _row)


def _row(job: "Job") -> tuple[object, ...]:
    what = job.pipeline or ", ".join(job.features) or job.type
    percent = f"{job.progress.percent} %"
    return (job.number, job.state, percent, what, _input(job), clock(job.created_at), job.id)


def _input(job: "Job") -> str:
    return next((value for value in job.input.values() if isinstance(value, str)), "")


@with_session
def show(session: Session, job: JobArgument) -> None:
    """Show one job with its tasks."""
    with session.client() as client:
        name = job_named(client, job)
        found = client.jobs.get(name)
        if session.json:
            emit(found.raw)
            return
        tasks = client.jobs.tasks(name)
    facts(
        {
            "job": f"{found.number} ({found.id})",
            "state": found.state,
            "progress": f"{found.progress.percent} %",
            "waits": found.wait_reason and found.wait_reason.message,
            "reason": found.reason and found.reason.message,
            "features": ", ".join(found.features),
            "pipeline": found.pipeline,
            "input": _input(found),
            "origin": found.origin,
            "name": found.name,
            "tags": ", ".join(found.tags),
            "priority": found.priority,
            "due": clock(found.due),
            "expires": clock(found.expires_at),
            "created": clock(found.created_at),
            "started": clock(found.started_at),
            "ended": clock(found.ended_at),
        }
    )
    for warning in found.warnings:
        say(f"warning   {warning.feature or ''} {warning.message}")
    table(("task", "engine", "state", "done", "note"), [_task(each) for each in tasks])


def _task(task: "Task") -> tuple[object, ...]:
    why = task.failure or task.wait_reason
    return (task.name, task.engine, task.state, f"{task.progress.percent} %", why and why.message)


@with_session
def watch(session: Session, job: JobArgument = "last") -> None:
    """Follow a job until it ends: bars, or with --json each event as it happens."""
    with session.client() as client:
        found = client.jobs.get(job_named(client, job))
        if session.json:
            for frame in client.jobs.watch(found):
                kind = getattr(frame, "type", "progress")
                emit({"type": kind, **frame.raw})
            ended = client.jobs.get(found)
        else:
            note(f"Job {found.number} ({found.id})")
            ended = follow_job(client, found)
            say(ended.state)
    print_end(ended)
    if ended.state != "completed":
        raise typer.Exit(FAILED)


@with_session
def results(
    session: Session,
    job: JobArgument = "last",
    feature: Annotated[str | None, typer.Option(help="Only this feature.")] = None,
) -> None:
    """Print what a job found."""
    with session.client() as client:
        name = job_named(client, job)
        found = client.jobs.results(name, feature)
        if session.json:
            for result in found:
                emit(result.raw)
            return
        state = client.jobs.get(name).state
    print_results(found)
    if state != "completed":
        note(f"The job is {state}.")


@with_session
def events(session: Session, job: JobArgument = "last") -> None:
    """Print what has happened to a job so far."""
    with session.client() as client:
        found = client.jobs.history(job_named(client, job))
        session.rows(found, ("number", "at", "event", "task", "about"), _event)


def _event(event: "Event") -> tuple[object, ...]:
    about = ", ".join(f"{name}={value}" for name, value in event.data.items())
    return (event.number, clock(event.at), event.type, event.task, about)


@with_session
def logs(session: Session, job: JobArgument = "last") -> None:
    """Print what a job's engines logged, attempt after attempt."""
    with session.client() as client:
        for attempt in client.jobs.attempts(job_named(client, job)):
            if not session.json:
                note(f"— {attempt.task}, attempt {attempt.attempt} ({attempt.state})")
            for line in client.jobs.log(attempt):
                session.tell(
                    {"task": attempt.task, "attempt": attempt.attempt, **line.raw},
                    f"{clock(line.at)} {line.level:7} {line.text}",
                )
