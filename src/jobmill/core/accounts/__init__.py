"""Who: organizations, users, teams, keys and sessions, and what a caller may do."""

from jobmill.core.accounts.access import owns, seen_by
from jobmill.core.accounts.model import ApiKey, Organization, Session, SessionKind, Team, User
from jobmill.core.accounts.ports import AccountStore, AccountWork, SessionStore, TeamStore
from jobmill.core.accounts.rights import Credential, Principal, Proof, Right
from jobmill.core.accounts.service.authenticate import (
    authenticate,
    bearer_principal,
    issue_key,
    knows_key,
    renewed,
    session_principal,
    standing_key,
)
from jobmill.core.accounts.service.first import ensure_first_accounts, gentoo_principal

__all__ = [
    "AccountStore",
    "AccountWork",
    "ApiKey",
    "Credential",
    "Organization",
    "Principal",
    "Proof",
    "Right",
    "Session",
    "SessionKind",
    "SessionStore",
    "Team",
    "TeamStore",
    "User",
    "authenticate",
    "bearer_principal",
    "ensure_first_accounts",
    "gentoo_principal",
    "issue_key",
    "knows_key",
    "owns",
    "renewed",
    "seen_by",
    "session_principal",
    "standing_key",
]
