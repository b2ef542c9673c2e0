"""Where accounts are kept. Lists are by number, from `after` (exclusive), `limit` at most."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from jobmill.core.accounts.model import ApiKey, Organization, Session, Team, User
from jobmill.core.ids import OrganizationNumber, TeamNumber, UserNumber


class AccountStore(Protocol):
    """Organizations, users and keys, inside one unit of work. Removed users are found by number
    only."""

    def organization_named(self, name: str) -> Organization | None:
        """The organization of this name."""

    def organization(self, number: OrganizationNumber) -> Organization | None:
        """The organization of this number."""

    def organization_by_id(self, id: str) -> Organization | None:  # noqa: A002
        """The organization of this id."""

    def first_organization(self) -> Organization | None:
        """The one that was there first: its admins operate the server."""

    def organizations(self, after: int, limit: int) -> Sequence[Organization]:
        """All organizations."""

    def add_organization(
        self,
        id: str,  # noqa: A002
        name: str,
        at: datetime | None = None,
    ) -> Organization:
        """Create an organization."""

    def save_organization(self, organization: Organization) -> None:
        """Write its name."""

    def remove_organization(self, number: OrganizationNumber) -> bool:
        """Delete it with its accounts; False when something else still belongs to it."""

    def user_named(self, organization: OrganizationNumber, name: str) -> User | None:
        """The user of this name in the organization."""

    def user(self, number: UserNumber) -> User | None:
        """The user of this number."""

    def user_by_id(self, organization: OrganizationNumber, id: str) -> User | None:  # noqa: A002
        """The organization's user of this id."""

    def user_with_email(self, email: str) -> User | None:
        """The user of this address, in any organization."""

    def users(self, organization: OrganizationNumber, after: int, limit: int) -> Sequence[User]:
        """The organization's users."""

    def other_admins(self, user: User) -> int:
        """How many further admins of the organization can call: by password, provider or key."""

    def can_call(self, user: UserNumber) -> bool:
        """Whether this user can come at all: by password, provider or key."""

    def add_user(
        self,
        id: str,  # noqa: A002
        organization: OrganizationNumber,
        name: str,
        *,
        email: str | None = None,
        password: str | None = None,
        admin: bool = False,
        at: datetime | None = None,
    ) -> User:
        """Create a user."""

    def save_user(self, user: User) -> None:
        """Write what may change of a user."""

    def forget_user(self, number: UserNumber, at: datetime) -> None:
        """End all that a removed user held: keys, sessions, identities, teams, shares."""

    def user_of_identity(self, issuer: str, subject: str) -> User | None:
        """Who signs in with this identity of a provider."""

    def add_identity(self, issuer: str, subject: str, user: UserNumber) -> None:
        """From now on this identity of a provider is that user."""

    def add_key(self, key: ApiKey) -> None:
        """Keep a key's digest."""

    def key_with_prefix(self, prefix: str) -> ApiKey | None:
        """The key whose public part is this."""

    def key_by_id(self, id: str) -> ApiKey | None:  # noqa: A002
        """The key of this id, in any organization."""

    def keys(
        self, organization: OrganizationNumber, user: UserNumber | None, after: int, limit: int
    ) -> Sequence[ApiKey]:
        """The organization's keys, or those of one user."""

    def save_key(self, key: ApiKey) -> None:
        """Write a key's name, rights, expiry and revocation."""


class TeamStore(Protocol):
    """Teams and who is in them, inside one unit of work."""

    def add(self, id: str, organization: OrganizationNumber, name: str, at: datetime) -> Team:  # noqa: A002
        """Create a team."""

    def get(self, number: TeamNumber) -> Team | None:
        """The team of this number."""

    def by_id(self, organization: OrganizationNumber, id: str) -> Team | None:  # noqa: A002
        """The organization's team of this id."""

    def named(self, organization: OrganizationNumber, name: str) -> Team | None:
        """The organization's team of this name."""

    def list(self, organization: OrganizationNumber, after: int, limit: int) -> Sequence[Team]:
        """The organization's teams."""

    def save(self, team: Team) -> None:
        """Write a team's name."""

    def remove(self, number: TeamNumber) -> None:
        """Delete a team, its memberships, and what was shared with it."""

    def members(self, team: TeamNumber, after: int, limit: int) -> Sequence[User]:
        """The users in a team."""

    def join(self, team: TeamNumber, user: UserNumber) -> None:
        """Put a user into a team; again is the same."""

    def leave(self, team: TeamNumber, user: UserNumber) -> bool:
        """Take a user out of a team; says whether they were in it."""


class SessionStore(Protocol):
    """Sign-ins and attempts at them, inside one unit of work."""

    def add(self, session: Session) -> None:
        """Keep a session."""

    def with_digest(self, digest: str) -> Session | None:
        """The session whose token has this digest."""

    def by_id(self, id: str) -> Session | None:  # noqa: A002
        """The session of this id."""

    def of_user(self, user: UserNumber) -> Sequence[Session]:
        """A user's sessions, the newest first."""

    def seen(self, id: str, at: datetime) -> None:  # noqa: A002
        """It was used just now."""

    def end(self, id: str) -> None:  # noqa: A002
        """Sign out."""

    def end_all(self, user: UserNumber) -> None:
        """Sign a user out everywhere."""

    def note_attempt(self, subject: str, at: datetime) -> int:
        """Somebody tries to sign in; the number of the note."""

    def attempts(self, subject: str, since: datetime, limit: int) -> Sequence[datetime]:
        """The latest attempts after `since`, newest first."""

    def forgive(self, subject: str | None = None, number: int | None = None) -> None:
        """Forget all attempts of a subject, or one attempt."""

    def drop_old(self, attempts_before: datetime, now: datetime) -> None:
        """Delete old attempts, and sessions whose end has passed."""


class AccountWork(Protocol):
    """The part of a unit of work that accounts need."""

    @property
    def accounts(self) -> AccountStore: ...
    @property
    def teams(self) -> TeamStore: ...
    @property
    def sessions(self) -> SessionStore: ...
