"""Share a job with users and teams of its organization."""

from typing import TYPE_CHECKING, Annotated, Any

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
    more = _named(user, team, everybody, steps=step or [])
    if step and not more:
        usage("--step: say whose step that is: --user, --team or --everybody.")
    with session.client() as client:
        number = job_named(client, job)
        found = client.collaborators.of(number)
        if more:
            found = client.collaborators.set(number, [*map(_given, found), *more])
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
    gone = [next(iter(each.values())) for each in _named(user, team, everybody)]
    with session.client() as client:
        number = job_named(client, job)
        found = client.collaborators.of(number)
        unknown = [name for name in gone if not any(_is(each, name) for each in found)]
        if unknown:
            usage(f"The job is not shared with {unknown[0]!r}.")
        left = [each for each in found if gone and not any(_is(each, name) for name in gone)]
        found = client.collaborators.set(number, list(map(_given, left)))
    _show(session, found)


def _named(
    user: list[str] | None, team: list[str] | None, everybody: bool, **more: Any
) -> list[dict[str, Any]]:
    users = [*(user or []), *([EVERYBODY] if everybody else [])]
    return [
        *({"user": each, **more} for each in users),
        *({"team": each, **more} for each in team or []),
    ]


def _given(each: "Collaborator") -> dict[str, Any]:
    who = {"team": each.team.id} if each.team else {"user": each.user.id if each.user else "*"}
    return {**who, "steps": list(each.steps)}


def _is(each: "Collaborator", name: str) -> bool:
    if each.user is not None:
        return name in (each.user.id, each.user.name, each.user.email)
    return name in (each.team.id, each.team.name) if each.team is not None else name == EVERYBODY


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
