"""Where accounts are kept."""

from typing import Protocol

from jobmill.core.accounts.model import ApiKey, Organization, User
from jobmill.core.ids import OrganizationNumber, UserNumber


class AccountStore(Protocol):
    """Organizations, users and keys, inside one unit of work."""

    def organization_named(self, name: str) -> Organization | None:
        """The organization of this name."""

    def add_organization(self, id: str, name: str) -> Organization:  # noqa: A002
        """Create an organization."""

    def user_named(self, organization: OrganizationNumber, name: str) -> User | None:
        """The user of this name in the organization."""

    def user(self, number: UserNumber) -> User | None:
        """The user of this number."""

    def add_user(self, id: str, organization: OrganizationNumber, name: str) -> User:  # noqa: A002
        """Create a user."""

    def add_key(self, key: ApiKey) -> None:
        """Keep a key's digest."""

    def key_with_prefix(self, prefix: str) -> ApiKey | None:
        """The key whose public part is this."""
