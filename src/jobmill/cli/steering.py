"""Hold jobs back, let them go on, and change what is said of them."""

from datetime import datetime
from typing import Annotated, Any

import typer

from jobmill.cli.job_actions import told
from jobmill.cli.metadata import Metadata, metadata_given, pairs_given
from jobmill.cli.output import clock, emit, note, say
from jobmill.cli.session import JobArgument, Session, job_named, usage, with_session
from jobmill.cli.times import time_option

Tag = Annotated[list[str] | None, typer.Option("--tag", help="With this tag; repeatable.")]
State = Annotated[list[str] | None, typer.Option("--state", help="In this state; repeatable.")]


@with_session
def pause(
    session: Session,
    job: JobArgument,
    stop: Annotated[bool, typer.Option("--stop", help="Stop what runs, too.")] = False,
) -> None:
    """Start nothing new of a job until it is resumed."""
    with session.client() as client:
        told(session, client.jobs.pause(job_named(client, job), stop=stop))


@with_session
def resume(session: Session, job: JobArgument) -> None:
    """Let a paused job go on."""
    with session.client() as client:
        told(session, client.jobs.resume(job_named(client, job)))


@with_session
def park(session: Session, job: JobArgument) -> None:
    """Put a queued job aside until it is unparked."""
    with session.client() as client:
        told(session, client.jobs.park(job_named(client, job)))


@with_session
def unpark(session: Session, job: JobArgument) -> None:
    """Queue a parked job."""
    with session.client() as client:
        told(session, client.jobs.unpark(job_named(client, job)))


@with_session
def rewind(
    session: Session, job: JobArgument, task: Annotated[str, typer.Argument(metavar="TASK")]
) -> None:
    """Run an ended job again from a task on."""
    with session.client() as client:
        told(session, client.jobs.rewind(job_named(client, job), task))


@with_session
def edit(
    session: Session,
    job: JobArgument,
    name: Annotated[str | None, typer.Option(help="What you call it.")] = None,
    priority: Annotated[int | None, typer.Option(help="0 to 139; lower runs first.")] = None,
    due: Annotated[datetime | None, time_option(help="Orders work of equal priority.")] = None,
    expires: Annotated[datetime | None, time_option(help="Stop it then.")] = None,
    retain_until: Annotated[datetime | None, time_option(help="Remove it then.")] = None,
    add_tag: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    remove_tag: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    metadata: Metadata = None,
) -> None:
    """Change a job's name, priority, times, tags or metadata."""
    changes: dict[str, Any] = {
        "name": name,
        "priority": priority,
        "due": due,
        "expires_at": expires,
        "retain_until": retain_until,
        "add_tags": add_tag,
        "remove_tags": remove_tag,
        "metadata": metadata_given(metadata) or None,
    }
    changes = {key: value for key, value in changes.items() if value is not None}
    if not changes:
        usage("Say what to change; see --help.")
    with session.client() as client:
        told(session, client.jobs.edit(job_named(client, job), **changes))


@with_session
def mark(
    session: Session,
    job: JobArgument,
    correct: Annotated[bool | None, typer.Option("--correct/--incorrect")] = None,
) -> None:
    """Say whether the output of a job is right; without an option that is taken back."""
    with session.client() as client:
        told(session, client.jobs.mark(job_named(client, job), correct))


@with_session
def bulk(
    session: Session,
    action: Annotated[str, typer.Argument(help="cancel, retry, delete, tag, mark …")],
    state: State = None,
    type: Annotated[list[str] | None, typer.Option("--type", help="Repeatable.")] = None,  # noqa: A002
    tag: Tag = None,
    metadata: Metadata = None,
    batch: Annotated[str | None, typer.Option(help="Of this batch.")] = None,
    add_tag: Annotated[list[str] | None, typer.Option(help="For `tag`; repeatable.")] = None,
    remove_tag: Annotated[list[str] | None, typer.Option(help="For `tag`; repeatable.")] = None,
    correct: Annotated[
        bool | None, typer.Option("--correct/--incorrect", help="For `mark`.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Act upon every job that the options match, as a job of its own."""
    wanted: dict[str, Any] = {
        "state": state or [],
        "type": type or [],
        "tag": tag or [],
        "metadata": [f"{key}:{value}" for key, value in pairs_given(metadata)],
        "batch": batch,
    }
    tags = {"add_tags": add_tag, "remove_tags": remove_tag}
    changes = {name: given for name, given in tags.items() if given}
    with session.client() as client:
        found = client.bulk(action, wanted, dry_run=True)
        if not dry_run:
            if not yes and not session.json:
                typer.confirm(f"{action} {found.matched} jobs?", abort=True, err=True)
            found = client.bulk(action, wanted, changes=changes or None, correct=correct)
    if session.json:
        emit(found.raw)
    elif found.job is None:
        say(f"{found.matched} jobs match.")
    else:
        say(f"Job {found.job.number} does it to {found.matched} jobs.")


@with_session
def search(
    session: Session,
    words: Annotated[str, typer.Argument(metavar="WORDS")],
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 20,
) -> None:
    """Find jobs by words in their names, tags, metadata and results."""
    with session.client() as client:
        found = list(client.search(words, limit))
    session.rows(
        found,
        ("job", "state", "name", "created", "where"),
        lambda hit: (
            hit.number,
            hit.state,
            hit.name,
            clock(hit.created_at),
            _context(hit.highlights),
        ),
    )
    if not found:
        note("Nothing found.")


def _context(highlights: Any) -> str:
    return " ".join(highlights[0].text.split()) if highlights else ""
