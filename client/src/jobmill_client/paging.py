"""Walk through a list of any length, page after page."""

from collections.abc import Mapping
from typing import Any, TypeVar

from jobmill_client.exchange import Terms, answer
from jobmill_client.reading import read
from jobmill_client.steps import Item, Program, Request, Stream

T = TypeVar("T")
Params = Mapping[str, Any]


def each(
    terms: Terms, kind: type[T], path: str, params: Params | None = None, limit: int | None = None
) -> Stream[T]:
    """The members of a list, up to `limit`; a page is asked for when it is needed."""
    cursor: str | None = None
    left = limit
    while left is None or left > 0:
        page, cursor = yield from _page(terms, path, params, cursor)
        for member in page[:left]:
            yield Item(read(kind, member))
        left = None if left is None else left - len(page)
        if not cursor:
            return


def collect(
    terms: Terms, kind: type[T], path: str, params: Params | None = None
) -> Program[tuple[T, ...]]:
    """All members of a list."""
    found: list[T] = []
    cursor: str | None = None
    while True:
        page, cursor = yield from _page(terms, path, params, cursor)
        found += [read(kind, member) for member in page]
        if not cursor:
            return tuple(found)


def _page(
    terms: Terms, path: str, params: Params | None, cursor: str | None
) -> Program[tuple[list[Any], str | None]]:
    given = {**(params or {}), "cursor": cursor}
    found = yield from answer(terms, Request("GET", path, params=given))
    return found["items"], found.get("next")
