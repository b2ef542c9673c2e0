"""Change jobs: cancel, retry, restart, delete."""

from typing import TYPE_CHECKING, Annotated

import typer

from jobmill.cli.session import JobArgument, Session, job_named, with_session

if TYPE_CHECKING:
    from jobmill_client import Job


@with_session
def cancel(session: Session, job: JobArgument) -> None:
    """Stop a job; its engine is gone within seconds."""
    with session.client() as client:
        told(session, client.jobs.cancel(job_named(client, job)))


@with_session
def retry(session: Session, job: JobArgument) -> None:
    """Run again what failed in an ended job."""
    with session.client() as client:
        told(session, client.jobs.retry(job_named(client, job)))


@with_session
def restart(session: Session, job: JobArgument) -> None:
    """Run all of an ended job again."""
    with session.client() as client:
        told(session, client.jobs.restart(job_named(client, job)))


@with_session
def delete(
    session: Session,
    job: JobArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a job and what it found."""
    with session.client() as client:
        found = client.jobs.get(job_named(client, job))
        if not yes and not session.json:
            typer.confirm(f"Delete job {found.number} ({found.state})?", abort=True, err=True)
        client.jobs.delete(found)
    session.tell(
        {"id": found.id, "number": found.number, "deleted": True}, f"Job {found.number} is deleted."
    )


def told(session: Session, job: "Job") -> None:
    """Say how the job stands."""
    session.tell(job.raw, f"Job {job.number} is {job.state}.")
