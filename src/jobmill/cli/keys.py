"""API keys: list, add, revoke."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from jobmill.cli.output import clock, emit, note, say
from jobmill.cli.session import Session, with_session
from jobmill.cli.times import time_option

if TYPE_CHECKING:
    from jobmill_client import Key

app = typer.Typer(no_args_is_help=True, help="API keys.")
KeyArgument = Annotated[str, typer.Argument(metavar="ID", help="The key's id, not its text.")]


@app.command("list")
@with_session
def list_(
    session: Session,
    user: Annotated[str | None, typer.Option(help="Only this user's.")] = None,
) -> None:
    """List keys; revoked ones too."""
    with session.client() as client:
        found = list(client.keys.list(user))
    session.rows(
        found,
        ("name", "user", "rights", "is", "id"),
        lambda k: (k.name, k.user and k.user.name, " ".join(k.rights), _standing(k), k.id),
    )


@app.command()
@with_session
def add(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    user: Annotated[str | None, typer.Option(help="As whom it acts; you, if left out.")] = None,
    right: Annotated[
        list[str] | None,
        typer.Option("--right", "-r", help="What it may do; repeatable. All you may, if left out."),
    ] = None,
    expires: Annotated[
        datetime | None, time_option(help="When it ends, such as 2027-01-01T00:00:00Z.")
    ] = None,
) -> None:
    """Add a key; prints its text, this once."""
    with session.client() as client:
        made = client.keys.create(name, user=user, rights=right, expires_at=expires)
    if session.json:
        emit(made.raw)
    else:
        say(made.key or "")
        note(f"Keep it now: it is not shown again. Revoke it with: jobmill keys revoke {made.id}")


@app.command()
@with_session
def revoke(session: Session, key_id: KeyArgument) -> None:
    """Let a key open nothing any more, from now on."""
    with session.client() as client:
        client.keys.revoke(key_id)
    session.tell({"id": key_id, "revoked": True}, f"{key_id} is revoked.")


def _standing(key: "Key") -> str:
    if key.revoked_at is not None:
        return "revoked"
    return f"until {clock(key.expires_at)}" if key.expires_at else "in force"
