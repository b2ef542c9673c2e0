"""Users of an organization: its admins make, change and remove them; each sees the others.

Passwords come in as hashes: making one takes too long for a unit of work.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobmill.core.accounts.model import User
from jobmill.core.accounts.ports import AccountStore, AccountWork
from jobmill.core.accounts.rights import Principal, Right
from jobmill.core.accounts.service.first import belongs_to_server
from jobmill.core.accounts.service.names import checked_email, checked_name, user_of
from jobmill.core.errors import Conflict, InvalidInput, LastAdmin, NameTaken, NotAllowed
from jobmill.core.ids import new_id


@dataclass(frozen=True, slots=True)
class NewUser:
    """Who shall be made."""

    name: str
    email: str | None = None
    password_hash: str | None = None
    admin: bool = False


@dataclass(frozen=True, slots=True)
class UserChange:
    """What shall change; None leaves it. `proven`: the present password was given and fits."""

    name: str | None = None
    email: str | None = None
    password_hash: str | None = None
    admin: bool | None = None
    disabled: bool | None = None
    proven: bool = False


def create_user(accounts: AccountStore, who: Principal, new: NewUser, now: datetime) -> User:
    """A user in the caller's organization. Raises NameTaken for a name or an address in use."""
    who.require_admin(Right.ACCOUNTS_WRITE)
    name = _free_name(accounts, who, new.name)
    email = None if new.email is None else _free_email(accounts, new.email)
    if new.password_hash is not None and email is None:
        raise InvalidInput("email: a user with a password needs one to sign in.", field="email")
    return accounts.add_user(
        new_id(),
        who.organization,
        name,
        email=email,
        password=new.password_hash,
        admin=new.admin,
        at=now,
    )


def list_users(accounts: AccountStore, who: Principal, after: int, limit: int) -> Sequence[User]:
    """The users of the caller's organization."""
    who.require(Right.ACCOUNTS_READ)
    return accounts.users(who.organization, after, limit)


def get_user(accounts: AccountStore, who: Principal, user: str) -> User:
    """The user of this id, e-mail address or name. Raises UserNotFound."""
    who.require(Right.ACCOUNTS_READ)
    return user_of(accounts, who.organization, user)


def user_to_change(accounts: AccountStore, who: Principal, user: str) -> User:
    """Whom the caller may change at least in part: admins everybody, others themselves."""
    who.require(Right.ACCOUNTS_WRITE)
    found = user_of(accounts, who.organization, user)
    if not who.admin and found.number != who.user:
        raise NotAllowed("Only admins of the organization may change others.")
    return found


def change_user(
    work: AccountWork, who: Principal, user: str, change: UserChange, now: datetime
) -> User:
    """Change a user. A new password, and disabling, end all sessions of theirs.

    Who is no admin may change their own name, and with the present password their password.
    """
    old = user_to_change(work.accounts, who, user)
    _check_allowed(who, change)
    new = _changed(work.accounts, who, old, change)
    if _was_admin(old) and not _was_admin(new) and not work.accounts.other_admins(old):
        raise LastAdmin(f"{old.name!r} is the only admin; make another one first.")
    work.accounts.save_user(new)
    if new.password != old.password or not new.active:
        work.sessions.end_all(new.number)
    return new


def remove_user(work: AccountWork, who: Principal, user: str, now: datetime) -> None:
    """Remove a user with their keys and sessions. Their jobs stay, for the admins."""
    who.require(Right.ACCOUNTS_WRITE)
    found = user_of(work.accounts, who.organization, user)
    who.require_admin(Right.ACCOUNTS_WRITE)
    _check_not_the_servers(work.accounts, found)
    if _was_admin(found) and not work.accounts.other_admins(found):
        raise LastAdmin(f"{found.name!r} is the only admin; make another one first.")
    gone = replace(found, email=None, password=None, admin=False, removed=True)
    work.accounts.save_user(gone)
    work.accounts.forget_user(found.number, now)


def _check_allowed(who: Principal, change: UserChange) -> None:
    if who.admin:
        return
    for field in ("email", "admin", "disabled"):
        if getattr(change, field) is not None:
            raise NotAllowed(
                f"{field}: only admins of the organization may change it.", field=field
            )
    if change.password_hash is not None and not change.proven:
        raise NotAllowed(
            "current_password: give the present password to change it.", field="current_password"
        )


def _changed(accounts: AccountStore, who: Principal, old: User, change: UserChange) -> User:
    new = old
    if change.name is not None and change.name.strip() != old.name:
        _check_not_the_servers(accounts, old)
        new = replace(new, name=_free_name(accounts, who, change.name))
    if change.email is not None and checked_email(change.email) != old.email:
        new = replace(new, email=_free_email(accounts, change.email))
    if change.password_hash is not None:
        if new.email is None:
            raise InvalidInput("email: a user with a password needs one to sign in.", field="email")
        new = replace(new, password=change.password_hash)
    if change.admin is not None:
        new = replace(new, admin=change.admin)
    if change.disabled is not None:
        new = replace(new, disabled=change.disabled)
    return new


def _check_not_the_servers(accounts: AccountStore, user: User) -> None:
    if belongs_to_server(accounts, user):
        raise Conflict(f"The user {user.name!r} belongs to the server; it can only be disabled.")


def _was_admin(user: User) -> bool:
    return user.admin and user.active


def _free_name(accounts: AccountStore, who: Principal, given: str) -> str:
    name = checked_name(given)
    if accounts.user_named(who.organization, name) is not None:
        raise NameTaken(f"A user named {name!r} exists.", field="name")
    return name


def _free_email(accounts: AccountStore, given: str) -> str:
    email = checked_email(given)
    if accounts.user_with_email(email) is not None:
        raise NameTaken(f"A user with the address {email!r} exists on this server.", field="email")
    return email
