"""Pages: an offset and a limit; `count` is how many records this page has, never a total."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from jobmill.core.errors import InvalidInput
from jobmill.dialects.aiware.graphql.call import Call

MOST = 1000
# Of lists that are there in whole, such as the catalogue: programs ask for all of it at once.
MOST_OF_WHOLE = 10_000
T = TypeVar("T")


def checked(
    offset: int | None, limit: int | None, usual: int = 30, most: int = MOST
) -> tuple[int, int]:
    """Offset and limit of a page. Raises InvalidInput beyond what a page can be."""
    offset, limit = offset or 0, usual if limit is None else limit
    if not 0 <= offset < 2**31:
        raise InvalidInput("offset: give 0 or more.", field="offset")
    if not 0 <= limit <= most:
        raise InvalidInput(f"limit: give 0 to {most}.", field="limit")
    return offset, limit


def page_of(call: Call, records: Sequence[Any], offset: int, limit: int) -> dict[str, Any]:
    """A page that holds these records."""
    call.spend(len(records))
    return {"records": records, "offset": offset, "limit": limit, "count": len(records)}


def cut(
    call: Call, every: Sequence[Any], offset: int | None, limit: int | None, usual: int = 30
) -> dict[str, Any]:
    """The page of a list that is there in whole."""
    start, size = checked(offset, limit, usual, MOST_OF_WHOLE)
    return page_of(call, every[start : start + size], start, size)


def called(
    every: Iterable[T], wanted: Mapping[str, str | None], named: Callable[[T], tuple[str, str, str]]
) -> list[T]:
    """Those of an `id`, with a part of a `name`, of a `type`, as far as these are wanted; `named`
    gives the three of each."""
    id, name, kind = (wanted.get(key) for key in ("id", "name", "type"))  # noqa: A001
    found = []
    for each in every:
        own_id, own_name, own_kind = named(each)
        if (
            (id is None or own_id == id)
            and (name is None or name.lower() in own_name.lower())
            and (kind is None or kind.lower() == own_kind.lower())
        ):
            found.append(each)
    return found
