"""Requests to a service: ask whether it is ready, give it work, take its answer into a file.

Follows no redirect, sends no credential of ours, inflates nothing, and goes only where the guard
lets it. Imports httpcore2 when the first request is made.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jobmill.adapters.fetch.dialing import Resolve, resolve_host
from jobmill.adapters.fetch.guard import Guard
from jobmill.adapters.fetch.target import Target, parse_target
from jobmill.adapters.http_engine.form import Form
from jobmill.core.errors import FetchFailed

if TYPE_CHECKING:
    import httpcore2

    from jobmill.adapters.fetch.connection import Dial

CONNECT_SECONDS = 10.0
MOST_CONNECTIONS = 256
REASON_BYTES = 4096
"""Of the answer to a request that failed."""


class EngineAway(Exception):
    """The service cannot be reached, or `broke` off while it had the work."""

    def __init__(self, message: str, *, broke: bool = False) -> None:
        super().__init__(message)
        self.broke = broke


class AnswerTooLarge(Exception):
    """The service sends more than it may."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__()
        self.most_bytes = most_bytes


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """What came back. A good answer's bytes lie at `path`; of a bad one `reason` has the start, and
    `failure` its class, if the service is made with our kit."""

    status: int
    media_type: str
    size: int
    path: Path | None = None
    reason: str = ""
    failure: str = ""


class EngineClient:
    """Keeps connections to services between requests."""

    def __init__(
        self, guard: Guard, resolve: Resolve | None = None, dial: "Dial | None" = None
    ) -> None:
        self._guard = guard
        self._resolve = resolve or resolve_host
        self._dial = dial
        self._pool: httpcore2.AsyncConnectionPool | None = None

    async def ready(self, url: str, seconds: float) -> EngineAnswer:
        """What `ready` says. Raises EngineAway, AddressNotAllowed."""
        target = self._target(url)
        try:
            async with (
                asyncio.timeout(seconds),
                self._answer("GET", target, None) as answer,
            ):
                reason = await _beginning(answer)
                return EngineAnswer(answer.status, "", 0, reason=reason)
        except TimeoutError:
            message = f"{target.authority} did not answer within {seconds:g} s"
            raise EngineAway(message) from None

    async def process(
        self, url: str, form: Form, sink: Path, most_bytes: Callable[[str], int]
    ) -> EngineAnswer:
        """Give it work; the answer of a success is written to `sink`, and has `most_bytes` for its
        media type.

        Raises EngineAway, AddressNotAllowed, AnswerTooLarge. Takes as long as the service does.
        """
        target = self._target(url)
        async with self._answer("POST", target, form) as answer:
            media_type = _header(answer, b"content-type") or ""
            if answer.status != 200:
                failure = _header(answer, b"x-jobmill-failure") or ""
                reason = await _beginning(answer)
                return EngineAnswer(answer.status, media_type, 0, reason=reason, failure=failure)
            encoding = (_header(answer, b"content-encoding") or "identity").strip().lower()
            if encoding not in ("", "identity"):
                reason = "its answer has a Content-Encoding although none was asked for"
                return EngineAnswer(0, media_type, 0, reason=reason)
            size = await _into(answer, sink, most_bytes(media_type))
            return EngineAnswer(200, media_type, size, sink)

    async def close(self) -> None:
        """Close what is open."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.aclose()

    def _target(self, url: str) -> Target:
        target = parse_target(url)
        self._guard.check_host(target.host, target.port)
        return target

    @asynccontextmanager
    async def _answer(
        self, method: str, target: Target, form: Form | None
    ) -> "AsyncIterator[httpcore2.Response]":
        from jobmill.adapters.fetch.failures import told_as_fetch_failed

        began = False
        try:
            with told_as_fetch_failed(target):
                pool = await self._connections()
                request = _request(method, target, form)
                answer = await pool.handle_async_request(request)
                began = True
                try:
                    yield answer
                finally:
                    await answer.aclose()
        except FetchFailed as error:
            away = error.message.rstrip(".")
            raise EngineAway(away, broke=began or _was_talking(error)) from error

    async def _connections(self) -> "httpcore2.AsyncConnectionPool":
        if self._pool is None:
            # The import and the reading of the trusted certificates would hold the loop up.
            made = await asyncio.to_thread(self._make_pool)
            self._pool = self._pool or made
        return self._pool

    def _make_pool(self) -> "httpcore2.AsyncConnectionPool":
        import httpcore2

        from jobmill.adapters.fetch.connection import GuardedBackend, dial_tcp

        tls: ssl.SSLContext = httpcore2.default_ssl_context()
        backend = GuardedBackend(self._guard, self._resolve, self._dial or dial_tcp)
        return httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            network_backend=backend,
            max_connections=MOST_CONNECTIONS,
            keepalive_expiry=10.0,
        )


def _request(method: str, target: Target, form: Form | None) -> "httpcore2.Request":
    import httpcore2

    headers = [
        ("Host", target.authority),
        ("User-Agent", "jobmill"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
    ]
    if form is not None:
        headers += [("Content-Type", form.content_type), ("Content-Length", str(form.length))]
    return httpcore2.Request(
        method,
        httpcore2.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.resource
        ),
        headers=headers,
        content=None if form is None else form.pieces(),
        extensions={"timeout": {"connect": CONNECT_SECONDS}},
    )


def _was_talking(error: FetchFailed) -> bool:
    """Whether the connection stood: what failed later was begun."""
    import httpcore2

    cause = error.__cause__
    return isinstance(
        cause, httpcore2.ReadError | httpcore2.WriteError | httpcore2.RemoteProtocolError
    )


async def _beginning(answer: "httpcore2.Response") -> str:
    kept = b""
    async for piece in answer.aiter_stream():
        kept += piece
        if len(kept) >= REASON_BYTES:
            break
    return kept[:REASON_BYTES].decode("utf-8", "replace").replace("\x00", "\ufffd").strip()


async def _into(answer: "httpcore2.Response", sink: Path, most_bytes: int) -> int:
    size = 0
    with await asyncio.to_thread(sink.open, "xb") as file:
        async for piece in answer.aiter_stream():
            size += len(piece)
            if size > most_bytes:
                raise AnswerTooLarge(most_bytes)
            await asyncio.to_thread(file.write, piece)
    return size


def _header(answer: "httpcore2.Response", name: bytes) -> str | None:
    for key, value in answer.headers:
        if key.lower() == name:
            return value.decode("latin-1")
    return None
