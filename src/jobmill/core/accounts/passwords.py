"""Passwords: what may be one, and how it is kept. Takes tens of milliseconds on purpose.

scrypt (RFC 7914) from the standard library, with the cost parameters in the hash, so that they can
rise later. Callers run this off the event loop and never inside a unit of work.
"""

import base64
import hashlib
import hmac
import secrets

from jobmill.core.errors import InvalidInput

SHORTEST, LONGEST = 8, 1024
COST, BLOCK, PARALLEL = 2**14, 8, 5
MEMORY = 64 * 2**20
SALT_BYTES = 16
KIND = "scrypt"


def check_password(password: str, field: str = "password") -> None:
    """Raise InvalidInput for what cannot be a password."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(f"{field}: give {SHORTEST} to {LONGEST} characters.", field=field)


def hash_password(password: str) -> str:
    """The text to keep: `scrypt$cost$block$parallel$salt$hash`."""
    salt = secrets.token_bytes(SALT_BYTES)
    made = _scrypt(password, salt, COST, BLOCK, PARALLEL)
    return f"{KIND}${COST}${BLOCK}${PARALLEL}${_text(salt)}${_text(made)}"


def password_fits(password: str, stored: str | None) -> bool:
    """Whether this is the password behind the hash. Takes as long where there is no hash."""
    kind, cost, block, parallel, salt, kept = (stored or _NOBODYS).split("$")
    made = _scrypt(password[:LONGEST], base64.b64decode(salt), int(cost), int(block), int(parallel))
    same = hmac.compare_digest(made, base64.b64decode(kept))
    return same and kind == KIND and stored is not None


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    # A lone surrogate is a password like any other.
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=cost, r=block, p=parallel, maxmem=MEMORY)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


_NOBODYS = f"{KIND}${COST}${BLOCK}${PARALLEL}${_text(bytes(16))}${_text(bytes(64))}"
