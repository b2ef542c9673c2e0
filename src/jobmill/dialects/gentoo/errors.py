"""The vendor's error answers, in Google's shape, and the one table from the core's families."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from jobmill.core import errors as core
from jobmill.dialects.gentoo.mapping.features import feature_named
from jobmill.dialects.gentoo.schema import FEATURES

Handler = Callable[[Request], Awaitable[Response]]
LOG = structlog.get_logger("jobmill.gentoo")
INPUT = "inputUri"

STATUS: Mapping[type[core.JobmillError], tuple[int, str]] = {
    core.InvalidInput: (400, "INVALID_ARGUMENT"),
    core.NotAuthenticated: (401, "UNAUTHENTICATED"),
    core.NotAllowed: (403, "PERMISSION_DENIED"),
    core.NotFound: (404, "NOT_FOUND"),
    core.NameTaken: (409, "ALREADY_EXISTS"),
    core.Conflict: (409, "FAILED_PRECONDITION"),
    core.TooLarge: (413, "RESOURCE_EXHAUSTED"),
    core.LimitExceeded: (429, "RESOURCE_EXHAUSTED"),
    core.Unavailable: (503, "UNAVAILABLE"),
    core.InternalError: (500, "INTERNAL"),
    core.JobmillError: (500, "INTERNAL"),
}


def status_of(error: type[core.JobmillError]) -> tuple[int, str]:
    """HTTP status and google.rpc name of an error: of the nearest family in the table."""
    return next(STATUS[family] for family in error.__mro__ if family in STATUS)


def error_answer(error: core.JobmillError) -> Response:
    """The answer for an error of the core."""
    code, status = status_of(type(error))
    headers = {"WWW-Authenticate": "Bearer"} if code == 401 else None
    message, field = error.message, error.field
    if field is not None and field.startswith("input."):
        message, field = f"{INPUT}: {message}", INPUT
    return failure(
        code, status, _in_vendor_words(message), field and _in_vendor_words(field), headers
    )


def failure(
    code: int,
    status: str,
    message: str,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error body in Google's shape."""
    error: dict[str, Any] = {"code": code, "message": message, "status": status}
    if field is not None:
        violation = {"field": field, "description": message}
        kind = "type.googleapis.com/google.rpc.BadRequest"
        error["details"] = [{"@type": kind, "fieldViolations": [violation]}]
    return JSONResponse({"error": error}, code, headers)


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
            LOG.exception("gentoo.failed", path=request.url.path)
            return failure(500, "INTERNAL", "The server failed; its log says why.")

    return answered


def _in_vendor_words(text: str) -> str:
    """The core names parameters by feature, the vendor by config object."""
    if "params." not in text:
        return text
    for name in FEATURES:
        text = text.replace(f"params.{name}", f"videoContext.{feature_named(name).config}")
    return text.replace("params.", "videoContext.")
