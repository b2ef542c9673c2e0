"""Teams of the organization and who is in them."""

from typing import Annotated

import typer

from jobmill.cli.output import clock
from jobmill.cli.session import Session, with_session
from jobmill.cli.users import UserArgument, show_users

app = typer.Typer(no_args_is_help=True, help="Users under a name, to share jobs with.")
TeamArgument = Annotated[str, typer.Argument(metavar="TEAM", help="Id or name.")]


@app.command("list")
@with_session
def list_(session: Session) -> None:
    """List teams."""
    with session.client() as client:
        found = list(client.teams.list())
    session.rows(found, ("name", "since", "id"), lambda t: (t.name, clock(t.created_at), t.id))


@app.command()
@with_session
def members(session: Session, team: TeamArgument) -> None:
    """List who is in a team."""
    with session.client() as client:
        found = list(client.teams.members(team))
    show_users(session, found)


@app.command()
@with_session
def add(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    member: Annotated[
        list[str] | None, typer.Option("--member", "-m", help="A user in it; repeatable.")
    ] = None,
) -> None:
    """Add a team; prints the id."""
    with session.client() as client:
        made = client.teams.create(name, member or ())
    session.tell(made.raw, made.id)


@app.command()
@with_session
def join(session: Session, team: TeamArgument, user: UserArgument) -> None:
    """Put a user into a team."""
    with session.client() as client:
        joined = client.teams.join(team, user)
    session.tell(joined.raw, f"{joined.name} is in {team}.")


@app.command()
@with_session
def leave(session: Session, team: TeamArgument, user: UserArgument) -> None:
    """Take a user out of a team."""
    with session.client() as client:
        client.teams.leave(team, user)
    session.tell({"team": team, "user": user, "left": True}, f"{user} is not in {team} any more.")


@app.command()
@with_session
def remove(session: Session, team: TeamArgument) -> None:
    """Remove a team; its members stay."""
    with session.client() as client:
        client.teams.remove(team)
    session.tell({"team": team, "removed": True}, f"{team} is removed.")
