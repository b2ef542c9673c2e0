"""Who calls: keys and sessions. Both are 256 random bits, stored as SHA-256."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from jobmill.core.accounts.model import ApiKey, Session, SessionKind, User
from jobmill.core.accounts.ports import AccountStore, AccountWork
from jobmill.core.accounts.rights import Credential, Principal, Proof, Right
from jobmill.core.errors import NotAuthenticated
from jobmill.core.ids import new_id

KEY_START = "jm"
PREFIX_DIGITS = 12
MOST_KEYS = 10_000
SESSION_IDLE = timedelta(hours=12)
SESSION_LIFE = timedelta(days=7)

RenderKey = Callable[[str], str]
"""Of a key's id: the key's text in a form of somebody's own, always the same, and secret."""


def issue_key(
    accounts: AccountStore,
    user: User,
    name: str,
    rights: Iterable[str],
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
    """Create a key for the user and return it: the only time that it can be read."""
    return new_key(accounts, user, name, rights, now, expires_at)[1]


def new_key(
    accounts: AccountStore,
    user: User,
    name: str,
    rights: Iterable[str],
    now: datetime,
    expires_at: datetime | None = None,
    redirect_uris: Iterable[str] = (),
) -> tuple[ApiKey, str]:
    """Like `issue_key`, with the record that is kept."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = f"{KEY_START}_{prefix}_{secret}"
    kept = ApiKey(
        id=new_id(),
        organization=user.organization,
        user=user.number,
        name=name,
        prefix=prefix,
        digest=digest_of(key),
        rights=tuple(rights),
        created_at=now,
        expires_at=expires_at,
        redirect_uris=tuple(redirect_uris),
    )
    accounts.add_key(kept)
    return kept, key


def standing_key(
    accounts: AccountStore, user: User, name: str, render: RenderKey, now: datetime
) -> str:
    """The text of the user's lasting key of this name, with all rights; made where there is none.

    A program that signs in again and again gets the same key, until somebody revokes it.
    """
    for kept in accounts.keys(user.organization, user.number, 0, MOST_KEYS):
        text = render(kept.id)
        alive = kept.revoked_at is None and kept.expires_at is None
        if kept.name == name and alive and hmac.compare_digest(kept.digest, digest_of(text)):
            return text
    ident = new_id()
    text = render(ident)
    accounts.add_key(
        ApiKey(
            id=ident,
            organization=user.organization,
            user=user.number,
            name=name,
            prefix=_prefix(text),
            digest=digest_of(text),
            rights=(Right.ALL.value,),
            created_at=now,
        )
    )
    return text


def knows_key(accounts: AccountStore, key: str) -> bool:
    """Whether such a key was ever issued here, be it expired or revoked by now."""
    stored = accounts.key_with_prefix(_prefix(key))
    return stored is not None and hmac.compare_digest(stored.digest, digest_of(key))


def authenticate(accounts: AccountStore, key: str, now: datetime) -> Principal:
    """Who holds this key. Raises NotAuthenticated for an unknown, expired or revoked key."""
    stored = accounts.key_with_prefix(_prefix(key))
    if stored is None or not hmac.compare_digest(stored.digest, digest_of(key)):
        raise NotAuthenticated("This API key is not known.")
    return _holder(accounts, stored, now)


def bearer_principal(work: AccountWork, token: str, now: datetime) -> Principal:
    """Who sends this token: an API key, or that of a session that was opened for one.

    Raises NotAuthenticated.
    """
    if token.startswith(f"{KEY_START}_"):
        return authenticate(work.accounts, token, now)
    session = work.sessions.with_digest(digest_of(token))
    if session is None or session.kind is not SessionKind.BEARER:
        raise NotAuthenticated("This token is not known, or its session is over.")
    return _signed_in(work.accounts, session, now)


def session_principal(work: AccountWork, token: str, now: datetime) -> tuple[Principal, Session]:
    """Who signed in with this token. Raises NotAuthenticated when the session is over."""
    session = work.sessions.with_digest(digest_of(token))
    if session is None or session.kind is not SessionKind.BROWSER:
        raise NotAuthenticated("You are signed out; sign in again.")
    return _signed_in(work.accounts, session, now), session


def renewed(work: AccountWork, who: Principal, now: datetime) -> Principal:
    """A caller as they stand now, for those that stay: live streams, long waits.

    Raises NotAuthenticated when the key or the session has ended, or the user was disabled.
    """
    credential = who.credential
    if credential is None:
        return who
    if credential.proof is Proof.KEY:
        stored = work.accounts.key_by_id(credential.id)
        if stored is None:
            raise NotAuthenticated("This API key has been removed.")
        return _holder(work.accounts, stored, now)
    session = work.sessions.by_id(credential.id)
    if session is None:
        raise NotAuthenticated("You are signed out; sign in again.")
    return _signed_in(work.accounts, session, now)


def key_behind(work: AccountWork, who: Principal) -> str | None:
    """The id of the API key that a caller came by, at once or by a session that hangs on it."""
    if who.credential is None:
        return None
    if who.credential.proof is Proof.KEY:
        return who.credential.id
    session = work.sessions.by_id(who.credential.id)
    return session.key if session is not None else None


def session_end(session: Session) -> datetime:
    """When a session ends unless it is used before."""
    if session.kind is SessionKind.BEARER:
        return session.expires_at
    return min(session.seen_at + SESSION_IDLE, session.expires_at)


def digest_of(secret: str) -> str:
    """What is kept of a key or a session's token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _holder(accounts: AccountStore, stored: ApiKey, now: datetime) -> Principal:
    if stored.revoked_at is not None:
        raise NotAuthenticated("This API key has been revoked.")
    if stored.expires_at is not None and stored.expires_at <= now:
        raise NotAuthenticated("This API key has expired.")
    user = _active(accounts.user(stored.user), "this API key")
    credential = Credential(Proof.KEY, stored.id, stored.expires_at)
    rights = frozenset(stored.rights)
    return Principal(stored.organization, user.number, user.name, rights, user.admin, credential)


def _signed_in(accounts: AccountStore, session: Session, now: datetime) -> Principal:
    end = session_end(session)
    if end <= now:
        raise NotAuthenticated("Your session has expired; sign in again.")
    user = _active(accounts.user(session.user), "this session")
    rights = frozenset(session.rights)
    if session.key is not None:
        key = accounts.key_by_id(session.key)
        if key is None or not key.alive_at(now):
            raise NotAuthenticated("The API key behind this token has been revoked or has expired.")
        rights, end = _narrowed(rights, frozenset(key.rights)), min(end, key.expires_at or end)
    credential = Credential(Proof.SESSION, session.id, end)
    return Principal(user.organization, user.number, user.name, rights, user.admin, credential)


def _narrowed(rights: frozenset[str], most: frozenset[str]) -> frozenset[str]:
    """Those of the rights that the others allow too; `*` stands for every right."""
    if Right.ALL in rights:
        return most
    return rights if Right.ALL in most else rights & most


def _active(user: User | None, what: str) -> User:
    if user is None or user.removed:
        raise NotAuthenticated(f"The user of {what} has been removed.")
    if user.disabled:
        raise NotAuthenticated(f"The user of {what} is disabled.")
    return user


def _prefix(key: str) -> str:
    """What a key is found by: a part of it, or of a text in another form the start of its hash."""
    parts = key.split("_", 2)
    if len(parts) == 3 and parts[0] == KEY_START:
        return parts[1]
    return digest_of(key)[:PREFIX_DIGITS]
