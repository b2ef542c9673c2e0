"""Users: create, get, change, remove, list."""

import asyncio
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import SecretStr

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.numbered import numbered
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.accounts import CreateUser, EditUser, User, UserPage
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.shared import PageQuery
from jobmill.core.accounts import Principal, Right
from jobmill.core.accounts.passwords import check_password, hash_password
from jobmill.core.accounts.service.users import (
    NewUser,
    UserChange,
    change_user,
    create_user,
    get_user,
    list_users,
    remove_user,
    user_to_change,
)
from jobmill.core.errors import InvalidInput
from jobmill.http.house import House
from jobmill.http.sessions import prove_password

router = native_router("users")


@router.post(
    "/users",
    status_code=201,
    summary="Create a user",
    responses={**answer(201, "The user.", LOCATION), **problems(*WITH_BODY, 409)},
)
async def make_user(body: CreateUser, response: Response, house: TheHouse, who: Caller) -> User:
    """Make a user of your organization. For its admins.

    With an e-mail address and a password they can sign in; keys work without both.
    """
    who.require_admin(Right.ACCOUNTS_WRITE)
    new = NewUser(body.name, body.email, await _hashed(body.password), body.admin)
    now = house.clock.now()
    made = await house.database.write(lambda work: create_user(work.accounts, who, new, now))
    response.headers["Location"] = f"{PREFIX}/users/{made.id}"
    return User.of(made)


@router.get("/users", summary="List users", responses=problems())
async def read_users(
    query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> UserPage:
    """The users of your organization."""
    found, following = await numbered(
        house, query, lambda work, after, limit: list_users(work.accounts, who, after, limit)
    )
    return UserPage(items=[User.of(each) for each in found], next=following)


@router.get("/users/{user}", summary="Get a user", responses=problems(404))
async def read_user(user: str, house: TheHouse, who: Caller) -> User:
    """A user of your organization by id, e-mail address or name."""
    return User.of(await house.database.read(lambda work: get_user(work.accounts, who, user)))


@router.patch(
    "/users/{user}", summary="Change a user", responses=problems(*WITH_BODY, 404, 409, 429)
)
async def edit_user(
    user: str, body: EditUser, request: Request, house: TheHouse, who: Caller
) -> User:
    """Change a user. Admins of the organization change everybody, others themselves in part.

    A new password, and disabling, end all sessions of that user at once.
    """
    proven = await _proven(request, house, who, user, body)
    change = UserChange(
        name=body.name,
        email=body.email,
        password_hash=await _hashed(body.password),
        admin=body.admin,
        disabled=body.disabled,
        proven=proven,
    )
    now = house.clock.now()
    return User.of(
        await house.database.write(lambda work: change_user(work, who, user, change, now))
    )


@router.delete(
    "/users/{user}",
    status_code=204,
    response_class=Response,
    summary="Remove a user",
    responses=problems(404, 409),
)
async def delete_user(user: str, house: TheHouse, who: Caller) -> None:
    """Remove a user with their keys and sessions. Their jobs stay, for the admins."""
    now = house.clock.now()
    await house.database.write(lambda work: remove_user(work, who, user, now))


async def _hashed(password: SecretStr | None) -> str | None:
    if password is None:
        return None
    text = password.get_secret_value()
    check_password(text)
    return await asyncio.to_thread(hash_password, text)


async def _proven(
    request: Request, house: House, who: Principal, user: str, body: EditUser
) -> bool:
    """Whether the present password was given and fits; wrong ones count as attempts to sign in."""
    old = await house.database.read(lambda work: user_to_change(work.accounts, who, user))
    if body.current_password is None:
        return False
    if not await prove_password(request, old, body.current_password.get_secret_value()):
        raise InvalidInput(
            "current_password: this is not the present password.", field="current_password"
        )
    return True
