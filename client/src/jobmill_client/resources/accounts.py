"""Organizations, users, teams and keys. A user is named by id, e-mail address or name, a team by
id or name."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from jobmill_client.connection import Connection
from jobmill_client.models import Key, Organization, Team, User
from jobmill_client.paging import read_pages
from jobmill_client.reading import read


class Organizations:
    """`client.organizations`: for admins of the server's first organization."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[Organization]:
        """Those that the key may see."""
        return read_pages(Organization, self._connection, "organizations")

    def get(self, organization: str) -> Organization:
        """The organization of this id."""
        path = _path("organizations", organization)
        return read(Organization, self._connection.call("GET", path))

    def create(self, name: str) -> Organization:
        """Make one; its `key` is that of its user `admin`, and is told this once."""
        body = {"name": name}
        return read(Organization, self._connection.call("POST", "organizations", json=body))

    def rename(self, organization: str, name: str) -> Organization:
        """Give it another name."""
        path = _path("organizations", organization)
        return read(Organization, self._connection.call("PATCH", path, json={"name": name}))

    def delete(self, organization: str) -> None:
        """Remove one that owns nothing any more. Raises Conflict."""
        self._connection.call("DELETE", _path("organizations", organization))


class Users:
    """`client.users`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[User]:
        """The users of the organization."""
        return read_pages(User, self._connection, "users")

    def get(self, user: str) -> User:
        """One user. Raises NotFound."""
        return read(User, self._connection.call("GET", _path("users", user)))

    def create(
        self,
        name: str,
        *,
        email: str | None = None,
        password: str | None = None,
        admin: bool | None = None,
    ) -> User:
        """Make a user; with address and password they can sign in."""
        body = _given(name=name, email=email, password=password, admin=admin)
        return read(User, self._connection.call("POST", "users", json=body))

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
    ) -> User:
        """Change what is given."""
        body = _given(
            name=name,
            email=email,
            password=password,
            current_password=current_password,
            admin=admin,
            disabled=disabled,
        )
        return read(User, self._connection.call("PATCH", _path("users", user), json=body))

    def remove(self, user: str) -> None:
        """Remove a user with their keys and sessions; their jobs stay."""
        self._connection.call("DELETE", _path("users", user))


class Teams:
    """`client.teams`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[Team]:
        """The teams of the organization."""
        return read_pages(Team, self._connection, "teams")

    def get(self, team: str) -> Team:
        """One team. Raises NotFound."""
        return read(Team, self._connection.call("GET", _path("teams", team)))

    def create(self, name: str, members: Sequence[str] = ()) -> Team:
        """Put these users under a name."""
        body = {"name": name, "members": list(members)}
        return read(Team, self._connection.call("POST", "teams", json=body))

    def rename(self, team: str, name: str) -> Team:
        """Give it another name."""
        body = {"name": name}
        return read(Team, self._connection.call("PATCH", _path("teams", team), json=body))

    def remove(self, team: str) -> None:
        """Remove a team; its members stay."""
        self._connection.call("DELETE", _path("teams", team))

    def members(self, team: str) -> Iterator[User]:
        """Who is in it."""
        return read_pages(User, self._connection, f"{_path('teams', team)}/members")

    def join(self, team: str, user: str) -> User:
        """Put a user into it."""
        return read(User, self._connection.call("PUT", _member(team, user)))

    def leave(self, team: str, user: str) -> None:
        """Take a user out of it."""
        self._connection.call("DELETE", _member(team, user))


class Keys:
    """`client.keys`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, user: str | None = None) -> Iterator[Key]:
        """Your keys; for admins everybody's, or those of one user. Revoked ones too."""
        return read_pages(Key, self._connection, "keys", {"user": user})

    def get(self, key: str) -> Key:
        """The key of this id. Raises NotFound."""
        return read(Key, self._connection.call("GET", _path("keys", key)))

    def create(
        self,
        name: str,
        *,
        user: str | None = None,
        rights: Sequence[str] | None = None,
        expires_at: datetime | None = None,
    ) -> Key:
        """Make a key; its text stands in `key` of the answer, this once."""
        body = _given(
            name=name,
            user=user,
            rights=None if rights is None else list(rights),
            expires_at=None if expires_at is None else expires_at.astimezone().isoformat(),
        )
        return read(Key, self._connection.call("POST", "keys", json=body))

    def change(
        self, key: str, *, name: str | None = None, rights: Sequence[str] | None = None
    ) -> Key:
        """Give it another name or other rights."""
        body = _given(name=name, rights=None if rights is None else list(rights))
        return read(Key, self._connection.call("PATCH", _path("keys", key), json=body))

    def revoke(self, key: str) -> None:
        """From now on it opens nothing."""
        self._connection.call("DELETE", _path("keys", key))


def _path(kind: str, name: str) -> str:
    return f"{kind}/{quote(name, safe='')}"


def _member(team: str, user: str) -> str:
    return f"{_path('teams', team)}/{_path('members', user)}"


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
