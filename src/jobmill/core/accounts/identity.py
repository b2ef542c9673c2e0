"""Sign-in by somebody else's word: what an identity provider is to the core.

Everything of one sign-in follows from one secret that stays in the user's browser, so that nothing
is kept here and the answer counts in that browser alone.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from jobmill.core.errors import LoginFailed

PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is; `subject` is its lasting name for the user."""

    issuer: str
    subject: str
    email: str | None
    email_verified: bool


@dataclass(frozen=True, slots=True)
class SignInFlow:
    """One sign-in under way; `secret` begins with the time at which it began."""

    secret: str

    @classmethod
    def begin(cls, now: datetime) -> "SignInFlow":
        """A new one."""
        return cls(f"{int(now.timestamp())}.{secrets.token_urlsafe(32)}")

    @property
    def state(self) -> str:
        """Comes back with the answer, and shows that this browser asked."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Stands in the token, and shows that it was made for this sign-in."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Shows the provider that who redeems the code is who asked (PKCE, RFC 7636)."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """The verifier's hash, which the provider gets first."""
        return _base64(hashlib.sha256(self.verifier.encode()).digest())

    def check(self, state: str, now: datetime) -> None:
        """Raise LoginFailed unless the answer belongs to this sign-in, and comes in time."""
        begun = self.secret.partition(".")[0]
        fresh = begun.isdecimal() and begun.isascii() and len(begun) < 12
        if not secrets.compare_digest(state.encode(), self.state.encode()) or not fresh:
            raise LoginFailed("This is not the answer to a sign-in of this browser; try again.")
        if now - datetime.fromtimestamp(int(begun), UTC) > PATIENCE:
            raise LoginFailed("The sign-in has taken too long; try again.")

    def _derived(self, purpose: str) -> str:
        return _base64(hashlib.sha256(f"{purpose}:{self.secret}".encode()).digest())


class IdentityProvider(Protocol):
    """OpenID Connect, authorization code with PKCE."""

    async def address(self, flow: SignInFlow, redirect_uri: str) -> str:
        """Where to send the browser. Raises Unavailable."""

    async def redeem(
        self, flow: SignInFlow, code: str, redirect_uri: str, now: datetime
    ) -> Identity:
        """Who signed in, after every check of the token. Raises LoginFailed, Unavailable."""


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
