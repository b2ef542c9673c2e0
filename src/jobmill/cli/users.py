"""Users of the organization: list, add, edit, disable, remove."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobmill.cli.output import clock, facts
from jobmill.cli.session import Session, with_session

if TYPE_CHECKING:
    from jobmill_client import User

app = typer.Typer(no_args_is_help=True, help="Who may call.")
UserArgument = Annotated[str, typer.Argument(metavar="USER", help="Id, e-mail address or name.")]
Email = Annotated[str | None, typer.Option(help="Their address; unique on the server.")]
Password = Annotated[
    bool, typer.Option("--password", help="Ask for a password, or read it from a pipe.")
]


@app.command("list")
@with_session
def list_(session: Session) -> None:
    """List users."""
    with session.client() as client:
        found = list(client.users.list())
    show_users(session, found)


@app.command()
@with_session
def show(session: Session, user: UserArgument) -> None:
    """Show a user."""
    with session.client() as client:
        found = client.users.get(user)
    session.show(
        found.raw,
        lambda: facts(
            {"id": found.id, "name": found.name, "email": found.email, "is": standing(found)}
        ),
    )


@app.command()
@with_session
def add(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    email: Email = None,
    password: Password = False,
    admin: Annotated[bool, typer.Option("--admin", help="Let them manage all of it.")] = False,
) -> None:
    """Add a user; prints the id."""
    secret = asked_password() if password else None
    with session.client() as client:
        made = client.users.create(name, email=email, password=secret, admin=admin or None)
    session.tell(made.raw, made.id)


@app.command()
@with_session
def edit(
    session: Session,
    user: UserArgument,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    email: Email = None,
    password: Password = False,
    admin: Annotated[
        bool | None, typer.Option("--admin/--no-admin", help="Whether they manage all of it.")
    ] = None,
) -> None:
    """Change a user."""
    secret = asked_password() if password else None
    given: dict[str, Any] = {"name": name, "email": email, "password": secret, "admin": admin}
    with session.client() as client:
        changed = client.users.change(user, **given)
    session.tell(changed.raw, f"{changed.name} is changed.")


@app.command()
@with_session
def disable(session: Session, user: UserArgument) -> None:
    """Refuse a user's keys and sessions, from now on."""
    with session.client() as client:
        changed = client.users.change(user, disabled=True)
    session.tell(changed.raw, f"{changed.name} is disabled.")


@app.command()
@with_session
def enable(session: Session, user: UserArgument) -> None:
    """Let a disabled user in again."""
    with session.client() as client:
        changed = client.users.change(user, disabled=False)
    session.tell(changed.raw, f"{changed.name} is enabled.")


@app.command()
@with_session
def remove(session: Session, user: UserArgument) -> None:
    """Remove a user with their keys; their jobs stay, for the admins."""
    with session.client() as client:
        client.users.remove(user)
    session.tell({"user": user, "removed": True}, f"{user} is removed.")


def show_users(session: Session, users: "list[User]") -> None:
    """Users as lines of JSON or as a table."""
    session.rows(
        users,
        ("name", "email", "is", "since", "id"),
        lambda u: (u.name, u.email, standing(u), clock(u.created_at), u.id),
    )


def standing(user: "User") -> str:
    """In a word what a user is."""
    return "disabled" if user.disabled else "admin" if user.admin else "user"


def asked_password() -> str:
    """Not as an argument: those can be seen by everybody on the machine."""
    import sys

    if sys.stdin.isatty():
        answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return answer
    return sys.stdin.readline().rstrip("\n")
