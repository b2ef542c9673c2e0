"""What the server offers and who works for it: features, workers, version."""

from typing import Annotated

import typer

from jobmill.cli.output import clock, emit, say
from jobmill.cli.session import Session, with_session


@with_session
def features(session: Session) -> None:
    """List what jobs can ask for."""
    with session.client() as client:
        found = client.features.list()
    session.rows(
        found,
        ("feature", "engine", "parameters", "description"),
        lambda f: (f.name, f.engine, ", ".join(f.parameters.get("properties", {})), f.description),
    )


@with_session
def workers(session: Session) -> None:
    """List live workers."""
    with session.client() as client:
        found = client.workers.list()
    session.rows(
        found,
        ("worker", "host", "pid", "slots", "running", "since"),
        lambda w: (w.name, w.host, w.pid, w.slots, w.running, clock(w.started_at)),
    )


def version(
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the versions of Jobmill and of its parts."""
    from importlib.metadata import version as of

    found = {name: of(name) for name in ("jobmill", "jobmill-engine", "jobmill-client")}
    if json:
        emit(found)
    else:
        for name, number in found.items():
            say(f"{name} {number}")
