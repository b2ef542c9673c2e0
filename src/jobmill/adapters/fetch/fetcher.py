"""Brings bytes from public addresses into the blob store, within limits of size and time.

Follows redirects by hand, so that each hop is checked like the first. Never sends a credential,
never inflates a compressed body, never tells more about a network than the address already says.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from jobmill.adapters.fetch.guard import Guard, Network
from jobmill.adapters.fetch.naming import media_type_of, name_of
from jobmill.adapters.fetch.streaming import StreamedFetch
from jobmill.adapters.fetch.target import Target, parse_target
from jobmill.core.errors import (
    AddressNotAllowed,
    FetchFailed,
    FetchTimedOut,
    InvalidInput,
    TooLarge,
)
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import BlobStore, Fetched

if TYPE_CHECKING:
    import httpcore2

    from jobmill.adapters.fetch.connection import Dial, Resolve

MAX_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
# Bytes that a body must bring in `idle_seconds` of waiting: less is a server that holds us up.
SLOWEST = 1024


class GuardedFetcher:
    """Implements `Fetcher` over httpcore2 with the project's own guard on every connection.

    `allow` are the networks that the operator opens beyond the public internet. `total_seconds`
    bounds a whole fetch; `idle_seconds` bounds each wait: for the head of an answer, and for the
    next piece of its body. `resolve` and `dial` replace the system's resolver and sockets.
    """

    def __init__(
        self,
        blobs: BlobStore,
        allow: Sequence[Network] = (),
        *,
        max_bytes: int,
        total_seconds: float,
        idle_seconds: float,
        resolve: "Resolve | None" = None,
        dial: "Dial | None" = None,
    ) -> None:
        self._blobs = blobs
        self._guard = Guard(tuple(allow))
        self._max_bytes = max_bytes
        self._total = total_seconds
        self._idle = idle_seconds
        self._resolve = resolve
        self._dial = dial
        self._tls: ssl.SSLContext | None = None

    def check(self, url: str) -> None:
        """Raise InvalidInput when the address can never be fetched. Resolves no name."""
        self._checked(url)

    async def fetch(
        self,
        organization: OrganizationNumber,
        url: str,
        accept: Callable[[str], None] | None = None,
    ) -> Fetched:
        """Fetch into the blob store.

        Raises AddressNotAllowed, FetchFailed or TooLarge, what `accept` raises, and InvalidInput
        for what `check` refuses; nothing is kept then.
        """
        target = self._checked(url)
        async with self._in_time(target), self._final_answer(target) as (final, answer):
            if accept is not None:
                accept(_named(target, final, answer)[0])
            try:
                async with aclosing(self._body(final, answer)) as body:
                    stored = await self._blobs.put(organization, body, self._max_bytes)
            except TooLarge:
                raise self._too_large(final) from None
            return Fetched(stored, *_named(target, final, answer))

    @asynccontextmanager
    async def stream(
        self, organization: OrganizationNumber, url: str
    ) -> AsyncIterator[StreamedFetch]:
        """Fetch into the blob store and read meanwhile; see `Fetcher`."""
        target = self._checked(url)
        streamed = StreamedFetch()
        receiving = asyncio.ensure_future(self._receive(organization, target, streamed))
        try:
            await streamed.begun
            yield streamed
        finally:
            receiving.cancel()
            await asyncio.wait([receiving])
            streamed.close()

    async def _receive(
        self, organization: OrganizationNumber, target: Target, streamed: StreamedFetch
    ) -> None:
        """Keep the bytes at the pace of their server, however slowly they are read here."""
        try:
            async with self._in_time(target), self._final_answer(target) as (final, answer):
                try:
                    async with self._blobs.receiving(organization, self._max_bytes) as file:
                        media_type, name = _named(target, final, answer)
                        streamed.begin(media_type, name, file.path)
                        async with aclosing(self._body(final, answer)) as body:
                            async for piece in body:
                                await file.write(piece)
                                streamed.grow(len(piece))
                        streamed.complete()
                        streamed.keep(await file.keep())
                except TooLarge:
                    raise self._too_large(final) from None
        except Exception as error:
            streamed.fail(error)

    @asynccontextmanager
    async def _in_time(self, target: Target) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._total) as limit:
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            raise FetchTimedOut(
                f"{target.authority} took longer than {self._total:g} s to send everything."
            ) from None

    def _checked(self, url: str) -> Target:
        target = parse_target(url)
        self._guard.check_host(target.host, target.port)
        return target

    @asynccontextmanager
    async def _final_answer(
        self, first: Target
    ) -> AsyncIterator[tuple[Target, "httpcore2.Response"]]:
        """The answer at the end of all redirects, whose head will do, and where it is from."""
        target = first
        async with await self._pool() as pool:
            for _ in range(MAX_REDIRECTS + 1):
                async with self._answer(pool, target) as answer:
                    location = _header(answer, b"location")
                    if answer.status not in REDIRECTS or location is None:
                        self._check_head(target, answer)
                        yield target, answer
                        return
                target = self._redirected(target, location)
        raise FetchFailed(f"{first.authority} redirects more than {MAX_REDIRECTS} times.")

    def _redirected(self, target: Target, location: str) -> Target:
        try:
            following = target.join(location)
            self._guard.check_host(following.host, following.port)
        except AddressNotAllowed as error:
            message = f"{target.authority} redirects to where no fetch may go. {error.message}"
            raise AddressNotAllowed(message) from None
        except InvalidInput:
            raise FetchFailed(f"{target.authority} redirects to a malformed address.") from None
        return following

    @asynccontextmanager
    async def _answer(
        self, pool: "httpcore2.AsyncConnectionPool", target: Target
    ) -> AsyncIterator["httpcore2.Response"]:
        from jobmill.adapters.fetch.failures import told_as_fetch_failed

        with told_as_fetch_failed(target):
            answer = await self._head(pool, target)
            try:
                yield answer
            finally:
                await answer.aclose()

    async def _head(
        self, pool: "httpcore2.AsyncConnectionPool", target: Target
    ) -> "httpcore2.Response":
        request = _request(target, connect_seconds=self._idle)
        try:
            async with asyncio.timeout(self._idle) as limit:
                return await pool.handle_async_request(request)
        except TimeoutError:
            if not limit.expired():
                raise
            raise FetchTimedOut(f"{target.authority} did not answer in {self._idle:g} s.") from None

    def _check_head(self, target: Target, answer: "httpcore2.Response") -> None:
        if answer.status != 200:
            from jobmill.adapters.fetch.failures import failed_by, status_phrase

            told = f"{target.authority} answered {status_phrase(answer.status)}."
            raise failed_by(answer.status)(told)
        encoding = (_header(answer, b"content-encoding") or "identity").strip().lower()
        if encoding not in ("", "identity"):
            raise FetchFailed(
                f"{target.authority} sends the file with a Content-Encoding although none was "
                "asked for, and a fetch inflates nothing. Serve the file as it is."
            )
        declared = _header(answer, b"content-length")
        if declared is not None and int(declared) > self._max_bytes:
            raise self._too_large(target)

    async def _body(
        self, target: Target, answer: "httpcore2.Response"
    ) -> AsyncGenerator[bytes, None]:
        clock = asyncio.get_running_loop().time
        waited, brought = 0.0, 0
        async with aclosing(answer.aiter_stream()) as pieces:
            while True:
                asked = clock()
                piece = await self._next_piece(target, pieces)
                if piece is None:
                    return
                # Only the wait for the server counts, not the time the store takes to write.
                waited, brought = waited + clock() - asked, brought + len(piece)
                if waited >= self._idle:
                    if brought < SLOWEST:
                        raise self._too_slow(target)
                    waited, brought = 0.0, 0
                yield piece

    async def _next_piece(self, target: Target, pieces: AsyncIterator[bytes]) -> bytes | None:
        try:
            async with asyncio.timeout(self._idle) as limit:
                return await anext(pieces, None)
        except TimeoutError:
            if not limit.expired():
                raise
            raise self._too_slow(target) from None

    async def _pool(self) -> "httpcore2.AsyncConnectionPool":
        # The import and the reading of the trusted certificates would hold the event loop up.
        return await asyncio.to_thread(self._make_pool)

    def _make_pool(self) -> "httpcore2.AsyncConnectionPool":
        import httpcore2

        from jobmill.adapters.fetch.connection import dial_tcp, guarded_pool, resolve_host

        if self._tls is None:
            self._tls = httpcore2.default_ssl_context()
        return guarded_pool(
            self._guard, self._resolve or resolve_host, self._dial or dial_tcp, self._tls
        )

    def _too_large(self, target: Target) -> TooLarge:
        return TooLarge(f"{target.authority} sends more than the {self._max_bytes} bytes allowed.")

    def _too_slow(self, target: Target) -> FetchFailed:
        return FetchTimedOut(f"{target.authority} sent next to nothing for {self._idle:g} s.")


def _named(first: Target, final: Target, answer: "httpcore2.Response") -> tuple[str, str]:
    """The media type and the name of what comes."""
    name = name_of(_header(answer, b"content-disposition"), final.path, first.path)
    return media_type_of(_header(answer, b"content-type"), name), name


def _request(target: Target, connect_seconds: float) -> "httpcore2.Request":
    import httpcore2

    return httpcore2.Request(
        "GET",
        httpcore2.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.resource
        ),
        headers=[
            ("Host", target.authority),
            ("User-Agent", "jobmill"),
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
        ],
        extensions={"timeout": {"connect": connect_seconds}},
    )


def _header(answer: "httpcore2.Response", name: bytes) -> str | None:
    for key, value in answer.headers:
        if key.lower() == name:
            return value.decode("utf-8", errors="replace")
    return None
