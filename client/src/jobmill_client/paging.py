"""Walk through a list of any length, page after page."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from jobmill_client.connection import Connection
from jobmill_client.reading import read

T = TypeVar("T")


def pages(
    connection: Connection, path: str, params: Mapping[str, Any], limit: int | None = None
) -> Iterator[Mapping[str, Any]]:
    """The members of all pages, up to `limit` of them; a page is asked for when it is needed."""
    cursor: str | None = None
    left = limit
    while left is None or left > 0:
        answer = connection.call("GET", path, params={**params, "cursor": cursor})
        for member in answer["items"]:
            yield member
            if left is not None:
                left -= 1
                if left <= 0:
                    return
        cursor = answer.get("next")
        if not cursor:
            return


def read_pages(
    kind: type[T],
    connection: Connection,
    path: str,
    params: Mapping[str, Any] | None = None,
    limit: int | None = None,
) -> Iterator[T]:
    """Like `pages`, as objects."""
    for member in pages(connection, path, params or {}, limit):
        yield read(kind, member)
