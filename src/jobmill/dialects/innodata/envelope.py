"""The envelope around every JSON answer, and routes that answer errors in it."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobmill.core.errors import InternalError, JobmillError
from jobmill.dialects.innodata.errors import body_of, status_of

Handler = Callable[[Request], Awaitable[Response]]
LOG = structlog.get_logger("jobmill.innodata")
CHALLENGE = 'Basic realm="jobmill", charset="UTF-8"'


def answer(
    response: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """`response` in the envelope. Its `tracking` stands in the log line of the request too."""
    tracking = str(uuid.uuid4())
    structlog.contextvars.bind_contextvars(tracking=tracking)
    body = {
        "success": status < 400,
        "status_code": status,
        "tracking": tracking,
        "response": response,
    }
    return JSONResponse(body, status, headers)


def refused(error: JobmillError) -> Response:
    """The answer for an error of the core."""
    status = status_of(type(error))
    headers = {"WWW-Authenticate": CHALLENGE} if status == 401 else {}
    if retry := error.details.get("retry_after"):
        headers["Retry-After"] = str(retry)
    return answer(body_of(error), status, headers)


def route(path: str, method: str, handler: Handler) -> Route:
    """A route whose errors are answered in the envelope."""
    return Route(path, answering(handler), methods=[method])


def answering(handler: Handler) -> Handler:
    """Let a handler raise: every error becomes an answer in the envelope."""

    @wraps(handler)
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except JobmillError as error:
            return refused(error)
        except (HTTPException, ClientDisconnect):
            raise
        except Exception:
            LOG.exception("innodata.failed", path=request.url.path)
            return refused(InternalError("The server failed; its log says why."))

    return answered
