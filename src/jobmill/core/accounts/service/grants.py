"""OAuth 2.0 (RFC 6749): tokens for programs, whose client is an API key.

The key's id is the client's id, its text the secret. What is handed out is kept as a digest; a code
and a refresh token count once. A user's token lets a program do what both of them may do.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobmill.core.accounts.model import ApiKey, Session, SessionKind, User
from jobmill.core.accounts.ports import AccountStore, AccountWork
from jobmill.core.accounts.rights import Right
from jobmill.core.accounts.service.authenticate import authenticate, digest_of
from jobmill.core.accounts.service.sign_in import open_bearer_session
from jobmill.core.errors import GrantInvalid, InvalidInput, NotAuthenticated
from jobmill.core.ids import new_id

CODE_LIFE = timedelta(minutes=5)
REFRESH_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks of a user: where to send them back, and its proof key (PKCE), if any."""

    client: str
    redirect_uri: str
    challenge: str = ""


@dataclass(frozen=True, slots=True)
class Granted:
    """A token, what it stands for, and how to get the next one (not without a user)."""

    token: str
    user: User
    session: Session
    refresh: str | None = None


MakeToken = Callable[[User, tuple[str, ...], datetime], str]
"""Of a user, rights and the time: the text of a token, never the same twice."""


def check_request(accounts: AccountStore, request: Request, now: datetime) -> ApiKey:
    """The client that asks. Raises InvalidInput: a user must not be sent to an unknown address."""
    client = accounts.key_by_id(request.client)
    if client is None or not client.alive_at(now):
        raise InvalidInput("client_id: there is no such client.", field="client_id")
    if request.redirect_uri not in client.redirect_uris:
        raise InvalidInput(
            "redirect_uri: not one of those that the client's API key was made with.",
            field="redirect_uri",
        )
    return client


def grant_code(work: AccountWork, request: Request, user: User, now: datetime) -> str:
    """A code for a user who has just signed in for a client. It counts once, for five minutes."""
    client = check_request(work.accounts, request, now)
    if client.organization != user.organization:
        raise InvalidInput("client_id: the client is of another organization.", field="client_id")
    code = secrets.token_urlsafe(24)
    _keep(work, SessionKind.CODE, _bound(code, request), user, client.id, now, CODE_LIFE)
    return code


def redeem_code(
    work: AccountWork,
    request: Request,
    secret: str | None,
    code: str,
    now: datetime,
    make: MakeToken,
) -> Granted:
    """A token for a code. The request must be the one that it was given for.

    Raises NotAuthenticated. A client that cannot keep a secret proves itself by its proof key.
    """
    client = _client(work.accounts, request.client, secret, now, public=bool(request.challenge))
    session = _take(work, SessionKind.CODE, _bound(code, request), client, now)
    return _granted(work, session, client, now, make)


def refresh(
    work: AccountWork,
    client_id: str,
    secret: str | None,
    token: str,
    now: datetime,
    make: MakeToken,
) -> Granted:
    """The next token, and the next refresh token. Raises NotAuthenticated."""
    client = _client(work.accounts, client_id, secret, now)
    session = _take(work, SessionKind.REFRESH, f"{token}\n{client.id}", client, now)
    return _granted(work, session, client, now, make)


def grant_to_client(
    work: AccountWork, client_id: str, secret: str | None, now: datetime, make: MakeToken
) -> Granted:
    """A token for the program itself, as its key's user with its key's rights."""
    client = _client(work.accounts, client_id, secret, now)
    user = work.accounts.user(client.user)
    if user is None or not user.active:
        raise NotAuthenticated("The client's user has been removed or disabled.")
    token = make(user, client.rights, now)
    session, token = open_bearer_session(work, user, now, token, client.rights, client.id)
    return Granted(token, user, session)


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a proof key (RFC 7636)."""
    made = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _client(
    accounts: AccountStore, client: str, secret: str | None, now: datetime, *, public: bool = False
) -> ApiKey:
    found = accounts.key_by_id(client)
    if found is None or not found.alive_at(now):
        raise NotAuthenticated("The client is not known.")
    if secret is None and public:
        return found
    if secret is None or not hmac.compare_digest(found.digest, digest_of(secret)):
        raise NotAuthenticated("The client's secret is wrong.")
    authenticate(accounts, secret, now)
    return found


def _bound(code: str, request: Request) -> str:
    """A code counts with all that it was asked with: another address has another digest."""
    return "\n".join([code, request.client, request.redirect_uri, request.challenge])


def _keep(
    work: AccountWork,
    kind: SessionKind,
    secret: str,
    user: User,
    client: str,
    now: datetime,
    life: timedelta,
) -> None:
    everything = (Right.ALL.value,)
    work.sessions.add(
        Session(
            new_id(), user.number, digest_of(secret), now, now, now + life, kind, everything, client
        )
    )


def _take(
    work: AccountWork, kind: SessionKind, secret: str, client: ApiKey, now: datetime
) -> Session:
    session = work.sessions.with_digest(digest_of(secret))
    if session is None or session.kind is not kind or session.key != client.id:
        raise GrantInvalid
    work.sessions.end(session.id)
    if session.expires_at <= now:
        raise GrantInvalid("The time of the code or the refresh token is over.")
    return session


def _granted(
    work: AccountWork, session: Session, client: ApiKey, now: datetime, make: MakeToken
) -> Granted:
    user = work.accounts.user(session.user)
    if user is None or not user.active:
        raise GrantInvalid("The user has been removed or disabled.")
    token = make(user, client.rights, now)
    opened, token = open_bearer_session(work, user, now, token, key=client.id)
    fresh = secrets.token_urlsafe(40)
    _keep(work, SessionKind.REFRESH, f"{fresh}\n{client.id}", user, client.id, now, REFRESH_LIFE)
    return Granted(token, user, opened, fresh)
