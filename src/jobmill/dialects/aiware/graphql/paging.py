"""Pages: an offset and a limit; `count` is how many records this page has, never a total."""

from collections.abc import Sequence
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.dialects.aiware.graphql.call import Call

MOST = 1000


def checked(offset: int | None, limit: int | None, usual: int = 30) -> tuple[int, int]:
    """Offset and limit of a page. Raises InvalidInput beyond what a page can be."""
    offset, limit = offset or 0, usual if limit is None else limit
    if not 0 <= offset < 2**31:
        raise InvalidInput("offset: give 0 or more.", field="offset")
    if not 0 <= limit <= MOST:
        raise InvalidInput(f"limit: give 0 to {MOST}.", field="limit")
    return offset, limit


def page_of(call: Call, records: Sequence[Any], offset: int, limit: int) -> dict[str, Any]:
    """A page that holds these records."""
    call.spend(len(records))
    return {"records": records, "offset": offset, "limit": limit, "count": len(records)}


def cut(
    call: Call, every: Sequence[Any], offset: int | None, limit: int | None, usual: int = 30
) -> dict[str, Any]:
    """The page of a list that is there in whole."""
    start, size = checked(offset, limit, usual)
    return page_of(call, every[start : start + size], start, size)
