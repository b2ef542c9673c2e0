"""Hold jobs back, let them go on, and change what is said of them."""

import json
from datetime import datetime
from typing import Annotated, Any

import typer

from jobmill.cli.job_actions import told
from jobmill.cli.output import clock, emit, note, say
from jobmill.cli.session import JobArgument, Session, job_named, usage, with_session

Tag = Annotated[list[str] | None, typer.Option("--tag", help="With this tag; repeatable.")]
State = Annotated[list[str] | None, typer.Option("--state", help="In this state; repeatable.")]
Metadata = Annotated[
    list[str] | None, typer.Option("--metadata", metavar="KEY=VALUE", help="Repeatable.")
]


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
    due: Annotated[datetime | None, typer.Option(help="Orders work of equal priority.")] = None,
    expires: Annotated[datetime | None, typer.Option(help="Stop it then.")] = None,
    retain_until: Annotated[datetime | None, typer.Option(help="Remove it then.")] = None,
    add_tag: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    remove_tag: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    metadata: Metadata = None,
) -> None:
    """Change a job's name, priority, times, tags or metadata."""
    changes: dict[str, Any] = {
        "name": name,
        "priority": priority,
        "due": due and due.astimezone(),
        "expires_at": expires and expires.astimezone(),
        "retain_until": retain_until and retain_until.astimezone(),
        "add_tags": add_tag,
        "remove_tags": remove_tag,
        "metadata": {key: _value(text) for key, text in _pairs(metadata)} or None,
    }
    changes = {key: value for key, value in changes.items() if value is not None}
    if not changes:
        usage("Say what to change; see --help.")
    with session.client() as client:
        told(session, client.jobs.edit(job_named(client, job), **changes))


@with_session
def bulk(
    session: Session,
    action: Annotated[str, typer.Argument(help="cancel, retry, pause, resume, delete …")],
    state: State = None,
    type: Annotated[list[str] | None, typer.Option("--type", help="Repeatable.")] = None,  # noqa: A002
    tag: Tag = None,
    metadata: Metadata = None,
    batch: Annotated[str | None, typer.Option(help="Of this batch.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Act upon every job that the options match, as a job of its own."""
    wanted: dict[str, Any] = {
        "state": state or [],
        "type": type or [],
        "tag": tag or [],
        "metadata": [f"{key}:{value}" for key, value in _pairs(metadata)],
        "batch": batch,
    }
    with session.client() as client:
        found = client.bulk(action, wanted, dry_run=True)
        if not dry_run:
            if not yes and not session.json:
                typer.confirm(f"{action} {found.matched} jobs?", abort=True, err=True)
            found = client.bulk(action, wanted)
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


def _pairs(given: list[str] | None) -> list[tuple[str, str]]:
    pairs = []
    for word in given or ():
        key, equals, value = word.partition("=")
        if not equals or not key:
            usage(f"--metadata takes KEY=VALUE, not {word!r}.")
        pairs.append((key, value))
    return pairs


def _value(text: str) -> Any:
    """Numbers, true, false and null as such; anything else is a text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, dict | list | str) else value
