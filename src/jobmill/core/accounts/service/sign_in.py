"""Sign-in by password, in two short steps around the slow look at the password; and sign-out.

An attempt counts from when it begins, so that a hundred at once are no better than one after the
other; a success takes the account's attempts back. Unknown addresses are treated like known ones.
"""

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobmill.core.accounts.model import Session, SessionKind, User
from jobmill.core.accounts.ports import AccountWork, SessionStore
from jobmill.core.accounts.rights import Principal, Proof, Right
from jobmill.core.accounts.service.authenticate import SESSION_LIFE, digest_of
from jobmill.core.accounts.service.names import EMAIL_LIMIT, normal_email
from jobmill.core.errors import LoginFailed, TooManyAttempts
from jobmill.core.ids import UserNumber, new_id

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 10, 50
TOUCH_AFTER = timedelta(seconds=1)
BEARER_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt under way. `password` is the hash to compare with, None where there is none."""

    subject: str
    address_note: int
    user: UserNumber | None
    password: str | None


def begin_sign_in(work: AccountWork, email: str, address: str, now: datetime) -> Attempt:
    """Count an attempt for the account and for the caller's network address.

    Raises TooManyAttempts, which says after how many seconds another one is heard.
    """
    email = normal_email(email)[: EMAIL_LIMIT + 1]
    work.sessions.drop_old(now - WINDOW, now)
    subject = "account:" + hashlib.sha256(email.encode("utf-8", "surrogatepass")).hexdigest()
    _check_limit(work.sessions, subject, PER_ACCOUNT, now)
    _check_limit(work.sessions, f"address:{address}", PER_ADDRESS, now)
    work.sessions.note_attempt(subject, now)
    note = work.sessions.note_attempt(f"address:{address}", now)
    user = work.accounts.user_with_email(email)
    known = user if user is not None and user.active else None
    if known is None:
        return Attempt(subject, note, None, None)
    return Attempt(subject, note, known.number, known.password)


def finish_sign_in(
    work: AccountWork,
    attempt: Attempt,
    fits: bool,
    now: datetime,
    kind: SessionKind = SessionKind.BROWSER,
) -> tuple[User, Session, str]:
    """Open a session when the password fits; its token is told this once. Raises LoginFailed."""
    user = prove_sign_in(work, attempt, fits)
    if kind is SessionKind.BEARER:
        session, token = open_bearer_session(work, user, now)
    else:
        session, token = open_session(work, user, now)
    return user, session, token


def prove_sign_in(work: AccountWork, attempt: Attempt, fits: bool) -> User:
    """Who it is, when the password fits. Raises LoginFailed."""
    user = None if attempt.user is None else work.accounts.user(attempt.user)
    # Whoever was disabled, or got another password, while this one was looked at stays outside.
    same = user is not None and user.active and user.password == attempt.password
    if user is None or not (fits and same):
        raise LoginFailed
    forgive(work, attempt)
    return user


def forgive(work: AccountWork, attempt: Attempt) -> None:
    """The password fitted: forget the account's attempts, and this one of the address."""
    work.sessions.forgive(subject=attempt.subject)
    work.sessions.forgive(number=attempt.address_note)


def open_session(work: AccountWork, user: User, now: datetime) -> tuple[Session, str]:
    """A session for a user who has proven who they are, and its token."""
    token = secrets.token_urlsafe(32)
    session = Session(new_id(), user.number, digest_of(token), now, now, now + SESSION_LIFE)
    work.sessions.add(session)
    return session, token


def open_bearer_session(
    work: AccountWork,
    user: User,
    now: datetime,
    token: str | None = None,
    rights: Iterable[str] = (Right.ALL.value,),
    key: str | None = None,
) -> tuple[Session, str]:
    """A session of a day whose token is sent as a bearer: the given one, or a random UUID.

    With `key`, the id of an API key, it ends with that key and has no more rights than it.
    """
    token = token or str(uuid.uuid4())
    session = Session(
        new_id(),
        user.number,
        digest_of(token),
        now,
        now,
        now + BEARER_LIFE,
        SessionKind.BEARER,
        tuple(rights),
        key,
    )
    work.sessions.add(session)
    return session, token


def close_session(work: AccountWork, token: str) -> None:
    """Sign out; without such a session nothing happens."""
    session = work.sessions.with_digest(digest_of(token))
    if session is not None:
        work.sessions.end(session.id)


def needs_touch(session: Session, now: datetime) -> bool:
    """Whether the use of a session is to be written down; not oftener than once a second."""
    return now - session.seen_at >= TOUCH_AFTER


def touch_session(work: AccountWork, who: Principal, now: datetime) -> None:
    """The session was used: its idle time begins anew."""
    if who.credential is not None and who.credential.proof is Proof.SESSION:
        work.sessions.seen(who.credential.id, now)


def _check_limit(sessions: SessionStore, subject: str, limit: int, now: datetime) -> None:
    latest = sessions.attempts(subject, now - WINDOW, limit)
    if len(latest) < limit:
        return
    seconds = max(1, -int((now - (latest[-1] + WINDOW)).total_seconds() // 1))
    raise TooManyAttempts(
        f"Too many attempts to sign in; try again in {seconds} s.", retry_after=seconds
    )
