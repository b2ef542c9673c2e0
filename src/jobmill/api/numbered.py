"""Pages of lists that are ordered by number alone, and of short ones that are read whole."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from jobmill.api.schemas.shared import PageQuery
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.http.house import House
from jobmill.http.paging import decode_cursor, decode_place, encode_cursor, encode_place


class Numbered(Protocol):
    """A record with a number."""

    @property
    def number(self) -> int: ...


T = TypeVar("T", bound=Numbered)
V = TypeVar("V")


async def numbered(
    house: House, query: PageQuery, find: Callable[[UnitOfWork, int, int], Sequence[T]]
) -> tuple[Sequence[T], str | None]:
    """The records of a page, and the cursor of the next; `find(work, after, limit)` lists them."""
    return await numbered_by(house, query, find, lambda record: record.number)


async def numbered_by(
    house: House,
    query: PageQuery,
    find: Callable[[UnitOfWork, int, int], Sequence[V]],
    number: Callable[[V], int],
) -> tuple[Sequence[V], str | None]:
    """Like `numbered`, for views whose number stands deeper."""
    after = 0 if query.cursor is None else decode_cursor(query.cursor, 1)[0]
    found: Sequence[Any] = await house.database.read(
        lambda work: find(work, after, query.limit + 1)
    )
    shown = found[: query.limit]
    more = len(found) > query.limit
    return shown, encode_cursor(number(shown[-1])) if more else None


def piece_of(
    query: PageQuery, found: Sequence[V], name: Callable[[V], str]
) -> tuple[Sequence[V], str | None]:
    """A page of a list that is here as a whole, and the cursor of the next.

    The cursor names the page's last item, and its place in case that it is gone by then.
    """
    start = 0
    if query.cursor is not None:
        place, last = decode_place(query.cursor)
        start = next((n + 1 for n, each in enumerate(found) if name(each) == last), place)
    end = start + query.limit
    shown = found[start:end]
    return shown, encode_place(end - 1, name(shown[-1])) if len(found) > end else None
