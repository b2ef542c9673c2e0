"""Organizations, for those who operate the server."""

from typing import Annotated

import typer

from jobmill.cli.output import clock, emit, say, table
from jobmill.cli.session import Session, with_session

app = typer.Typer(no_args_is_help=True, help="Organizations: nothing is seen across two of them.")
NameArgument = Annotated[str, typer.Argument(metavar="NAME")]
OrganizationArgument = Annotated[str, typer.Argument(metavar="ORGANIZATION", help="Id or name.")]


@app.command("list")
@with_session
def list_(session: Session) -> None:
    """List the organizations that you may see."""
    with session.client() as client:
        found = list(client.organizations.list())
    if session.json:
        for each in found:
            emit(each.raw)
    else:
        table(("name", "since", "id"), [(o.name, clock(o.created_at), o.id) for o in found])


@app.command()
@with_session
def add(session: Session, name: NameArgument) -> None:
    """Add an organization; prints the key of its user admin, this once."""
    with session.client() as client:
        made = client.organizations.create(name)
    if session.json:
        emit(made.raw)
    else:
        say(made.key or "")


@app.command()
@with_session
def rename(session: Session, organization: OrganizationArgument, name: NameArgument) -> None:
    """Give an organization another name."""
    with session.client() as client:
        renamed = client.organizations.rename(_id_of(session, organization), name)
    if session.json:
        emit(renamed.raw)
    else:
        say(f"It is called {renamed.name} now.")


@app.command()
@with_session
def remove(session: Session, organization: OrganizationArgument) -> None:
    """Remove an organization that owns nothing any more."""
    with session.client() as client:
        client.organizations.delete(_id_of(session, organization))
    if session.json:
        emit({"organization": organization, "removed": True})
    else:
        say(f"{organization} is removed.")


def _id_of(session: Session, organization: str) -> str:
    """An id stays as it is: the server says so if there is none of it."""
    with session.client() as client:
        named = [each.id for each in client.organizations.list() if each.name == organization]
    return named[0] if named else organization
