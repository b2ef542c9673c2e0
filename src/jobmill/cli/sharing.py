"""Share a job with users and teams of its organization."""

from typing import TYPE_CHECKING, Annotated

import typer

from jobmill.cli.output import emit, say, table
from jobmill.cli.session import JobArgument, Session, job_named, usage, with_session

if TYPE_CHECKING:
    from jobmill_client.models import Collaborator

EVERYBODY = "*"
UserOption = Annotated[
    list[str] | None, typer.Option("--user", "-u", help="Id, e-mail address or name; repeatable.")
]
TeamOption = Annotated[list[str] | None, typer.Option("--team", "-t", help="Id or name.")]
EverybodyOption = Annotated[
    bool, typer.Option("--everybody", help="Everybody of the organization.")
]


@with_session
def share(
    session: Session,
    job: JobArgument,
    user: UserOption = None,
    team: TeamOption = None,
    everybody: EverybodyOption = False,
    step: Annotated[
        list[str] | None,
        typer.Option(
            "--step", "-s", help="What they may do: `manage`, a role of yours, `*` for all."
        ),
    ] = None,
) -> None:
    """Share a job with more people; without options, list with whom it is shared."""
    more = [{**each, "steps": step or []} for each in _named(user, team, everybody)]
    if step and not more:
        usage("--step: say whose step that is: --user, --team or --everybody.")
    with session.client() as client:
        number = job_named(client, job)
        found = client.collaborators.add(number, more) if more else client.collaborators.of(number)
    _show(session, found)


@with_session
def unshare(
    session: Session,
    job: JobArgument,
    user: UserOption = None,
    team: TeamOption = None,
    everybody: EverybodyOption = False,
) -> None:
    """Share a job with these no longer; without options, with nobody."""
    gone = _named(user, team, everybody)
    with session.client() as client:
        number = job_named(client, job)
        for each in gone:
            client.collaborators.remove(number, **each)
        found = client.collaborators.of(number) if gone else client.collaborators.set(number, [])
    _show(session, found)


def _named(user: list[str] | None, team: list[str] | None, everybody: bool) -> list[dict[str, str]]:
    users = [*(user or []), *([EVERYBODY] if everybody else [])]
    return [*({"user": each} for each in users), *({"team": each} for each in team or [])]


def _show(session: Session, found: "tuple[Collaborator, ...]") -> None:
    if session.json:
        for each in found:
            emit(each.raw)
    elif found:
        table(("kind", "name", "steps"), [(*_shown(each), ", ".join(each.steps)) for each in found])
    else:
        say("It is shared with nobody.")


def _shown(each: "Collaborator") -> tuple[str, str]:
    if each.user is not None:
        return "user", each.user.name
    return ("team", each.team.name) if each.team is not None else ("everybody", EVERYBODY)
