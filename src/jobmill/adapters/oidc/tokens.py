"""The checks of an id token (OpenID Connect Core §3.1.3.7). No check here is optional."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from math import isfinite
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from jobmill.core.accounts.identity import Identity

# Signatures with the provider's private key only: neither none, nor a secret that both know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
              "EdDSA", "Ed25519")  # fmt: skip
LEEWAY_SECONDS = 30
SUBJECT_LIMIT = 255


class TokenRefused(ValueError):
    """Why a token does not count."""


def claims_of(token: str, keys: KeySet) -> Mapping[str, Any]:
    """The claims of a token that one of these keys has signed.

    Raises TokenRefused, and InvalidKeyIdError when it names a key that is not among them.
    """
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except InvalidKeyIdError:
        raise
    except (JoseError, ValueError, TypeError, KeyError) as wrong:
        raise TokenRefused(f"its signature does not count ({type(wrong).__name__})") from wrong
    if not isinstance(claims, Mapping):
        raise TokenRefused("it holds no claims")
    return claims


def identity_of(
    claims: Mapping[str, Any], issuer: str, client_id: str, nonce: str, now: datetime
) -> Identity:
    """Who the claims are about, when they are meant for us, for this sign-in, and for now."""
    if claims.get("iss") != issuer:
        raise TokenRefused("it is another issuer's")
    _check_audience(claims, client_id)
    _check_times(claims, now.timestamp())
    given = claims.get("nonce")
    if not isinstance(given, str) or not secrets.compare_digest(given.encode(), nonce.encode()):
        raise TokenRefused("it belongs to another sign-in")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LIMIT:
        raise TokenRefused("it names no subject")
    email = claims.get("email")
    return Identity(
        issuer,
        subject,
        email if isinstance(email, str) else None,
        claims.get("email_verified") is True,
    )


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        raise TokenRefused("it is meant for another program")
    party = claims.get("azp")
    if (len(audiences) > 1 or party is not None) and party != client_id:
        raise TokenRefused("it was given to another program")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    if _moment(claims, "exp") + LEEWAY_SECONDS <= now:
        raise TokenRefused("it has expired")
    begins = _moment(claims, "nbf") if claims.get("nbf") is not None else 0.0
    if max(_moment(claims, "iat"), begins) > now + LEEWAY_SECONDS:
        raise TokenRefused("it does not count yet")


def _moment(claims: Mapping[str, Any], name: str) -> float:
    """A claim's time in seconds: a number that is one, since NaN would never be over."""
    at = claims.get(name)
    if isinstance(at, int | float) and not isinstance(at, bool):
        with suppress(OverflowError):
            if isfinite(at):
                return float(at)
    raise TokenRefused(f"it does not say when it counts ({name})")
