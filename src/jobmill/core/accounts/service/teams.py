"""Teams of an organization: its admins make them and say who is in them; everybody sees them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from jobmill.core.accounts.model import Team, User
from jobmill.core.accounts.ports import AccountWork, TeamStore
from jobmill.core.accounts.rights import Principal, Right
from jobmill.core.accounts.service.names import checked_name, team_of, user_of
from jobmill.core.errors import InvalidInput, NameTaken, UserNotFound
from jobmill.core.ids import new_id


def create_team(
    work: AccountWork, who: Principal, name: str, members: Sequence[str], now: datetime
) -> Team:
    """A team of these users (ids, e-mail addresses or names)."""
    who.require_admin(Right.ACCOUNTS_WRITE)
    name = _free_name(work.teams, who, name)
    users = [_member(work, who, text, index) for index, text in enumerate(members)]
    team = work.teams.add(new_id(), who.organization, name, now)
    for user in users:
        work.teams.join(team.number, user.number)
    return team


def list_teams(teams: TeamStore, who: Principal, after: int, limit: int) -> Sequence[Team]:
    """The teams of the caller's organization."""
    who.require(Right.ACCOUNTS_READ)
    return teams.list(who.organization, after, limit)


def get_team(teams: TeamStore, who: Principal, team: str) -> Team:
    """The team of this id or name. Raises TeamNotFound."""
    who.require(Right.ACCOUNTS_READ)
    return team_of(teams, who.organization, team)


def rename_team(teams: TeamStore, who: Principal, team: str, name: str) -> Team:
    """Give a team another name."""
    found = _to_change(teams, who, team)
    if name.strip() == found.name:
        return found
    renamed = replace(found, name=_free_name(teams, who, name))
    teams.save(renamed)
    return renamed


def remove_team(teams: TeamStore, who: Principal, team: str) -> None:
    """Remove a team; what was shared with it is seen by its members no longer."""
    teams.remove(_to_change(teams, who, team).number)


def list_members(
    teams: TeamStore, who: Principal, team: str, after: int, limit: int
) -> Sequence[User]:
    """The users in a team."""
    return teams.members(get_team(teams, who, team).number, after, limit)


def join_team(work: AccountWork, who: Principal, team: str, user: str) -> User:
    """Put a user into a team; again is the same."""
    found = _to_change(work.teams, who, team)
    joining = user_of(work.accounts, who.organization, user)
    work.teams.join(found.number, joining.number)
    return joining


def leave_team(work: AccountWork, who: Principal, team: str, user: str) -> None:
    """Take a user out of a team. Raises UserNotFound when they are not in it."""
    found = _to_change(work.teams, who, team)
    leaving = user_of(work.accounts, who.organization, user)
    if not work.teams.leave(found.number, leaving.number):
        raise UserNotFound(f"{leaving.name!r} is not in the team {found.name!r}.")


def _to_change(teams: TeamStore, who: Principal, team: str) -> Team:
    who.require(Right.ACCOUNTS_WRITE)
    found = team_of(teams, who.organization, team)
    who.require_admin(Right.ACCOUNTS_WRITE)
    return found


def _member(work: AccountWork, who: Principal, text: str, index: int) -> User:
    try:
        return user_of(work.accounts, who.organization, text)
    except UserNotFound as refusal:
        field = f"members.{index}"
        raise InvalidInput(f"{field}: {refusal.message}", field=field) from None


def _free_name(teams: TeamStore, who: Principal, given: str) -> str:
    name = checked_name(given)
    if teams.named(who.organization, name) is not None:
        raise NameTaken(f"A team named {name!r} exists.", field="name")
    return name
