"""What a task of a job wrote, part by part."""

from typing import TYPE_CHECKING, Annotated

import typer

from jobmill.cli.output import emit, table
from jobmill.cli.session import JobArgument, Session, job_named, with_session

if TYPE_CHECKING:
    from jobmill_client import Part


@with_session
def parts(
    session: Session,
    job: JobArgument,
    task: Annotated[str, typer.Argument(help="The task's name in the job.")],
) -> None:
    """List what a task wrote, also while it runs."""
    with session.client() as client:
        found = client.jobs.parts(job_named(client, job), task)
    if session.json:
        for part in found:
            emit(part.raw)
        return
    table(("port", "part", "bytes", "type", "about"), [_row(part) for part in found])


def _row(part: "Part") -> tuple[object, ...]:
    about = ", ".join(f"{key} {value}" for key, value in part.meta.items())
    size = "empty" if part.empty else part.size
    return part.port, part.number, size, part.media_type, about
