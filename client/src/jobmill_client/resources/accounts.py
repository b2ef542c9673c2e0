"""Organizations, users, teams and keys. A user is named by id, e-mail address or name, a team by
id or name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from jobmill_client.calls import Awaited, Blocking, Calls, call, stream
from jobmill_client.models import Key, Organization, SignIn, Team, User
from jobmill_client.steps import Program, Stream


class OrganizationCalls(Calls):
    """The calls about organizations, for admins of the server's first organization."""

    @stream
    def list(self) -> Stream[Organization]:
        """Those that the key may see."""
        return self._each(Organization, "organizations")

    @call
    def get(self, organization: str) -> Program[Organization]:
        """The organization of this id."""
        path = _path("organizations", organization)
        return self._ask(Organization, "GET", path)

    @call
    def create(self, name: str) -> Program[Organization]:
        """Make one; its `key` is that of its user `admin`, and is told this once."""
        body = {"name": name}
        return self._ask(Organization, "POST", "organizations", json=body)

    @call
    def rename(self, organization: str, name: str) -> Program[Organization]:
        """Give it another name."""
        path = _path("organizations", organization)
        return self._ask(Organization, "PATCH", path, json={"name": name})

    @call
    def delete(self, organization: str) -> Program[None]:
        """Remove one that owns nothing any more. Raises Conflict."""
        return self._tell("DELETE", _path("organizations", organization))


class UserCalls(Calls):
    """The calls about users."""

    @stream
    def list(self) -> Stream[User]:
        """The users of the organization."""
        return self._each(User, "users")

    @call
    def get(self, user: str) -> Program[User]:
        """One user. Raises NotFound."""
        return self._ask(User, "GET", _path("users", user))

    @call
    def create(
        self,
        name: str,
        *,
        email: str | None = None,
        password: str | None = None,
        admin: bool | None = None,
    ) -> Program[User]:
        """Make a user; with address and password they can sign in."""
        body = _given(name=name, email=email, password=password, admin=admin)
        return self._ask(User, "POST", "users", json=body)

    @call
    def change(
        self,
        user: str,
        *,
        name: str | None = None,
        email: str | None = None,
        password: str | None = None,
        current_password: str | None = None,
        admin: bool | None = None,
        disabled: bool | None = None,
    ) -> Program[User]:
        """Change what is given."""
        body = _given(
            name=name,
            email=email,
            password=password,
            current_password=current_password,
            admin=admin,
            disabled=disabled,
        )
        return self._ask(User, "PATCH", _path("users", user), json=body)

    @call
    def remove(self, user: str) -> Program[None]:
        """Remove a user with their keys and sessions; their jobs stay."""
        return self._tell("DELETE", _path("users", user))


class TeamCalls(Calls):
    """The calls about teams."""

    @stream
    def list(self) -> Stream[Team]:
        """The teams of the organization."""
        return self._each(Team, "teams")

    @call
    def get(self, team: str) -> Program[Team]:
        """One team. Raises NotFound."""
        return self._ask(Team, "GET", _path("teams", team))

    @call
    def create(self, name: str, members: Sequence[str] = ()) -> Program[Team]:
        """Put these users under a name."""
        body = {"name": name, "members": list(members)}
        return self._ask(Team, "POST", "teams", json=body)

    @call
    def rename(self, team: str, name: str) -> Program[Team]:
        """Give it another name."""
        body = {"name": name}
        return self._ask(Team, "PATCH", _path("teams", team), json=body)

    @call
    def remove(self, team: str) -> Program[None]:
        """Remove a team; its members stay."""
        return self._tell("DELETE", _path("teams", team))

    @stream
    def members(self, team: str) -> Stream[User]:
        """Who is in it."""
        return self._each(User, f"{_path('teams', team)}/members")

    @call
    def join(self, team: str, user: str) -> Program[User]:
        """Put a user into it."""
        return self._ask(User, "PUT", _member(team, user))

    @call
    def leave(self, team: str, user: str) -> Program[None]:
        """Take a user out of it."""
        return self._tell("DELETE", _member(team, user))


class KeyCalls(Calls):
    """The calls about API keys."""

    @stream
    def list(self, user: str | None = None) -> Stream[Key]:
        """Your keys; for admins everybody's, or those of one user. Revoked ones too."""
        return self._each(Key, "keys", {"user": user})

    @call
    def get(self, key: str) -> Program[Key]:
        """The key of this id. Raises NotFound."""
        return self._ask(Key, "GET", _path("keys", key))

    @call
    def create(
        self,
        name: str,
        *,
        user: str | None = None,
        rights: Sequence[str] | None = None,
        expires_at: datetime | None = None,
    ) -> Program[Key]:
        """Make a key; its text stands in `key` of the answer, this once."""
        body = _given(
            name=name,
            user=user,
            rights=None if rights is None else list(rights),
            expires_at=None if expires_at is None else expires_at.astimezone().isoformat(),
        )
        return self._ask(Key, "POST", "keys", json=body)

    @call
    def change(
        self, key: str, *, name: str | None = None, rights: Sequence[str] | None = None
    ) -> Program[Key]:
        """Give it another name or other rights."""
        body = _given(name=name, rights=None if rights is None else list(rights))
        return self._ask(Key, "PATCH", _path("keys", key), json=body)

    @call
    def revoke(self, key: str) -> Program[None]:
        """From now on it opens nothing."""
        return self._tell("DELETE", _path("keys", key))


class SessionCalls(Calls):
    """The calls about where you are signed in."""

    @call
    def list(self) -> Program[tuple[SignIn, ...]]:
        """Your sessions that are alive, newest first."""
        return self._all(SignIn, "me/sessions")

    @call
    def end(self, session: str) -> Program[None]:
        """Sign out there. Raises NotFound."""
        return self._tell("DELETE", f"me/{_path('sessions', session)}")


class Organizations(Blocking, OrganizationCalls):
    """`client.organizations`."""


class AsyncOrganizations(Awaited, OrganizationCalls):
    """`client.organizations`, awaited."""


class Users(Blocking, UserCalls):
    """`client.users`."""


class AsyncUsers(Awaited, UserCalls):
    """`client.users`, awaited."""


class Teams(Blocking, TeamCalls):
    """`client.teams`."""


class AsyncTeams(Awaited, TeamCalls):
    """`client.teams`, awaited."""


class Keys(Blocking, KeyCalls):
    """`client.keys`."""


class AsyncKeys(Awaited, KeyCalls):
    """`client.keys`, awaited."""


class Sessions(Blocking, SessionCalls):
    """`client.sessions`."""


class AsyncSessions(Awaited, SessionCalls):
    """`client.sessions`, awaited."""


def _path(kind: str, name: str) -> str:
    return f"{kind}/{quote(name, safe='')}"


def _member(team: str, user: str) -> str:
    return f"{_path('teams', team)}/{_path('members', user)}"


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
