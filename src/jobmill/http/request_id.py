"""Every request has an id: the caller's own or a new one; in the answer and in each log line.

One line tells of each request that may change something or was refused; of reads only at level
debug. It names the route, not the path: addresses can hold what opens things.
"""

import re
import secrets
import time
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobmill.http.routes import route_path

HEADER = "X-Request-Id"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
REFUSED = 400
LOG = structlog.get_logger("jobmill.http")
_PLAIN = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


class RequestIds:
    """ASGI middleware. An id that a caller sends is kept when it is plain and short."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _PLAIN.fullmatch(given) else secrets.token_hex(8)
        scope["request_id"] = request_id

        began, status = time.perf_counter(), 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
                status = message["status"]
            await send(message)

        structlog.contextvars.clear_contextvars()  # a connection's next request is another one
        with structlog.contextvars.bound_contextvars(request=request_id):
            try:
                await self.app(scope, receive, named)
            finally:
                _tell(scope, status, time.perf_counter() - began)


def speak_of(job: str) -> None:
    """This request is about a job: the log lines from here on name it."""
    structlog.contextvars.bind_contextvars(job=job)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    facts: dict[str, Any] = {
        "method": scope["method"],
        "route": route_path(scope),
        "status": status,
        "ms": round(1000 * seconds, 1),
    }
    if scope["method"] in READS and 0 < status < REFUSED:
        LOG.debug("request.answered", **facts)
    else:
        LOG.info("request.answered", **facts)


def request_id_of(connection: HTTPConnection) -> str:
    """The id of this request."""
    return str(connection.scope.get("request_id", ""))
