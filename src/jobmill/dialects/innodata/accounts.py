"""Handlers of sign-in, users and teams."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobmill.core.accounts import Principal, Right, Team, User, standing_key
from jobmill.core.accounts.passwords import check_password, hash_password
from jobmill.core.accounts.service import teams, users
from jobmill.core.accounts.service.me import who_am_i
from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.innodata.calls import caller_of, page_of, read_fields
from jobmill.dialects.innodata.envelope import answer
from jobmill.dialects.innodata.mapping.accounts import team_document, user_document
from jobmill.dialects.innodata.mapping.keys import KINDS, key_name, key_text
from jobmill.dialects.innodata.mapping.reading import Fields, list_of, wrong
from jobmill.dialects.innodata.schema import PASSWORD_METHOD
from jobmill.http.house import House, house_of
from jobmill.http.sessions import check_stranger, prove_password, sign_in_user

ME = "me"
EVERY = 2**31


async def login(request: Request) -> Response:
    """`POST users/login`: a user's keys for e-mail address and password."""
    check_stranger(request)
    house, fields = house_of(request), await read_fields(request)
    method = fields.text("authentication_method", PASSWORD_METHOD)
    if method != PASSWORD_METHOD:
        raise wrong("authentication_method", f"'{PASSWORD_METHOD}' is the only one")
    name = fields.text("username") or fields.needed("email", '"ada@example.org"')
    user = await sign_in_user(request, name, fields.needed("password", "the user's password"))
    keys = await house.database.write(lambda work: _keys_of(work, house, user))
    return answer({"api_keys": keys, "user": user_document(user)})


async def issue_keys(request: Request) -> Response:
    """`POST users/me/api-keys`: the caller's keys in the vendor's form, for those who have a key of
    another form and no password."""
    house, who = house_of(request), (await caller_of(request)).who

    def issue(work: UnitOfWork) -> dict[str, str]:
        for right in (Right.KEYS_WRITE, Right.ALL):
            who.require(right)  # the keys have all rights, and nobody hands on what they lack
        return _keys_of(work, house, who_am_i(work.accounts, who).user)

    return answer({"api_keys": await house.database.write(issue)})


def _keys_of(work: UnitOfWork, house: House, user: User) -> dict[str, str]:
    now = house.clock.now()

    def standing(kind: str) -> str:
        def render(ident: str) -> str:
            return key_text(house.link_secret, kind, ident)

        return standing_key(work.accounts, user, key_name(kind), render, now)

    return {kind: standing(kind) for kind in KINDS}


async def create_user(request: Request) -> Response:
    """`POST users`: for admins."""
    house, who = house_of(request), (await caller_of(request)).who
    who.require_admin(Right.ACCOUNTS_WRITE)
    fields = await read_fields(request)
    email, name = fields.text("email"), fields.text("name")
    if name is None and email is None:
        raise wrong("email", 'give one, such as "ada@example.org"')
    password = await _hashed(house, fields.text("password"))
    new, now = users.NewUser(name or email or "", email, password), house.clock.now()
    made = await house.database.write(lambda work: users.create_user(work.accounts, who, new, now))
    return answer(user_document(made), 201)


async def list_users(request: Request) -> Response:
    """`GET users`: those of the caller's organization."""
    house, who = house_of(request), (await caller_of(request)).who
    limit, offset = page_of(request)
    found = await house.database.read(
        lambda work: users.list_users(work.accounts, who, 0, limit + offset)
    )
    shown = [user_document(each) for each in found[offset:]]
    return answer({"users": shown, "limit": limit, "offset": offset})


async def read_user(request: Request) -> Response:
    """`GET users/{id}`: by id or e-mail address; `me` is the caller."""
    house, who = house_of(request), (await caller_of(request)).who
    name = request.path_params["user"]

    def look(work: UnitOfWork) -> User:
        if name == ME:
            return who_am_i(work.accounts, who).user
        return users.get_user(work.accounts, who, name)

    return answer(user_document(await house.database.read(look)))


async def update_user(request: Request) -> Response:
    """`PUT users/{id}`: what the body names; a new password needs `current_password` of those who
    are no admins."""
    house, who = house_of(request), (await caller_of(request)).who
    fields = await read_fields(request)
    name = await house.database.read(lambda work: _user_id(work, who, request.path_params["user"]))
    proven = await _proven(request, house, who, name, fields)
    change = users.UserChange(
        name=fields.text("name"),
        email=fields.text("email"),
        password_hash=await _hashed(house, fields.text("password")),
        proven=proven,
    )
    now = house.clock.now()
    changed = await house.database.write(
        lambda work: users.change_user(work, who, name, change, now)
    )
    return answer(user_document(changed))


