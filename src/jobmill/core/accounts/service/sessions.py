"""One's own sign-ins: see where one is signed in, and end one of them."""

from collections.abc import Sequence
from datetime import datetime

from jobmill.core.accounts.model import Session
from jobmill.core.accounts.ports import AccountWork
from jobmill.core.accounts.rights import Principal, Proof, Right
from jobmill.core.accounts.service.authenticate import session_end
from jobmill.core.errors import SessionNotFound


def list_sessions(work: AccountWork, who: Principal, now: datetime) -> Sequence[Session]:
    """The caller's sessions that are alive, the newest first."""
    who.require(Right.KEYS_READ)
    return [each for each in work.sessions.of_user(who.user) if session_end(each) > now]


def end_session(work: AccountWork, who: Principal, session: str) -> None:
    """Sign out there; live streams of it end too. Raises SessionNotFound."""
    who.require(Right.KEYS_WRITE)
    found = work.sessions.by_id(session)
    if found is None or found.user != who.user:
        raise SessionNotFound(f"You have no session {session!r}.")
    work.sessions.end(found.id)


def is_current(who: Principal, session: Session) -> bool:
    """Whether the call itself came by this session."""
    credential = who.credential
    return (
        credential is not None and credential.proof is Proof.SESSION and credential.id == session.id
    )
