"""Teams and their members."""

from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.numbered import numbered
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.accounts import CreateTeam, EditTeam, Team, TeamPage, User, UserPage
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.shared import PageQuery
from jobmill.core.accounts.service.teams import (
    create_team,
    get_team,
    join_team,
    leave_team,
    list_members,
    list_teams,
    remove_team,
    rename_team,
)

router = native_router("teams")


@router.post(
    "/teams",
    status_code=201,
    summary="Create a team",
    responses={**answer(201, "The team.", LOCATION), **problems(*WITH_BODY, 409)},
)
async def make_team(body: CreateTeam, response: Response, house: TheHouse, who: Caller) -> Team:
    """Put users of your organization under a name. For its admins."""
    now = house.clock.now()
    made = await house.database.write(
        lambda work: create_team(work, who, body.name, body.members, now)
    )
    response.headers["Location"] = f"{PREFIX}/teams/{made.id}"
    return Team.of(made)


@router.get("/teams", summary="List teams", responses=problems())
async def read_teams(
    query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> TeamPage:
    """The teams of your organization."""
    found, following = await numbered(
        house, query, lambda work, after, limit: list_teams(work.teams, who, after, limit)
    )
    return TeamPage(items=[Team.of(each) for each in found], next=following)


@router.get("/teams/{team}", summary="Get a team", responses=problems(404))
async def read_team(team: str, house: TheHouse, who: Caller) -> Team:
    """A team by its id or name."""
    return Team.of(await house.database.read(lambda work: get_team(work.teams, who, team)))


@router.patch("/teams/{team}", summary="Rename a team", responses=problems(*WITH_BODY, 404, 409))
async def edit_team(team: str, body: EditTeam, house: TheHouse, who: Caller) -> Team:
    """Give a team another name. For admins of the organization."""
    return Team.of(
        await house.database.write(lambda work: rename_team(work.teams, who, team, body.name))
    )


@router.delete(
    "/teams/{team}",
    status_code=204,
    response_class=Response,
    summary="Delete a team",
    responses=problems(404),
)
async def delete_team(team: str, house: TheHouse, who: Caller) -> None:
    """Remove a team. Its members stay; what was shared with it is shared no longer."""
    await house.database.write(lambda work: remove_team(work.teams, who, team))


@router.get("/teams/{team}/members", summary="List a team's members", responses=problems(404))
async def read_members(
    team: str, query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> UserPage:
    """The users in a team, oldest first."""
    found, following = await numbered(
        house, query, lambda work, after, limit: list_members(work.teams, who, team, after, limit)
    )
    return UserPage(items=[User.of(each) for each in found], next=following)


@router.put("/teams/{team}/members/{user}", summary="Add to a team", responses=problems(404))
async def add_member(team: str, user: str, house: TheHouse, who: Caller) -> User:
    """Put a user into a team; again is the same. For admins of the organization."""
    return User.of(await house.database.write(lambda work: join_team(work, who, team, user)))


@router.delete(
    "/teams/{team}/members/{user}",
    status_code=204,
    response_class=Response,
    summary="Take out of a team",
    responses=problems(404),
)
async def drop_member(team: str, user: str, house: TheHouse, who: Caller) -> None:
    """Take a user out of a team. For admins of the organization."""
    await house.database.write(lambda work: leave_team(work, who, team, user))
