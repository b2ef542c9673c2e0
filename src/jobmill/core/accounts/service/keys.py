"""API keys: each user has their own; admins of the organization see and change everybody's.

Nobody hands on a right that they do not have, nor a longer life than their own key's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from jobmill.core.accounts.model import ApiKey, User
from jobmill.core.accounts.ports import AccountStore
from jobmill.core.accounts.rights import Principal, Proof, Right
from jobmill.core.accounts.service.authenticate import new_key
from jobmill.core.accounts.service.names import checked_name, user_of
from jobmill.core.errors import InvalidInput, KeyNotFound, NotAllowed, UserNotFound


@dataclass(frozen=True, slots=True)
class NewKey:
    """The key that is wanted; without `user` for the caller, without `rights` with the caller's."""

    name: str
    user: str | None = None
    rights: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    redirect_uris: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key with the user as whom it acts."""

    key: ApiKey
    user: User


def create_key(
    accounts: AccountStore, who: Principal, new: NewKey, now: datetime
) -> tuple[KeyView, str]:
    """Make a key; the text of it is told this once."""
    who.require(Right.KEYS_WRITE)
    name = checked_name(new.name)
    user = _holder(accounts, who, new.user)
    rights = _grantable(who, who.rights if new.rights is None else new.rights)
    if new.expires_at is not None and new.expires_at <= now:
        raise InvalidInput("expires_at: give a time that is still to come.", field="expires_at")
    end = _end(who, new.expires_at)
    for uri in new.redirect_uris:
        check_redirect(uri)
    kept, key = new_key(accounts, user, name, rights, now, end, new.redirect_uris)
    return KeyView(kept, user), key


def check_redirect(uri: str) -> None:
    """Raise InvalidInput unless users may be sent to this address with a code in it."""
    try:
        parts = urlsplit(uri)
    except ValueError:  # brackets that hold no address
        parts = urlsplit("")
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    safe = parts.scheme == "https" or (parts.scheme == "http" and local)
    if not safe or not parts.netloc or parts.fragment or not uri.isprintable() or " " in uri:
        raise InvalidInput(
            "redirect_uris: give https addresses without a fragment; http for this machine alone.",
            field="redirect_uris",
        )


def list_keys(
    accounts: AccountStore, who: Principal, user: str | None, after: int, limit: int
) -> Sequence[KeyView]:
    """The caller's keys; for admins everybody's, or those of one user."""
    who.require(Right.KEYS_READ)
    number = None if who.admin else who.user
    if user is not None:
        found = user_of(accounts, who.organization, user)
        if not who.admin and found.number != who.user:
            return []
        number = found.number
    return [_view(accounts, key) for key in accounts.keys(who.organization, number, after, limit)]


def get_key(accounts: AccountStore, who: Principal, key: str) -> KeyView:
    """The key of this id. Raises KeyNotFound."""
    who.require(Right.KEYS_READ)
    return _view(accounts, _visible(accounts, who, key))


def change_key(
    accounts: AccountStore,
    who: Principal,
    key: str,
    *,
    name: str | None = None,
    rights: Iterable[str] | None = None,
) -> KeyView:
    """Give a key another name or other rights."""
    who.require(Right.KEYS_WRITE)
    changed = _visible(accounts, who, key)
    if name is not None:
        changed = replace(changed, name=checked_name(name))
    if rights is not None:
        changed = replace(changed, rights=_grantable(who, rights))
    accounts.save_key(changed)
    return _view(accounts, changed)


def revoke_key(accounts: AccountStore, who: Principal, key: str, now: datetime) -> None:
    """From now on the key opens nothing. It stays in the list, as revoked."""
    who.require(Right.KEYS_WRITE)
    found = _visible(accounts, who, key)
    if found.revoked_at is None:
        accounts.save_key(replace(found, revoked_at=now))


def _visible(accounts: AccountStore, who: Principal, key: str) -> ApiKey:
    found = accounts.key_by_id(key)
    hidden = found is None or found.organization != who.organization
    if found is None or hidden or not (who.admin or found.user == who.user):
        raise KeyNotFound(f"There is no API key {key!r}.")
    return found


def _view(accounts: AccountStore, key: ApiKey) -> KeyView:
    user = accounts.user(key.user)
    assert user is not None  # noqa: S101  a row of `user` is never deleted while it has keys
    return KeyView(key, user)


def _holder(accounts: AccountStore, who: Principal, user: str | None) -> User:
    if user is None:
        own = accounts.user(who.user)
        assert own is not None  # noqa: S101  who calls is there
        return own
    try:
        found = user_of(accounts, who.organization, user)
    except UserNotFound as refusal:
        raise InvalidInput(f"user: {refusal.message}", field="user") from None
    if not who.admin and found.number != who.user:
        raise NotAllowed("user: only admins of the organization may make keys for others.")
    return found


def _end(who: Principal, wanted: datetime | None) -> datetime | None:
    """When a new key ends: not after the one that makes it."""
    own = None
    if who.credential is not None and who.credential.proof is Proof.KEY:
        own = who.credential.until
    if own is None or (wanted is not None and wanted <= own):
        return wanted
    if wanted is None:
        return own
    raise NotAllowed(
        f"expires_at: your own key ends at {own:%Y-%m-%dT%H:%M:%SZ}; none that it makes can end "
        "later.",
        field="expires_at",
    )


def _grantable(who: Principal, rights: Iterable[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(rights))
    if not wanted:
        raise InvalidInput("rights: name one at least; '*' stands for all.", field="rights")
    for right in wanted:
        if right not in {each.value for each in Right}:
            known = ", ".join(each.value for each in Right)
            raise InvalidInput(f"rights: {right!r} is none of {known}.", field="rights")
        if not who.may(Right(right)):
            raise NotAllowed(f"You lack the right {right!r} and cannot hand it on.", right=right)
    return wanted
