"""Secrets of webhooks: any words will do here, the vendor's libraries know one form."""

import base64
import binascii

from jobmill.core.errors import InvalidInput
from jobmill.core.webhooks.standard import PREFIX, new_secret

__all__ = ["check_stored", "new_secret", "stored_secret"]

LONGEST = 256


def stored_secret(given: str) -> str:
    """A secret in the form that signs: what is not `whsec_` and base64 counts by its bytes."""
    if not 0 < len(given) <= LONGEST:
        raise InvalidInput(f"secret: give 1 to {LONGEST} characters.", field="secret")
    if given.startswith(PREFIX) and _is_base64(given.removeprefix(PREFIX)):
        return given
    return PREFIX + base64.b64encode(given.encode()).decode()


def check_stored(secret: str) -> None:
    """Raise InvalidInput unless a key can be read out of it."""
    if not secret.startswith(PREFIX) or not _is_base64(secret.removeprefix(PREFIX)):
        raise InvalidInput(f"A secret is {PREFIX!r} and then base64.")


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False
