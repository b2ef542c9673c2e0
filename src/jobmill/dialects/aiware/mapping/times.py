"""The vendor's moments: ISO 8601 with milliseconds out; ISO, Unix seconds or milliseconds in."""

import re
from datetime import UTC, datetime
from typing import Any

# Numbers above this are milliseconds: as seconds they would lie beyond the year 5138.
_LAST_SECOND = 1e11
_LATEST = 253_402_300_799.0
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def text_of(at: datetime) -> str:
    """As the vendor writes it: 2019-04-25T20:45:20.784Z."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def moment_from(value: Any) -> datetime | None:
    """The moment that a value names, in UTC; None when it names none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _of_number(float(value))
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _NUMBER.fullmatch(text):
        return _of_number(float(text))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _of_number(number: float) -> datetime | None:
    seconds = number / 1000 if abs(number) >= _LAST_SECOND else number
    if not 0 <= seconds <= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)
