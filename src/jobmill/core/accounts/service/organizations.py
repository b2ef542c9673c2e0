"""Organizations. Admins of the first one operate the server: they make and remove the others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts.model import Organization
from jobmill.core.accounts.ports import AccountStore
from jobmill.core.accounts.rights import Principal, Right
from jobmill.core.accounts.service.authenticate import issue_key
from jobmill.core.accounts.service.first import ADMIN, operates
from jobmill.core.accounts.service.names import checked_name
from jobmill.core.errors import NameTaken, NotAllowed, OrganizationInUse, OrganizationNotFound
from jobmill.core.ids import new_id

FIRST_KEY = "first key"


def create_organization(
    accounts: AccountStore, who: Principal, name: str, now: datetime
) -> tuple[Organization, str]:
    """An organization with a user `admin`, and that user's key with all rights."""
    _require_operator(accounts, who)
    name = _free_name(accounts, name)
    made = accounts.add_organization(new_id(), name, now)
    admin = accounts.add_user(new_id(), made.number, ADMIN, admin=True, at=now)
    return made, issue_key(accounts, admin, FIRST_KEY, [Right.ALL], now)


def list_organizations(
    accounts: AccountStore, who: Principal, after: int, limit: int
) -> Sequence[Organization]:
    """Those that the caller may see: all for an operator of the server, else the caller's own."""
    who.require(Right.ACCOUNTS_READ)
    if operates(accounts, who):
        return accounts.organizations(after, limit)
    own = accounts.organization(who.organization)
    return [own] if own is not None and own.number > after else []


def get_organization(accounts: AccountStore, who: Principal, organization: str) -> Organization:
    """The organization of this id. Raises OrganizationNotFound."""
    who.require(Right.ACCOUNTS_READ)
    return _visible(accounts, who, organization)


def rename_organization(
    accounts: AccountStore, who: Principal, organization: str, name: str
) -> Organization:
    """Give it another name: its admins may, and operators."""
    who.require(Right.ACCOUNTS_WRITE)
    found = _visible(accounts, who, organization)
    who.require_admin(Right.ACCOUNTS_WRITE)
    if name.strip() == found.name:
        return found
    renamed = replace(found, name=_free_name(accounts, name))
    accounts.save_organization(renamed)
    return renamed


def note_extras(
    accounts: AccountStore, who: Principal, dialect: str, kept: Mapping[str, Any]
) -> Organization:
    """Write what a dialect keeps of the caller's organization: its admins may."""
    who.require_admin(Right.ACCOUNTS_WRITE)
    found = accounts.organization(who.organization)
    if found is None:
        raise OrganizationNotFound
    changed = replace(found, extras={**found.extras, dialect: kept})
    accounts.save_organization(changed)
    return changed


def remove_organization(accounts: AccountStore, who: Principal, organization: str) -> None:
    """Remove an empty organization with its accounts. Raises OrganizationInUse."""
    who.require(Right.ACCOUNTS_WRITE)
    found = _visible(accounts, who, organization)
    _require_operator(accounts, who)
    if found.number == who.organization:
        raise OrganizationInUse("The first organization operates the server and stays.")
    if not accounts.remove_organization(found.number):
        raise OrganizationInUse(
            "The organization still owns jobs, files, pipelines or the like; remove them first."
        )


def _require_operator(accounts: AccountStore, who: Principal) -> None:
    who.require(Right.ACCOUNTS_WRITE)
    if not operates(accounts, who):
        raise NotAllowed("Only admins of the server's first organization may do that.")


def _visible(accounts: AccountStore, who: Principal, organization: str) -> Organization:
    found = accounts.organization_by_id(organization)
    if found is None or not (found.number == who.organization or operates(accounts, who)):
        raise OrganizationNotFound(f"There is no organization {organization!r}.")
    return found


def _free_name(accounts: AccountStore, given: str) -> str:
    name = checked_name(given)
    if accounts.organization_named(name) is not None:
        raise NameTaken(f"An organization named {name!r} exists.", field="name")
    return name
