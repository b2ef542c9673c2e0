"""Who: organizations, users, teams, keys, and with whom jobs are shared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Organization:
    """The owner of jobs, files and users; `key` is there once, when it was made."""

    id: str
    name: str = ""
    created_at: datetime | None = None
    key: str | None = field(default=None, repr=False)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class User:
    """A person or program of an organization."""

    id: str
    name: str = ""
    email: str | None = None
    admin: bool = False
    disabled: bool = False
    password_set: bool = False
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Team:
    """Users under a name, with whom jobs can be shared."""

    id: str
    name: str = ""
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """An API key; `key`, its text, is there once, when it was made."""

    id: str
    name: str = ""
    user: User | None = None
    prefix: str = ""
    rights: tuple[str, ...] = ()
    created_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    key: str | None = field(default=None, repr=False)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Me:
    """Who the client's key acts as, and what it may do; `until` is None for a key without end."""

    user: User
    organization: Organization
    rights: tuple[str, ...] = ()
    proof: str = ""
    until: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session of yours that is alive; `current` if the call came by it."""

    id: str
    created_at: datetime | None = None
    seen_at: datetime | None = None
    until: datetime | None = None
    current: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Collaborator:
    """A user, a team, or everybody of the organization, with their steps."""

    user: User | None = None
    team: Team | None = None
    everybody: bool = False
    steps: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
