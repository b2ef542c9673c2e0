"""Who: organizations, users and API keys, and what a caller may do."""

from jobmill.core.accounts.model import ApiKey, Organization, Principal, Right, User
from jobmill.core.accounts.ports import AccountStore
from jobmill.core.accounts.service import (
    DEFAULT_ORGANIZATION,
    authenticate,
    ensure_first_accounts,
    gentoo_principal,
    issue_key,
    knows_key,
)

__all__ = [
    "DEFAULT_ORGANIZATION",
    "AccountStore",
    "ApiKey",
    "Organization",
    "Principal",
    "Right",
    "User",
    "authenticate",
    "ensure_first_accounts",
    "gentoo_principal",
    "issue_key",
    "knows_key",
]
