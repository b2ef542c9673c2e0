"""The accounts that every server has, and the caller without a key."""

from dataclasses import replace

from jobmill.core.accounts.model import Organization, User
from jobmill.core.accounts.ports import AccountStore
from jobmill.core.accounts.rights import Principal, Right
from jobmill.core.errors import NotAllowed, NotAuthenticated
from jobmill.core.ids import new_id

DEFAULT_ORGANIZATION = "default"
ADMIN = "admin"
GENTOO = "gentoo"
GENTOO_RIGHTS = frozenset(
    {
        Right.JOBS_READ,
        Right.JOBS_WRITE,
        Right.ASSETS_READ,
        Right.PIPELINES_READ,
        Right.PIPELINES_WRITE,
    }
)


def ensure_first_accounts(accounts: AccountStore) -> tuple[Organization, User]:
    """The first organization (`default` until it is renamed) with users `admin` and `gentoo`.

    What is missing is made. What is there stays as it is: a disabled user stays disabled.
    """
    organization = accounts.first_organization()
    if organization is None:
        organization = accounts.add_organization(new_id(), DEFAULT_ORGANIZATION)
    admin = accounts.user_named(organization.number, ADMIN)
    if admin is None:
        admin = accounts.add_user(new_id(), organization.number, ADMIN, admin=True)
    if accounts.user_named(organization.number, GENTOO) is None:
        # The device's API knows one user, who sees everything. Its rights hold this one to jobs,
        # workflows and recordings; made an ordinary user, it sees what was made through it alone.
        accounts.add_user(new_id(), organization.number, GENTOO, admin=True)
    return organization, admin


def gentoo_principal(accounts: AccountStore) -> Principal:
    """The user as whom a call without a key acts in the one dialect whose clients send none.

    Disabling that user closes the dialect for calls without a key.
    """
    organization = accounts.first_organization()
    user = accounts.user_named(organization.number, GENTOO) if organization else None
    if organization is None or user is None:
        raise NotAuthenticated("The user 'gentoo' has been removed.")
    if not user.active:
        raise NotAllowed("The user 'gentoo' is disabled: calls need an API key.")
    rights = frozenset(GENTOO_RIGHTS)
    return Principal(organization.number, user.number, user.name, rights, user.admin)


def reinstated(accounts: AccountStore, admin: User) -> User:
    """The first admin, able to call and to manage again: for those who can write the data folder,
    which is how a server is got back into."""
    able = replace(admin, admin=True, disabled=False)
    if able != admin:
        accounts.save_user(able)
    return able


def belongs_to_server(accounts: AccountStore, user: User) -> bool:
    """Whether it is one of the first two users, who may be disabled, but neither renamed nor
    removed: the next start would make them anew."""
    first = accounts.first_organization()
    return user.name in (ADMIN, GENTOO) and first is not None and first.number == user.organization


def operates(accounts: AccountStore, who: Principal) -> bool:
    """Whether the caller operates the server: an admin of its first organization."""
    first = accounts.first_organization()
    return who.admin and first is not None and first.number == who.organization
