"""`jobmill output`: the one document that a job's program promises; another in its place."""

import json
from pathlib import Path
from typing import Annotated

import typer

from jobmill.cli.output import note
from jobmill.cli.run import read_json
from jobmill.cli.session import JobArgument, Session, job_named, with_session


@with_session
def output(
    session: Session,
    job: JobArgument,
    replace: Annotated[
        Path | None,
        typer.Option(
            "--replace", metavar="FILE", help="Put this JSON in its place; - reads standard input."
        ),
    ] = None,
) -> None:
    """Print the output of a job of a program, or put another in its place."""
    with session.client() as client:
        found = job_named(client, job)
        if replace is None:
            shown = client.jobs.output(found)
        else:
            shown = client.jobs.edit_output(found, read_json(replace))
    session.tell(shown.raw, json.dumps(shown.document, indent=2, ensure_ascii=False))
    if not session.json:
        sure = "" if shown.confidence is None else f", {shown.confidence:.0%} sure"
        note(f"By {'a person' if shown.by == 'person' else 'an engine'}{sure}.")
