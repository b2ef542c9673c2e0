"""Accounts over real tables: who may do what is worth little without them."""

from collections.abc import Callable

import pytest

from jobmill.core.accounts import Principal, Right, User, ensure_first_accounts, issue_key
from jobmill.core.accounts.service.authenticate import authenticate
from jobmill.core.ids import new_id
from jobmill.core.jobs.ports import UnitOfWork
from tests.adapters.sql.conftest import file, migrated, work
from tests.core.graphs import NOW

__all__ = ["file", "migrated", "work"]
Enter = Callable[..., Principal]


@pytest.fixture
def admin(work: UnitOfWork) -> Principal:
    """The first admin, who operates the server."""
    _, user = ensure_first_accounts(work.accounts)
    return principal(work, user)


@pytest.fixture
def enter(work: UnitOfWork, admin: Principal) -> Enter:
    """Make a user of the first organization and let them in."""

    def make(name: str, *rights: Right, is_admin: bool = False, of: int | None = None) -> Principal:
        whose = admin.organization if of is None else of
        user = work.accounts.add_user(new_id(), whose, name, admin=is_admin)  # type: ignore[arg-type]
        return principal(work, user, *rights)

    return make


def principal(work: UnitOfWork, user: User, *rights: Right) -> Principal:
    """The user, by a key."""
    key = issue_key(work.accounts, user, "k", rights or [Right.ALL], NOW)
    return authenticate(work.accounts, key, NOW)
