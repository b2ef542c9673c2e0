"""The vendor's ids: 24 hex digits, the second of creation and the number of the row.

A pure, reversible function of (`id`, `number`): 8 digits are the Unix second inside the UUID 7, 16
are the number, so that an id looks like the vendor's own and sorts by time.
"""

import re

from jobmill.core.ids import unix_ms_of

_NAME = re.compile(r"[0-9a-fA-F]{24}")
_SECONDS = 0xFFFF_FFFF
_LAST_NUMBER = 2**63 - 1


def name_of(uuid7: str, number: int) -> str:
    """The vendor's id of a row."""
    return f"{second_of(uuid7):08x}{number:016x}"


def second_of(uuid7: str) -> int:
    """The second of creation, cut to 32 bits (it wraps in the year 2106, as the vendor's does)."""
    return (unix_ms_of(uuid7) // 1000) & _SECONDS


def second_and_number(name: str) -> tuple[int, int] | None:
    """What an id says; None when the text is no id."""
    if not _NAME.fullmatch(name):
        return None
    number = int(name[8:], 16)
    return (int(name[:8], 16), number) if 0 < number <= _LAST_NUMBER else None
