"""Open, check and use the grants of attempts that a service works on."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jobmill.core.errors import AttemptOver, GrantRefused, LimitExceeded
from jobmill.core.ids import AttemptId, RunToken
from jobmill.core.jobs.grants import EngineMessage, Grant, GrantedFile
from jobmill.core.jobs.ports import UnitOfWork

MOST_MESSAGES = 100_000
"""Of one attempt: beats of a day, once a second."""


@dataclass(frozen=True, slots=True)
class OpenGrant:
    """A grant with its secret, which is kept nowhere."""

    grant: Grant
    secret: str


def open_grant(
    work: UnitOfWork,
    token: RunToken,
    folder: Path,
    files: Sequence[GrantedFile],
    expires_at: datetime,
) -> OpenGrant | None:
    """For the worker that holds the attempt. None when nobody knows of it any more."""
    secret = secrets.token_urlsafe(32)
    grant = work.grants.open(token, _digest(secret), folder, files, expires_at)
    return None if grant is None else OpenGrant(grant, secret)


def use_grant(work: UnitOfWork, attempt: str, secret: str, now: datetime) -> Grant:
    """The grant behind an attempt's token.

    Raises GrantRefused for one that is wrong, AttemptOver when the attempt has ended, was taken
    away from the service, or its time is over.
    """
    grant = work.grants.get(AttemptId(attempt))
    if grant is None:
        raise AttemptOver
    if not hmac.compare_digest(grant.secret_sha256, _digest(secret)):
        raise GrantRefused
    if grant.expires_at <= now:
        raise AttemptOver
    return grant


def receive_message(
    work: UnitOfWork, attempt: str, secret: str, message: EngineMessage, now: datetime
) -> None:
    """Keep what the service says, for the worker that waits for it."""
    grant = use_grant(work, attempt, secret, now)
    if work.grants.count(grant.attempt) >= MOST_MESSAGES:
        raise LimitExceeded(f"An attempt takes {MOST_MESSAGES} messages at most.")
    if not work.grants.add(grant.attempt, message):
        raise AttemptOver


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
