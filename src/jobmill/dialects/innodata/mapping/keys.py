"""API keys in the vendor's form. They are ordinary keys of the platform: the text of one follows
from its id and the server's secret, so that whoever signs in again is told the same one."""

import hashlib
import hmac
import re
import uuid

from jobmill.dialects.innodata.schema import KEY_FORM, LIVE, TEST

_FORM = re.compile(r"user-(live|test)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def key_text(secret: bytes, kind: str, ident: str) -> str:
    """The text of the key of this id: 122 bits that nobody without the secret can guess."""
    said = f"innodata key\0{kind}\0{ident}".encode()
    digest = hmac.new(secret, said, hashlib.sha256).digest()
    return KEY_FORM.format(kind=kind, uuid=uuid.UUID(bytes=digest[:16], version=4))


def key_name(kind: str) -> str:
    """What the platform calls the key."""
    return f"innodata {kind}"


def is_ours(key: str) -> bool:
    """Whether a key has the vendor's form; others are the platform's own."""
    return _FORM.fullmatch(key) is not None


def is_test_key(key: str) -> bool:
    """Whether what is made with the key is for a test. The form is part of what is checked."""
    return is_ours(key) and key.split("-")[1] == TEST


KINDS = (LIVE, TEST)
