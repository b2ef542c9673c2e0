"""The vendor's ids: a word that says what it is, and the row's own UUID."""

import re

JOB, TAKE, FILE, VOLUME, CLIENT = "job", "take", "file", "volume", "client"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def id_of(kind: str, uuid7: str) -> str:
    """The vendor's id of a row."""
    return f"{kind}-{uuid7}"


def uuid_from(kind: str, text: str) -> str | None:
    """The UUID behind an id, with its word or without; None when the text is no such id."""
    found = text.strip().lower().removeprefix(f"{kind}-")
    return found if _UUID.fullmatch(found) else None