async def delete_user(request: Request) -> Response:
    """`DELETE users/{id}`: for admins; the user's jobs stay."""
    house, who = house_of(request), (await caller_of(request)).who
    name, now = request.path_params["user"], house.clock.now()
    await house.database.write(lambda work: users.remove_user(work, who, name, now))
    return answer({})


def _user_id(work: UnitOfWork, who: Principal, name: str) -> str:
    if name == ME:
        return who_am_i(work.accounts, who).user.id
    return users.user_to_change(work.accounts, who, name).id


async def _hashed(house: House, password: str | None) -> str | None:
    if password is None:
        return None
    check_password(password)
    async with house.password_looks:
        return await asyncio.to_thread(hash_password, password)


async def _proven(
    request: Request, house: House, who: Principal, name: str, fields: Fields
) -> bool:
    given = fields.text("current_password")
    if given is None:
        return False
    old = await house.database.read(lambda work: users.user_to_change(work.accounts, who, name))
    if not await prove_password(request, old, given):
        raise InvalidInput(
            "current_password: this is not the present password.", field="current_password"
        )
    return True


async def create_team(request: Request) -> Response:
    """`POST teams`: a team of users by id or e-mail address; for admins."""
    house, who = house_of(request), (await caller_of(request)).who
    fields = await read_fields(request)
    name, members = fields.needed("name", '"reviewers"'), _members(fields)
    now = house.clock.now()

    def create(work: UnitOfWork) -> dict[str, Any]:
        return _team(work, teams.create_team(work, who, name, members or [], now))

    return answer(await house.database.write(create), 201)


async def list_teams(request: Request) -> Response:
    """`GET teams`: those of the caller's organization."""
    house, who = house_of(request), (await caller_of(request)).who
    limit, offset = page_of(request)

    def look(work: UnitOfWork) -> list[dict[str, Any]]:
        found = teams.list_teams(work.teams, who, 0, limit + offset)
        return [_team(work, each) for each in found[offset:]]

    shown = await house.database.read(look)
    return answer({"teams": shown, "limit": limit, "offset": offset})


async def read_team(request: Request) -> Response:
    """`GET teams/{id}`: by id or name."""
    house, who = house_of(request), (await caller_of(request)).who
    name = request.path_params["team"]
    return answer(
        await house.database.read(lambda work: _team(work, teams.get_team(work.teams, who, name)))
    )


async def update_team(request: Request) -> Response:
    """`PUT teams/{id}`: its name, its members, or both; members that are not named leave."""
    house, who = house_of(request), (await caller_of(request)).who
    fields, team = await read_fields(request), request.path_params["team"]
    name, members = fields.text("name"), _members(fields)

    def update(work: UnitOfWork) -> dict[str, Any]:
        found = teams.get_team(work.teams, who, team)
        found = teams.rename_team(work.teams, who, found.id, name or found.name)
        if members is not None:
            joined = {teams.join_team(work, who, found.id, each).number for each in members}
            for each in work.teams.members(found.number, 0, EVERY):
                if each.number not in joined:
                    teams.leave_team(work, who, found.id, each.id)
        return _team(work, found)

    return answer(await house.database.write(update))


async def delete_team(request: Request) -> Response:
    """`DELETE teams/{id}`: what was shared with it is seen by its members no longer."""
    house, who = house_of(request), (await caller_of(request)).who
    team = request.path_params["team"]
    await house.database.write(lambda work: teams.remove_team(work.teams, who, team))
    return answer({})


def _team(work: UnitOfWork, team: Team) -> dict[str, Any]:
    return team_document(team, work.teams.members(team.number, 0, EVERY))


def _members(fields: Fields) -> list[str] | None:
    """Users by id or e-mail address, as words or as objects that hold one of them."""
    given = fields.take("members")
    if given is None:
        return None
    found = []
    for i, each in enumerate(list_of(given, "members")):
        word = each
        if isinstance(each, dict):
            inner = Fields(each, f"members.{i}")
            word = inner.text("id") or inner.text("email")
        if not isinstance(word, str) or not word:
            raise wrong(f"members.{i}", "give a user's id or e-mail address")
        found.append(word)
    return found
