"""Streams a bare JSON array of any length in pages: each page is one short view of the database.

Memory holds one page. Pages go down by number, so that rows added meanwhile neither shift nor
double what is listed; a client that goes away ends the stream at the next page.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response, StreamingResponse

from jobmill.core.jobs.ports import Database, UnitOfWork

FIRST_PAGE = 100
PAGE = 1000

Row = tuple[int, dict[str, Any]]
Rows = Callable[[UnitOfWork, int | None, int], Sequence[Row]]
Page = tuple[bytes, int, int]


async def array_of(database: Database, rows: Rows, limit: int | None) -> Response:
    """Answer with all rows, newest first, or the first `limit`; `rows` gives them below a number.

    The first page is read before the answer begins, so that errors are proper answers.
    """
    first = await _page(database, rows, None, _room(FIRST_PAGE, limit))
    return StreamingResponse(
        _array(database, rows, first, limit), media_type="application/json; charset=utf-8"
    )


async def _array(
    database: Database, rows: Rows, page: Page, limit: int | None
) -> AsyncIterator[bytes]:
    text, count, last = page
    listed, asked = count, _room(FIRST_PAGE, limit)
    yield b"[" + text
    while count == asked:
        asked = _room(PAGE, None if limit is None else limit - listed)
        if asked == 0:
            break
        text, count, last = await _page(database, rows, last, asked)
        listed += count
        if count:
            yield b"," + text
    yield b"]"


def _room(page: int, limit: int | None) -> int:
    return page if limit is None else min(page, limit)


async def _page(database: Database, rows: Rows, before: int | None, size: int) -> Page:
    """A page as JSON without brackets, how many rows it has, and the last one's number."""

    def read(work: UnitOfWork) -> Page:
        # Encoded here, on the reader's thread, so that a long list does not hold up other calls.
        found = rows(work, before, size)
        text = to_json([row for _, row in found])[1:-1]
        return text, len(found), found[-1][0] if found else 0

    return await database.read(read)
