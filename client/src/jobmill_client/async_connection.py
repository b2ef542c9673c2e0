"""Drives calls on an asyncio event loop. Knows nothing of what they mean."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from typing import Any, TypeVar

import httpx2

from jobmill_client.address import Address
from jobmill_client.connection import CHUNK, full_url, headers_for, timeout_of
from jobmill_client.exchange import Terms
from jobmill_client.retrying import Patience
from jobmill_client.steps import (
    Body,
    Item,
    Next,
    Opened,
    Pause,
    Program,
    Read,
    Report,
    Request,
    Send,
    Step,
    Stream,
    Work,
)

T = TypeVar("T")


class AsyncConnection:
    """One server, by one key. `timeout` is the longest silence on a connection, in seconds."""

    def __init__(
        self,
        address: Address,
        *,
        timeout: float,
        patience: Patience | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        agent: str = "jobmill-client",
    ) -> None:
        self.terms = Terms(address.url, patience or Patience())
        self._timeout = timeout_of(timeout)
        self._http = httpx2.AsyncClient(headers=headers_for(address, agent), transport=transport)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def run(self, program: Program[T]) -> T:
        """Take a call to its end; a cancelled one closes what it opened."""
        given: Any = None
        broken: Exception | None = None
        opened: set[Opened] = set()
        try:
            while True:
                try:
                    step = program.throw(broken) if broken else program.send(given)
                except StopIteration as end:
                    result: T = end.value
                    return result
                given, broken = await self._do(step, opened)
        finally:
            await _close_all(program, opened)

    async def iterate(self, stream: Stream[T]) -> AsyncGenerator[T, None]:
        """What a call hands out, as it comes. All is closed when the iterator is."""
        given: Any = None
        broken: Exception | None = None
        opened: set[Opened] = set()
        try:
            while True:
                try:
                    step = stream.throw(broken) if broken else stream.send(given)
                except StopIteration:
                    return
                if isinstance(step, Item):
                    yield step.value
                    given, broken = None, None
                else:
                    given, broken = await self._do(step, opened)
        finally:
            await _close_all(stream, opened)

    async def _do(self, step: Step, opened: set[Opened]) -> tuple[Any, Exception | None]:
        try:
            return await self._perform(step, opened), None
        except Exception as error:  # the call judges it
            return None, error

    async def _perform(self, step: Step, opened: set[Opened]) -> Any:
        if isinstance(step, Send):
            found = await self._send(step.request)
            opened.add(found)
            return found
        if isinstance(step, Next):
            return await _next(step)
        if isinstance(step, Pause):
            return await asyncio.sleep(step.seconds)
        if isinstance(step, Work):
            return await asyncio.to_thread(step.task)
        content = await step.opened.response.aread() if isinstance(step, Read) else None
        await _close(step.opened)
        opened.discard(step.opened)
        return content

    async def _send(self, request: Request) -> Opened:
        response = await self._http.send(
            self._http.build_request(
                request.method,
                full_url(self.terms, request.path),
                content=_reported(request.body, request.report) if request.body else None,
                timeout=self._timeout if request.silence is None else request.silence,
                **request.options(),
            ),
            stream=True,
        )
        return Opened(response.status_code, response.headers, str(response.url), response)


async def _next(step: Next) -> Any:
    opened = step.opened
    if opened.pieces is None:
        response: httpx2.Response = opened.response
        events = step.form == "events"
        pieces = httpx2.EventSource(response) if events else response.aiter_bytes(CHUNK)
        opened.pieces = aiter(pieces)
    return await anext(opened.pieces, None)


async def _close(opened: Opened) -> None:
    if opened.pieces is not None:
        await opened.pieces.aclose()
    await opened.response.aclose()


async def _close_all(program: Generator[Any, Any, Any], opened: set[Opened]) -> None:
    program.close()
    for each in opened:
        await _close(each)


async def _reported(body: Body, report: Report | None) -> AsyncIterator[bytes]:
    chunks = iter(body())
    sent = 0
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk
        sent += len(chunk)
        if report:
            report(sent)
