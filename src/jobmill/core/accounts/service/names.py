"""Names and addresses of accounts: what may be one, and whom one means."""

import re

from jobmill.core.accounts.model import Team, User
from jobmill.core.accounts.ports import AccountStore, TeamStore
from jobmill.core.errors import InvalidInput, TeamNotFound, UserNotFound
from jobmill.core.ids import OrganizationNumber

NAME_LIMIT = 200
EMAIL_LIMIT = 254
_EMAIL = re.compile(r"[^\s@\x00-\x1f]+@[^\s@\x00-\x1f]+")
EVERYBODY = "*"


def checked_name(given: str, field: str = "name") -> str:
    """A name without blanks around it. Raises InvalidInput."""
    name = given.strip()
    if not name or len(name) > NAME_LIMIT or not name.isprintable() or name == EVERYBODY:
        raise InvalidInput(
            f"{field}: give 1 to {NAME_LIMIT} printable characters, other than '*'.", field=field
        )
    return name


def checked_email(given: str, field: str = "email") -> str:
    """An address as it is kept: in lower case. Raises InvalidInput."""
    email = normal_email(given)
    if len(email) > EMAIL_LIMIT or not _EMAIL.fullmatch(email) or not email.isprintable():
        raise InvalidInput(f"{field}: give an address such as ada@example.org.", field=field)
    return email


def normal_email(given: str) -> str:
    """The form in which addresses are compared."""
    return given.strip().lower()


def user_of(accounts: AccountStore, organization: OrganizationNumber, text: str) -> User:
    """The organization's user of this id, e-mail address or name. Raises UserNotFound."""
    found = accounts.user_by_id(organization, text)
    if found is None and "@" in text:
        found = accounts.user_with_email(normal_email(text))
    if found is None or found.organization != organization:
        found = accounts.user_named(organization, text)
    if found is None:
        raise UserNotFound(f"There is no user {text!r} in this organization.")
    return found


def team_of(teams: TeamStore, organization: OrganizationNumber, text: str) -> Team:
    """The organization's team of this id or name. Raises TeamNotFound."""
    found = teams.by_id(organization, text) or teams.named(organization, text)
    if found is None:
        raise TeamNotFound(f"There is no team {text!r} in this organization.")
    return found
