"""An OpenID Connect provider: its discovery document, its keys, and the exchange of a code.

The operator names the provider, so that it may be on a network of our own; but it is asked only
for what its own document names, over https (or on this machine), without redirects, within limits.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from jobmill.adapters.oidc.tokens import TokenRefused, claims_of, identity_of
from jobmill.core.accounts.identity import Identity, SignInFlow
from jobmill.core.errors import LoginFailed, Unavailable

SECONDS = 10.0
BODY_CAP = 2**20
KEEP_SECONDS = 3600.0
REFRESH_SECONDS = 30.0
SCOPE = "openid email profile"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class OidcProvider:
    """Implements `IdentityProvider`. `transport` replaces the network in tests."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str = "",
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._transport = transport
        self._lock = asyncio.Lock()
        self._about: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None
        self._read_at = 0.0

    async def address(self, flow: SignInFlow, redirect_uri: str) -> str:
        """Where to send the browser."""
        about, _ = await self._read(KEEP_SECONDS)
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": flow.challenge,
            "code_challenge_method": "S256",
        }
        there = self._checked(about, "authorization_endpoint")
        return f"{there}{'&' if urlsplit(there).query else '?'}{urlencode(query)}"

    async def redeem(
        self, flow: SignInFlow, code: str, redirect_uri: str, now: datetime
    ) -> Identity:
        """Who signed in."""
        about, _ = await self._read(KEEP_SECONDS)
        answer = await self._exchange(about, flow, code, redirect_uri)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise LoginFailed("The provider's answer holds no token.")
        try:
            claims = await self._verified(token)
            return identity_of(claims, self._issuer, self._client_id, flow.nonce, now)
        except TokenRefused as refusal:
            raise LoginFailed(f"The provider's token is refused: {refusal}.") from refusal

    async def _verified(self, token: str) -> Mapping[str, Any]:
        """The token's claims; its key may be newer than the keys that were read."""
        _, keys = await self._read(KEEP_SECONDS)
        try:
            return claims_of(token, keys)
        except InvalidKeyIdError:
            _, keys = await self._read(REFRESH_SECONDS)
        try:
            return claims_of(token, keys)
        except InvalidKeyIdError as unknown:
            raise TokenRefused("its key is not among the provider's") from unknown

    async def _exchange(
        self, about: Mapping[str, Any], flow: SignInFlow, code: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self._client_id,
            "code_verifier": flow.verifier,
        }
        auth = None
        ways = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if self._client_secret and "client_secret_basic" in ways:
            auth = httpx2.BasicAuth(_quoted(self._client_id), _quoted(self._client_secret))
        elif self._client_secret:
            form["client_secret"] = self._client_secret
        there = self._checked(about, "token_endpoint")
        status, answer = await self._ask("POST", there, data=form, auth=auth)
        if status != httpx2.codes.OK:
            why = answer.get("error_description") or answer.get("error") or f"it answered {status}"
            raise LoginFailed(f"The provider refuses the sign-in: {str(why)[:200]}.")
        return answer

    async def _read(self, at_most: float) -> tuple[Mapping[str, Any], KeySet]:
        """The provider's document and keys, read anew when they are older than so many seconds."""
        clock = asyncio.get_running_loop().time
        async with self._lock:
            if self._about is None or self._keys is None or clock() - self._read_at > at_most:
                place = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
                about = await self._document(place)
                if about.get("issuer") != self._issuer:
                    raise Unavailable(
                        f"{place} speaks for another issuer; see JOBMILL_OIDC_ISSUER."
                    )
                keys = await self._document(self._checked(about, "jwks_uri"))
                try:
                    self._keys = KeySet.import_key_set(keys)  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError, TypeError) as wrong:
                    raise Unavailable("The provider's keys cannot be read.") from wrong
                self._about, self._read_at = about, clock()
            return self._about, self._keys

    async def _document(self, place: str) -> Mapping[str, Any]:
        status, document = await self._ask("GET", place)
        if status != httpx2.codes.OK:
            raise Unavailable(f"{place} answered {status}.")
        return document

    async def _ask(
        self,
        method: str,
        place: str,
        data: Mapping[str, str] | None = None,
        auth: httpx2.BasicAuth | None = None,
    ) -> tuple[int, Mapping[str, Any]]:
        try:
            async with (
                asyncio.timeout(SECONDS),
                httpx2.AsyncClient(
                    transport=self._transport, trust_env=False, follow_redirects=False
                ) as client,
                client.stream(method, place, data=data, auth=auth) as response,
            ):
                body = bytearray()
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > BODY_CAP:
                        raise Unavailable(f"{place} answered more than {BODY_CAP} bytes.")
                return response.status_code, _object(bytes(body))
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL) as broken:
            raise Unavailable(f"The identity provider does not answer at {place}.") from broken

    def _checked(self, about: Mapping[str, Any], name: str) -> str:
        """An address in the provider's document: https, or on this machine as the issuer is."""
        there = about.get(name)
        parts = urlsplit(there) if isinstance(there, str) else None
        if parts is None or not parts.hostname:
            raise Unavailable(f"The provider's document names no {name}.")
        local = urlsplit(self._issuer).hostname in LOOPBACK and parts.hostname in LOOPBACK
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise Unavailable(f"The provider's {name} is not https.")
        return str(there)


def _quoted(word: str) -> str:
    """As RFC 6749 §2.3.1 has it: form-encoded before it is put into Basic."""
    return urlencode({"": word})[1:]


def _object(body: bytes) -> Mapping[str, Any]:
    import json

    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
