"""What callers may know of themselves, with any key."""

from dataclasses import dataclass

from jobmill.core.accounts.model import Organization, User
from jobmill.core.accounts.ports import AccountStore
from jobmill.core.accounts.rights import Credential, Principal
from jobmill.core.errors import NotAuthenticated


@dataclass(frozen=True, slots=True)
class Self:
    """Who calls, where they belong, and what let them in."""

    user: User
    organization: Organization
    credential: Credential


def who_am_i(accounts: AccountStore, who: Principal) -> Self:
    """The caller's own records."""
    user, organization = accounts.user(who.user), accounts.organization(who.organization)
    if user is None or organization is None or who.credential is None:
        raise NotAuthenticated
    return Self(user, organization, who.credential)
