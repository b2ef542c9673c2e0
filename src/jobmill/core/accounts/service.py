"""First accounts, keys and authentication. Keys are 256 random bits, stored as SHA-256."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

from jobmill.core.accounts.model import ApiKey, Organization, Principal, Right, User
from jobmill.core.accounts.ports import AccountStore
from jobmill.core.errors import NotAuthenticated
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
KEY_START = "jm"


def ensure_first_accounts(accounts: AccountStore) -> tuple[Organization, User]:
    """Create organization `default` with users `admin` and `gentoo` where they are missing."""
    organization = accounts.organization_named(DEFAULT_ORGANIZATION)
    if organization is None:
        organization = accounts.add_organization(new_id(), DEFAULT_ORGANIZATION)
    for name in (ADMIN, GENTOO):
        if accounts.user_named(organization.number, name) is None:
            accounts.add_user(new_id(), organization.number, name)
    admin = accounts.user_named(organization.number, ADMIN)
    assert admin is not None  # noqa: S101  just created above
    return organization, admin


def knows_key(accounts: AccountStore, key: str) -> bool:
    """Whether such a key was ever issued here, be it expired or revoked by now."""
    stored = accounts.key_with_prefix(_prefix(key))
    return stored is not None and hmac.compare_digest(stored.digest, _digest(key))


def issue_key(
    accounts: AccountStore,
    user: User,
    name: str,
    rights: Iterable[str],
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
    """Create a key for the user and return it: the only time that it can be read."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = f"{KEY_START}_{prefix}_{secret}"
    accounts.add_key(
        ApiKey(
            id=new_id(),
            organization=user.organization,
            user=user.number,
            name=name,
            prefix=prefix,
            digest=_digest(key),
            rights=tuple(rights),
            created_at=now,
            expires_at=expires_at,
        )
    )
    return key


def authenticate(accounts: AccountStore, key: str, now: datetime) -> Principal:
    """Who holds this key. Raises NotAuthenticated for an unknown, expired or revoked key."""
    stored = accounts.key_with_prefix(_prefix(key))
    if stored is None or not hmac.compare_digest(stored.digest, _digest(key)):
        raise NotAuthenticated("This API key is not known.")
    if stored.revoked_at is not None:
        raise NotAuthenticated("This API key has been revoked.")
    if stored.expires_at is not None and stored.expires_at <= now:
        raise NotAuthenticated("This API key has expired.")
    user = accounts.user(stored.user)
    if user is None:
        raise NotAuthenticated("The user of this API key has been removed.")
    return Principal(stored.organization, user.number, user.name, frozenset(stored.rights))


def gentoo_principal(accounts: AccountStore) -> Principal:
    """The user as whom a call without a key acts in the one dialect whose clients send none."""
    organization = accounts.organization_named(DEFAULT_ORGANIZATION)
    user = accounts.user_named(organization.number, GENTOO) if organization else None
    if organization is None or user is None:
        raise NotAuthenticated("The user 'gentoo' has been removed.")
    return Principal(organization.number, user.number, user.name, frozenset(GENTOO_RIGHTS))


def _prefix(key: str) -> str:
    parts = key.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == KEY_START else ""


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
