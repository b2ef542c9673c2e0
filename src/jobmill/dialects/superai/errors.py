"""The vendor's error answers, `{"message": …}`, and the one table from the core's families.

Its client takes 409 for a name that is taken and nothing else, so that a state which does not allow
something is a 400.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from jobmill.core import errors as core

Handler = Callable[[Request], Awaitable[Response]]
LOG = structlog.get_logger("jobmill.superai")

STATUS: Mapping[type[core.JobmillError], int] = {
    core.InvalidInput: 400,
    core.UnsupportedBody: 415,
    core.NotAuthenticated: 401,
    core.NotAllowed: 403,
    core.NotFound: 404,
    core.NameTaken: 409,
    core.Conflict: 400,
    core.TooLarge: 413,
    core.LimitExceeded: 429,
    core.Unavailable: 503,
    core.InternalError: 500,
    core.JobmillError: 500,
}


def status_of(error: type[core.JobmillError]) -> int:
    """The HTTP status of an error: of the nearest family in the table."""
    return next(STATUS[family] for family in error.__mro__ if family in STATUS)


def error_answer(error: core.JobmillError) -> Response:
    """The answer for an error of the core. Beside the vendor's `message` it has our stable `code`
    and, where one is to blame, the `field`."""
    body: dict[str, Any] = {"message": error.message, "code": error.code}
    if error.field is not None:
        body["field"] = error.field
    if (fix := error.details.get("fix")) is not None:
        body["message"] = f"{error.message} {fix}"
    headers = {}
    if retry := error.details.get("retry_after"):
        headers["Retry-After"] = str(retry)
    return JSONResponse(body, status_of(type(error)), headers)


def answering(handler: Handler) -> Handler:
    """Let a handler raise: every error becomes an answer in the vendor's shape."""

    @wraps(handler)
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except core.JobmillError as error:
            return error_answer(error)
        except (HTTPException, ClientDisconnect):
            raise
        except Exception:
            LOG.exception("superai.failed", path=request.url.path)
            return error_answer(core.InternalError("The server failed; its log says why."))

    return answered
