"""The native format: bodies and signatures as in Standard Webhooks (standardwebhooks.com).

Signed is `{id}.{timestamp}.{body}` by HMAC-SHA256; each secret in force gives one `v1,` signature.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime

from jobmill.core.errors import InvalidInput
from jobmill.core.webhooks.formats import Format, Outgoing, Rendered

NAME = "standard"
PREFIX = "whsec_"
SECRET_BYTES = 32
ALLOWED_BYTES = range(24, 65)


def render(outgoing: Outgoing) -> Rendered:
    """The request as Standard Webhooks describes it."""
    message = outgoing.message
    body = json.dumps(
        {"type": message.type, "timestamp": _rfc3339(message.at), "data": message.data},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode("utf-8", "replace")
    return Rendered(headers_of(outgoing, body), body)


def headers_of(outgoing: Outgoing, body: bytes) -> dict[str, str]:
    """The headers of a request with any JSON body, for formats that sign in the same way."""
    message, timestamp = outgoing.message, str(int(outgoing.sent_at.timestamp()))
    signed = b".".join((message.id.encode(), timestamp.encode(), body))
    signatures = " ".join(f"v1,{_signature(secret, signed)}" for secret in outgoing.secrets)
    return {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signatures,
    }


def new_secret() -> str:
    """A secret of 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def check_secret(secret: str) -> None:
    """Raise InvalidInput unless receivers' libraries can use it."""
    try:
        size = len(_key(secret))
    except (binascii.Error, ValueError):
        size = 0
    if size not in ALLOWED_BYTES:
        raise InvalidInput(
            f"A secret is {PREFIX!r} and then {ALLOWED_BYTES.start} to {ALLOWED_BYTES.stop - 1} "
            "random bytes in base64. Leave it out to have one made."
        )


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)


def _signature(secret: str, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()


STANDARD = Format(NAME, render, new_secret, check_secret)
