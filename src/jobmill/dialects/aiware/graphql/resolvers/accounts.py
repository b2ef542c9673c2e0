"""Who calls: signing in and out, tokens, the user and their rights."""

from collections.abc import Mapping
from typing import Any

from jobmill.core.accounts import (
    Organization,
    Principal,
    SessionKind,
    User,
    bearer_principal,
)
from jobmill.core.accounts.service.authenticate import key_behind
from jobmill.core.accounts.service.me import who_am_i
from jobmill.core.accounts.service.sign_in import close_session, open_bearer_session
from jobmill.core.errors import InvalidInput, NotAuthenticated
from jobmill.core.ids import OrganizationNumber, UserNumber
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.mapping.rights import operations_of
from jobmill.dialects.aiware.mapping.times import text_of
from jobmill.http.sessions import sign_in


async def user_login(call: Call, input: Mapping[str, Any] | None = None) -> Any:  # noqa: A002
    """Open a session of a day: the one mutation without a token. A user name is the e-mail."""
    if input is None:
        raise InvalidInput("input: give userName and password.", field="input")
    user, _, token = await sign_in(
        call.request, input["userName"], input["password"], SessionKind.BEARER
    )
    return _login(user, token, call)


async def user_logout(call: Call, token: str) -> bool:
    """End the session of a token; without one nothing happens."""
    who = call.who

    def close(work: UnitOfWork) -> None:
        if _holder(work, call, token).user == who.user:
            close_session(work, token)

    await call.house.database.write(close)
    return True


async def validate_token(call: Call, token: str) -> Any:
    """Whose token this is. Raises NotAuthenticated for one that is not valid."""
    _ = call.who

    def look(work: UnitOfWork) -> User | None:
        return work.accounts.user(_holder(work, call, token).user)

    return _login(await call.house.database.read(look), token, call)


async def refresh_token(call: Call, token: str) -> Any:
    """Another session of a day for the holder of a token, in place of the old one."""
    who = call.who

    def renew(work: UnitOfWork) -> tuple[User | None, str]:
        holder = _holder(work, call, token)
        if holder.user != who.user:
            raise NotAuthenticated("This token is somebody else's.")
        user = work.accounts.user(holder.user)
        if user is None:
            raise NotAuthenticated
        rights, key = sorted(holder.rights), key_behind(work, holder)
        _, fresh = open_bearer_session(work, user, call.now, rights=rights, key=key)
        close_session(work, token)
        return user, fresh

    user, fresh = await call.house.database.write(renew)
    return _login(user, fresh, call)


def _holder(work: UnitOfWork, call: Call, token: str) -> Principal:
    return bearer_principal(work, token, call.now)


def _login(user: User | None, token: str, call: Call) -> dict[str, Any]:
    if user is None:
        raise NotAuthenticated
    return {
        "apiToken": token,
        "token": token,
        "lastLoggedIn": text_of(call.now),
        "applications": [],
        "groups": [],
        "hasPassword": user.password is not None,
        "organization": user.organization,
        "passwordResetRequired": False,
        "user": user,
    }


def me(source: Any, call: Call) -> User:
    """The caller."""
    return who_am_i(call.work.accounts, call.who).user


def my_rights(source: Any, call: Call) -> dict[str, Any]:
    """What the caller's token allows, in the vendor's words."""
    return {"operations": operations_of(call.who.rights), "resources": {}}


def user_of(call: Call, number: UserNumber | None) -> User | None:
    """A user, looked up once a call."""
    if number is None:
        return None
    if ("user", number) not in call.kept:
        call.kept["user", number] = call.work.accounts.user(number)
    found: User | None = call.kept["user", number]
    return found


def user_id_of(call: Call, number: UserNumber | None) -> str | None:
    """The id of a user."""
    user = user_of(call, number)
    return None if user is None else user.id


def organization_of(source: Any, call: Call) -> Organization | None:
    """The organization behind a number, or of a user."""
    number = source.organization if isinstance(source, User) else source["organization"]
    return call.work.accounts.organization(OrganizationNumber(number))


def _roles(user: User, call: Call) -> list[dict[str, str]]:
    names = ["Admin", "Editor"] if user.admin else ["Editor"]
    return [{"id": name.lower(), "name": name, "appName": "Jobmill"} for name in names]


USER: dict[str, Any] = {
    "id": lambda user, call: user.id,
    "name": lambda user, call: user.email or user.name,
    "firstName": lambda user, call: user.name,
    "email": lambda user, call: user.email,
    "organizationId": lambda user, call: str(user.organization),
    "organization": organization_of,
    "roles": _roles,
    "roleIds": lambda user, call: [each["id"] for each in _roles(user, call)],
    "permissions": lambda user, call: {"records": [], "offset": 0, "limit": 30, "count": 0},
    "status": lambda user, call: "active" if user.active else "inactive",
    "createdDateTime": lambda user, call: user.created_at,
    "modifiedDateTime": lambda user, call: user.created_at,
    "jsondata": lambda user, call: {},
}
ORGANIZATION: dict[str, Any] = {
    "id": lambda organization, call: str(organization.number),
    "name": lambda organization, call: organization.name,
    "type": lambda organization, call: [],
    "jsondata": lambda organization, call: {},
    "status": lambda organization, call: "active",
    "createdDateTime": lambda organization, call: organization.created_at,
    "modifiedDateTime": lambda organization, call: organization.created_at,
}
RESOLVERS = {
    "Query": {"me": me, "myRights": my_rights},
    "User": USER,
    "Organization": ORGANIZATION,
    "LoginInfo": {"organization": organization_of},
}
ACTIONS = {
    "userLogin": user_login,
    "userLogout": user_logout,
    "validateToken": validate_token,
    "refreshToken": refresh_token,
}
