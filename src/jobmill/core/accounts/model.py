"""Records of who may call: organizations, users, teams, keys, sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobmill.core.ids import OrganizationNumber, TeamNumber, UserNumber


@dataclass(frozen=True, slots=True)
class Organization:
    """The owner of every row. `extras` are dialects' own furniture."""

    number: OrganizationNumber
    id: str
    name: str
    created_at: datetime | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class User:
    """A person or program of one organization.

    `email` is in lower case and unique on the server; `password` is a hash (see `passwords`).
    A removed user stays as the name behind its jobs, and can do nothing.
    """

    number: UserNumber
    id: str
    organization: OrganizationNumber
    name: str
    email: str | None = None
    password: str | None = field(default=None, repr=False)
    admin: bool = False
    disabled: bool = False
    removed: bool = False
    created_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether this user can call at all."""
        return not (self.disabled or self.removed)


@dataclass(frozen=True, slots=True)
class Team:
    """Users of one organization under a name, so that jobs can be shared with all of them."""

    number: TeamNumber
    id: str
    organization: OrganizationNumber
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as stored: only its digest, so that a stolen database opens nothing.

    It also stands for a program to OAuth: its id is the client's, its text the client's secret, and
    users who sign in for that program are sent back to one of `redirect_uris` alone.
    """

    id: str
    organization: OrganizationNumber
    user: UserNumber
    name: str
    prefix: str
    digest: str
    rights: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    number: int = 0
    redirect_uris: tuple[str, ...] = ()

    def alive_at(self, now: datetime) -> bool:
        """Whether it opens anything: neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class SessionKind(StrEnum):
    """Where the session's token counts: in a browser's cookie, or as a bearer token."""

    BROWSER = "browser"
    BEARER = "bearer"
    CODE = "code"
    """No token yet: what an OAuth client gets one for, once."""
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in as stored: its token's digest, and the two ends that it can come to.

    A browser's session also ends when it is not used; a bearer's has one end. With `key` it ends
    with that API key, in whose name it was opened.
    """

    id: str
    user: UserNumber
    digest: str = field(repr=False)
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    kind: SessionKind = SessionKind.BROWSER
    rights: tuple[str, ...] = ("*",)
    key: str | None = None
