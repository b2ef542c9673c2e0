"""Signatures of callbacks: ECDSA on P-256 over SHA-256, as 64 raw bytes (r‖s) in base64.

All callbacks of an installation are signed by one key, which is derived from its own secret;
receivers ask for its public half.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from jobmill.core.errors import InvalidInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PREFIX = "p256_"
SIZE = 32
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve: a private key is a number from 1 to one less (FIPS 186-5, P-256)."""


def installation_key(secret: bytes) -> str:
    """The signing key of an installation, the same each time."""
    for attempt in range(256):
        told = f"superai callbacks {attempt}".encode()
        found = hmac.digest(secret, told, hashlib.sha256)
        if 0 < int.from_bytes(found) < ORDER:
            return _text(found)
    raise AssertionError("no number of 256 was on the curve")


def new_secret() -> str:
    """A key by chance."""
    return _text((secrets.randbelow(ORDER - 1) + 1).to_bytes(SIZE))


def check_secret(secret: str) -> None:
    """Raise InvalidInput unless it is a private key."""
    try:
        number = int.from_bytes(base64.b64decode(secret.removeprefix(PREFIX), validate=True))
    except (binascii.Error, ValueError):
        number = 0
    if not secret.startswith(PREFIX) or not 0 < number < ORDER:
        raise InvalidInput(
            f"A secret is {PREFIX!r} and then a private key of P-256, 32 bytes in base64. Leave it "
            "out to have one made."
        )


def signature_of(body: bytes, secret: str) -> str:
    """The signature of these very bytes."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    signed = _private(secret).sign(body, ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(signed)
    return base64.b64encode(r.to_bytes(SIZE) + s.to_bytes(SIZE)).decode()


def public_pem(secret: str) -> str:
    """What receivers verify with."""
    from cryptography.hazmat.primitives import serialization as form

    public = _private(secret).public_key()
    return public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo).decode()


def _private(secret: str) -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    number = int.from_bytes(base64.b64decode(secret.removeprefix(PREFIX)))
    return ec.derive_private_key(number, ec.SECP256R1())


def _text(key: bytes) -> str:
    return PREFIX + base64.b64encode(key).decode()
