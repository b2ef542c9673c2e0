"""Keyset cursors: where a page ended, as an opaque word. Pages stay right while rows are added."""

import base64
import binascii
from datetime import UTC, datetime, timedelta

from jobmill.core.errors import InvalidInput

DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
NUMBER_LIMIT = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def cursor_at(at: datetime, number: int) -> str:
    """The cursor behind a row that is ordered by time and number."""
    return encode_cursor((at - _EPOCH) // _MICROSECOND, number)


def place_of(cursor: str) -> tuple[datetime, int]:
    """The time and number in a cursor of `cursor_at`. Raises InvalidInput."""
    micros, number = decode_cursor(cursor, 2)
    try:
        return _EPOCH + timedelta(microseconds=micros), number
    except OverflowError:
        raise _invalid() from None


def encode_cursor(*numbers: int) -> str:
    """Numbers as an opaque word that needs no quoting in an address."""
    text = ".".join(str(number) for number in numbers)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, count: int) -> tuple[int, ...]:
    """The numbers of an `encode_cursor` word, each below 2**63. Raises InvalidInput."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        numbers = tuple(int(word) for word in text.decode("ascii").split(".") if word.isdecimal())
    except (ValueError, binascii.Error):
        raise _invalid() from None
    if len(numbers) != count or any(number > NUMBER_LIMIT for number in numbers):
        raise _invalid()
    return numbers


def encode_place(number: int, word: str) -> str:
    """A number and a word as an opaque word, like `encode_cursor`."""
    return base64.urlsafe_b64encode(f"{number}.{word}".encode()).decode().rstrip("=")


def decode_place(cursor: str) -> tuple[int, str]:
    """The number and the word of an `encode_place`. Raises InvalidInput."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        number, _, word = text.decode().partition(".")
        found = int(number) if number.isdecimal() else -1
    except (ValueError, binascii.Error):
        raise _invalid() from None
    if not 0 <= found <= NUMBER_LIMIT:
        raise _invalid()
    return found, word


def _invalid() -> InvalidInput:
    return InvalidInput(
        "cursor: not a cursor of this list; leave it out, or use the `next` of a page.",
        field="cursor",
    )
