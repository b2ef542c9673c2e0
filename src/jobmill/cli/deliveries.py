"""The delivery log of webhooks: list, show, replay."""

from typing import Annotated

import typer

from jobmill.cli.output import clock, emit, facts, table
from jobmill.cli.session import Session, with_session

app = typer.Typer(no_args_is_help=True, help="What was sent to endpoints, and how it went.")
DeliveryArgument = Annotated[str, typer.Argument(metavar="DELIVERY", help="Its id.")]


@app.command("list")
@with_session
def list_(
    session: Session,
    endpoint: Annotated[
        str, typer.Argument(metavar="ENDPOINT", help="The id of an endpoint or of a callback.")
    ],
    state: Annotated[
        list[str] | None,
        typer.Option(help="pending, delivered, failed or held; repeatable."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
) -> None:
    """List an endpoint's deliveries, newest first."""
    with session.client() as client:
        found = list(client.deliveries.list(endpoint, state=state, limit=limit))
    session.rows(
        found,
        ("id", "event", "job", "state", "tries", "last", "next"),
        lambda each: (
            each.id,
            each.type,
            each.job,
            each.state,
            each.attempts,
            each.last_status or each.last_error,
            clock(each.next_at),
        ),
    )


@app.command("show")
@with_session
def show_(session: Session, delivery: DeliveryArgument) -> None:
    """Show a delivery with all of its tries."""
    with session.client() as client:
        found = client.deliveries.get(delivery)
    if session.json:
        emit(found.raw)
        return
    facts(
        {
            "id": found.id,
            "endpoint": found.endpoint,
            "webhook-id": found.message,
            "event": found.type,
            "job": found.job,
            "state": found.state,
            "next try": clock(found.next_at),
        }
    )
    rows = [(clock(t.at), t.ms, t.status or t.error, t.answer.strip()[:60]) for t in found.log]
    table(("at", "ms", "status", "answer"), rows)


@app.command()
@with_session
def replay(session: Session, delivery: DeliveryArgument) -> None:
    """Send an event again at once, under its same id."""
    with session.client() as client:
        found = client.deliveries.replay(delivery)
    session.tell(found.raw, f"{found.id} is {found.state}.")
