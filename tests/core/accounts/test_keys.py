"""Keys and rights, over a store that is a few dictionaries."""

from dataclasses import replace

import pytest

from jobmill.core.accounts import (
    ApiKey,
    Organization,
    Principal,
    Right,
    User,
    authenticate,
    ensure_first_accounts,
    gentoo_principal,
    issue_key,
    knows_key,
)
from jobmill.core.errors import NotAllowed, NotAuthenticated
from jobmill.core.ids import OrganizationNumber, UserNumber
from tests.core.graphs import NOW, after


class Accounts:
    """As much of the `AccountStore` port as keys need, in memory."""

    def __init__(self) -> None:
        self.organizations: list[Organization] = []
        self.users: list[User] = []
        self.keys: list[ApiKey] = []

    def organization_named(self, name: str) -> Organization | None:
        return next((each for each in self.organizations if each.name == name), None)

    def first_organization(self) -> Organization | None:
        return self.organizations[0] if self.organizations else None

    def add_organization(self, id: str, name: str) -> Organization:  # noqa: A002
        made = Organization(OrganizationNumber(len(self.organizations) + 1), id, name)
        self.organizations.append(made)
        return made

    def user_named(self, organization: OrganizationNumber, name: str) -> User | None:
        found = [u for u in self.users if (u.organization, u.name) == (organization, name)]
        return found[0] if found else None

    def user(self, number: UserNumber) -> User | None:
        return next((each for each in self.users if each.number == number), None)

    def add_user(
        self,
        id: str,  # noqa: A002
        organization: OrganizationNumber,
        name: str,
        *,
        admin: bool = False,
    ) -> User:
        made = User(UserNumber(len(self.users) + 1), id, organization, name, admin=admin)
        self.users.append(made)
        return made

    def add_key(self, key: ApiKey) -> None:
        self.keys.append(key)

    def key_with_prefix(self, prefix: str) -> ApiKey | None:
        return next((each for each in self.keys if each.prefix == prefix), None)


@pytest.fixture
def accounts() -> Accounts:
    return Accounts()


@pytest.fixture
def admin(accounts: Accounts) -> User:
    return ensure_first_accounts(accounts)[1]


def test_the_first_accounts_are_made_once(accounts: Accounts) -> None:
    first = ensure_first_accounts(accounts)
    assert ensure_first_accounts(accounts) == first
    assert [each.name for each in accounts.organizations] == ["default"]
    assert sorted(each.name for each in accounts.users) == ["admin", "gentoo"]


def test_a_key_opens_what_it_was_given_for(accounts: Accounts, admin: User) -> None:
    key = issue_key(accounts, admin, "reader", [Right.JOBS_READ], NOW)
    who = authenticate(accounts, key, NOW)
    assert (who.organization, who.user, who.user_name) == (
        admin.organization,
        admin.number,
        "admin",
    )
    assert who.may(Right.JOBS_READ)
    assert not who.may(Right.JOBS_WRITE)
    with pytest.raises(NotAllowed, match="jobs:write"):
        who.require(Right.JOBS_WRITE)


def test_the_right_to_everything_stands_for_each(accounts: Accounts, admin: User) -> None:
    who = authenticate(accounts, issue_key(accounts, admin, "all", [Right.ALL], NOW), NOW)
    assert all(who.may(right) for right in Right)


def test_a_stolen_store_opens_nothing(accounts: Accounts, admin: User) -> None:
    key = issue_key(accounts, admin, "k", [Right.ALL], NOW)
    assert key not in repr(accounts.keys)
    assert key.split("_", 2)[2] not in repr(accounts.keys)
    with pytest.raises(NotAuthenticated):
        authenticate(accounts, accounts.keys[0].digest, NOW)


@pytest.mark.parametrize("change", ["", "x", "prefix", "jm", "jm__", "jm_ffffffffffff_nothing"])
def test_anything_but_the_key_is_refused(accounts: Accounts, admin: User, change: str) -> None:
    key = issue_key(accounts, admin, "k", [Right.ALL], NOW)
    wrong = {"x": key + "x", "prefix": key[:-1]}.get(change, change)
    assert not knows_key(accounts, wrong)
    with pytest.raises(NotAuthenticated, match="not known"):
        authenticate(accounts, wrong, NOW)


def test_a_key_ends_at_the_moment_it_expires(accounts: Accounts, admin: User) -> None:
    key = issue_key(accounts, admin, "k", [Right.ALL], NOW, expires_at=after(10))
    assert authenticate(accounts, key, after(9.999)).user == admin.number
    with pytest.raises(NotAuthenticated, match="expired"):
        authenticate(accounts, key, after(10))


def test_a_revoked_key_and_one_without_its_user_are_refused(
    accounts: Accounts, admin: User
) -> None:
    key = issue_key(accounts, admin, "k", [Right.ALL], NOW)
    stored = accounts.keys[0]
    accounts.keys[0] = replace(stored, revoked_at=NOW)
    with pytest.raises(NotAuthenticated, match="revoked"):
        authenticate(accounts, key, NOW)
    assert knows_key(accounts, key), "a revoked key was issued here all the same"
    accounts.keys[0] = stored
    accounts.users.clear()
    with pytest.raises(NotAuthenticated, match="removed"):
        authenticate(accounts, key, NOW)


def test_a_call_without_a_key_gets_that_dialects_rights_only(accounts: Accounts) -> None:
    with pytest.raises(NotAuthenticated):
        gentoo_principal(accounts)
    ensure_first_accounts(accounts)
    who: Principal = gentoo_principal(accounts)
    assert who.user_name == "gentoo"
    assert who.may(Right.JOBS_WRITE)
    assert who.may(Right.PIPELINES_WRITE)
    assert not who.may(Right.ENGINES_WRITE)
    assert who.may(Right.ASSETS_READ), "recordings can be fetched"
    assert not who.may(Right.ASSETS_WRITE)
