"""Errors that leave a handler: each is answered in the shape of the transport it came through."""

import traceback
from collections.abc import Callable

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobmill.core.errors import InternalError, JobmillError
from jobmill.http.dialect import dialect_of

LOG = structlog.get_logger("jobmill.http")
CLIENT_CLOSED = 499
Refusal = Callable[[Request, JobmillError], Response]


def install_refusals(app: Starlette, native: Refusal) -> None:
    """Answer errors of the core, and surprises; `native` speaks for all but the dialects."""

    def refuse(request: Request, error: JobmillError) -> Response:
        dialect = dialect_of(request)
        if dialect is not None and dialect.refusal is not None:
            return dialect.refusal(error)
        return native(request, error)

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, JobmillError)  # noqa: S101  registered for this class only
        return refuse(request, error)

    async def gone(request: Request, error: Exception) -> Response:
        return Response(status_code=CLIENT_CLOSED)  # nobody reads it

    app.add_exception_handler(JobmillError, known)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_middleware(Surprises, refuse=refuse)


class Surprises:
    """ASGI middleware: an unforeseen exception is logged, and answered without its details."""

    def __init__(self, app: ASGIApp, refuse: Refusal) -> None:
        self.app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as surprise:
            if begun:  # too late for another answer: the server cuts the connection
                raise
            # As text: a renderer that draws tracebacks with all their values takes seconds.
            trace = "".join(traceback.format_exception(surprise))
            LOG.error(
                "request.surprised",
                method=scope["method"],
                path=scope["path"],
                exception=trace,
            )
            error = surprise if isinstance(surprise, JobmillError) else InternalError()
            await self._refuse(Request(scope), error)(scope, receive, send)
