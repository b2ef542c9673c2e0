"""What Edge takes for an id: a UUID as text."""

import re

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID, in either case of letters."""
    return _UUID.fullmatch(text) is not None
