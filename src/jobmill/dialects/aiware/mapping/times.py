"""The vendor's moments: ISO 8601 with milliseconds out; ISO, Unix seconds or milliseconds in."""

import re
from datetime import UTC, datetime
from typing import Any

# Numbers above this are milliseconds: as seconds they would lie beyond the year 5138.
_LAST_SECOND = 1e11
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_LATEST = 253_402_300_799.0
# What a Date of JavaScript prints: programs put it into their documents as it is.
_PRINTED = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{2} \d{4} \d{2}:\d{2}:\d{2} GMT[+-]\d{4})(?: \(.*\))?"
)
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
    if printed := _PRINTED.fullmatch(text):
        text = _iso_of(printed[1])
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _iso_of(printed: str) -> str:
    """`Nov 21 2019 04:36:40 GMT+0100` as ISO 8601; what is no month is left for it to refuse."""
    month, day, year, time, zone = printed.split(" ")
    number = _MONTHS.find(month) // 3 + 1
    return f"{year}-{number:02d}-{day}T{time}{zone.removeprefix('GMT')}"


def _of_number(number: float) -> datetime | None:
    seconds = number / 1000 if abs(number) >= _LAST_SECOND else number
    if not 0 <= seconds <= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)
