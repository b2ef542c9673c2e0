"""Long arrays over a fake table: page by page, steady while rows come, ended by the client."""

import asyncio
import json
from collections.abc import Callable, MutableMapping
from typing import Any, TypeVar

import pytest

from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.gentoo.streams import FIRST_PAGE, PAGE, Row, array_of

T = TypeVar("T")
Message = MutableMapping[str, Any]


class Table:
    """Rows 1 to `last`; counts its reads and can grow by some at each."""

    def __init__(self, last: int, growing: int = 0) -> None:
        self.last = last
        self.growing = growing
        self.reads = 0
        self.largest = 0

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        self.reads += 1
        found = work(self)  # type: ignore[arg-type]
        self.last += self.growing
        return found

    async def write(self, work: Callable[[UnitOfWork], T], *, brief: bool = False) -> T:
        raise AssertionError("a list must not write")

    def rows(self, work: UnitOfWork, before: int | None, size: int) -> list[Row]:
        self.largest = max(self.largest, size)
        first = min(self.last, (before or 10**12) - 1)
        return [(number, {"n": number}) for number in range(first, max(first - size, 0), -1)]


async def sent(table: Table, limit: int | None, leave_after: int | None = None) -> list[bytes]:
    """The chunks that a server would send, until the client leaves."""
    chunks: list[bytes] = []
    gone = asyncio.Event()

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body" and message["body"]:
            chunks.append(message["body"])
        if leave_after is not None and len(chunks) >= leave_after:
            gone.set()
        await asyncio.sleep(0)

    response = await array_of(table, table.rows, limit)
    scope = {"type": "http", "asgi": {"spec_version": "2.3"}, "method": "GET", "headers": []}
    await response(scope, receive, send)
    return chunks


def listed(table: Table, limit: int | None = None) -> list[int]:
    return [row["n"] for row in json.loads(b"".join(asyncio.run(sent(table, limit))))]


@pytest.mark.parametrize(
    "rows", [0, 1, FIRST_PAGE - 1, FIRST_PAGE, FIRST_PAGE + 1, FIRST_PAGE + PAGE, 5000]
)
def test_every_row_is_listed_once_newest_first(rows: int) -> None:
    assert listed(Table(rows)) == list(range(rows, 0, -1))


@pytest.mark.parametrize("limit", [1, FIRST_PAGE - 1, FIRST_PAGE, FIRST_PAGE + 1, 1500, 9999])
def test_a_limit_ends_the_list(limit: int) -> None:
    table = Table(3000)
    assert listed(table, limit) == list(range(3000, 0, -1))[:limit]


def test_rows_that_come_meanwhile_neither_shift_nor_double_the_list() -> None:
    assert listed(Table(5000, growing=700)) == list(range(5000, 0, -1))


def test_pages_are_bounded_and_the_first_is_small() -> None:
    table = Table(10_000)
    chunks = asyncio.run(sent(table, None))
    assert table.largest == PAGE
    assert len(json.loads(chunks[0] + b"]")) == FIRST_PAGE
    assert max(map(len, chunks)) < 20 * PAGE


def test_a_client_that_leaves_ends_the_reading() -> None:
    table = Table(10_000_000)
    asyncio.run(sent(table, None, leave_after=3))
    assert table.reads < 10
