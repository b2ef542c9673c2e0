"""Times as the vendor writes them: offsets in a file, and moments.

An offset is seconds with six digits and an `s`, floored to the microsecond; a moment is RFC 3339
in UTC with a `Z`, with three digits of a finished thing and six of one in progress.
"""

import re
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from jobmill.core.errors import InvalidInput

_OFFSET = re.compile(r"\d{1,9}(\.\d{1,9})?s?")
_MICRO = Decimal("0.000001")


def offset_of(milliseconds: float) -> str:
    """`1968.633` → `1.968633s`... of milliseconds, floored to the microsecond."""
    # repr is the shortest text that means the same float: 1968.633 and not 1968.63299….
    seconds = Decimal(repr(float(milliseconds))) / 1000
    return f"{max(seconds, Decimal(0)).quantize(_MICRO, ROUND_FLOOR):f}s"


def milliseconds_of(offset: Any, field: str) -> float:
    """Milliseconds of `"1.968633s"`, `"0s"`, or plain seconds. Raises InvalidInput."""
    text = str(offset) if isinstance(offset, int | float) else offset
    if isinstance(offset, bool) or not isinstance(text, str) or not _OFFSET.fullmatch(text):
        raise InvalidInput(
            f'{field}: write seconds with an s, such as "12.5s", not {offset!r}.', field=field
        )
    return float(Decimal(text.removesuffix("s")) * 1000)


def moment_of(at: datetime, *, micros: bool = False) -> str:
    """RFC 3339 with `Z`, with milliseconds or (as of running jobs) microseconds."""
    text = at.astimezone(UTC).isoformat(timespec="microseconds" if micros else "milliseconds")
    return text.replace("+00:00", "Z")
