"""Endpoints of webhooks: list, show, add, enable, disable, remove, rotate, replay, ping."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from jobmill.cli.output import clock, emit, facts, note, say
from jobmill.cli.session import FAILED, Session, with_session
from jobmill.cli.times import time_option

if TYPE_CHECKING:
    from jobmill_client import Endpoint

app = typer.Typer(no_args_is_help=True, help="Where events are sent: webhooks.")
EndpointArgument = Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its id.")]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", "-e", help="Such as job.completed, 'job.*' or '*'; repeatable."),
]
Secret = Annotated[str | None, typer.Option(help="whsec_… of your own; made if left out.")]


@app.command("list")
@with_session
def list_(session: Session) -> None:
    """List endpoints."""
    with session.client() as client:
        found = list(client.endpoints.list())
    session.rows(
        found,
        ("id", "url", "events", "state"),
        lambda e: (e.id, e.url, " ".join(e.events), _standing(e)),
    )


@app.command("show")
@with_session
def show_(session: Session, endpoint: EndpointArgument) -> None:
    """Show an endpoint."""
    with session.client() as client:
        found = client.endpoints.get(endpoint)
    session.show(found.raw, lambda: _tell(found))


@app.command()
@with_session
def add(
    session: Session,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="http or https.")],
    event: Events = None,
    secret: Secret = None,
    description: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Send events to an address; prints the secret that was made for it, this once."""
    with session.client() as client:
        made = client.endpoints.create(
            address, event or None, secret=secret, description=description
        )
    session.show(made.raw, lambda: _tell(made))


@app.command()
@with_session
def enable(session: Session, endpoint: EndpointArgument) -> None:
    """Send to an endpoint again; what was held meanwhile waits for a replay."""
    _switch(session, endpoint, enabled=True)


@app.command()
@with_session
def disable(session: Session, endpoint: EndpointArgument) -> None:
    """Send nothing to an endpoint; its events are held."""
    _switch(session, endpoint, enabled=False)


@app.command()
@with_session
def remove(session: Session, endpoint: EndpointArgument) -> None:
    """Delete an endpoint with its delivery log."""
    with session.client() as client:
        client.endpoints.delete(endpoint)
    session.tell({"id": endpoint, "deleted": True}, f"{endpoint} is deleted.")


@app.command()
@with_session
def rotate(
    session: Session,
    endpoint: EndpointArgument,
    secret: Secret = None,
    overlap: Annotated[
        float, typer.Option(min=0, help="Hours for which the old secret signs too.")
    ] = 24.0,
) -> None:
    """Sign with a new secret; prints the one that was made, this once."""
    with session.client() as client:
        made = client.endpoints.rotate(endpoint, secret=secret, overlap=timedelta(hours=overlap))
    session.show(made.raw, lambda: _tell(made))


@app.command()
@with_session
def replay(
    session: Session,
    endpoint: EndpointArgument,
    start: Annotated[datetime, time_option("--from", help="Such as 2026-01-31T12:00:00Z.")],
    end: Annotated[datetime | None, time_option("--to", help="Now if left out.")] = None,
    state: Annotated[
        list[str] | None, typer.Option(help="failed and held if left out; repeatable.")
    ] = None,
) -> None:
    """Send an endpoint's events of a time again, each under its same id."""
    with session.client() as client:
        count = client.endpoints.replay(endpoint, start, end, state or None)
    session.tell({"count": count}, f"{count} sent again.")


@app.command()
@with_session
def ping(session: Session, endpoint: EndpointArgument) -> None:
    """Send a test and say how it went; fails when it was not accepted."""
    with session.client() as client:
        sent = client.deliveries.wait(client.endpoints.ping(endpoint))
    if session.json:
        emit(sent.raw)
    elif sent.log:
        last = sent.log[-1]
        say(f"{last.status or last.error} in {last.ms} ms")
    if sent.state != "delivered":
        note("The receiver did not accept it; see `jobmill deliveries show`.")
        raise typer.Exit(FAILED)


def _switch(session: Session, endpoint: str, *, enabled: bool) -> None:
    with session.client() as client:
        changed = client.endpoints.edit(endpoint, enabled=enabled)
    session.tell(changed.raw, f"{changed.id} is {_standing(changed)}.")


def _tell(endpoint: "Endpoint") -> None:
    facts(
        {
            "id": endpoint.id,
            "url": endpoint.url,
            "events": " ".join(endpoint.events),
            "description": endpoint.description,
            "state": _standing(endpoint),
            "failing since": clock(endpoint.failing_since),
            "secret": endpoint.secret,
        }
    )


def _standing(endpoint: "Endpoint") -> str:
    if not endpoint.enabled:
        return f"disabled ({endpoint.disabled_reason})"
    return "failing" if endpoint.failing_since else "enabled"
