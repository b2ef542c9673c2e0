"""The vendor's errors: AppSync's shape, one table from the core's families to their types."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse, Response

from jobmill.core import errors as core

NOT_FOUND_TEXT = "Resource not found in move-ugc-api."
TYPES: Mapping[type[core.JobmillError], str] = {
    core.InvalidInput: "MoveValidationError",
    core.NotAuthenticated: "UnauthorizedException",
    core.NotAllowed: "Unauthorized",
    core.NotFound: "MoveNotFoundError",
    core.Conflict: "MoveConflictError",
    core.LimitExceeded: "MoveLimitExceededError",
    core.Unavailable: "MoveServiceUnavailableError",
    core.InternalError: "MoveInternalError",
    core.JobmillError: "MoveInternalError",
}
STATUS: Mapping[str, int] = {
    "MoveValidationError": 400,
    "UnauthorizedException": 401,
    "Unauthorized": 403,
    "MoveNotFoundError": 404,
    "MoveConflictError": 409,
    "MoveLimitExceededError": 413,
    "MoveServiceUnavailableError": 503,
    "MoveInternalError": 500,
}
FAULT = "BadRequestException"
"""Of a document that cannot be run."""


def type_of(error: type[core.JobmillError]) -> str:
    """The vendor's type of an error: of the nearest family in the table."""
    return next(TYPES[family] for family in error.__mro__ if family in TYPES)


def error_body(
    error: core.JobmillError,
    path: Sequence[Any] | None = None,
    locations: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """An error in the vendor's words; our sentence and code stand in `errorInfo`."""
    name = type_of(type(error))
    found = name == "MoveNotFoundError"
    return shaped(
        NOT_FOUND_TEXT if found else error.message,
        name,
        path,
        locations,
        {"code": error.code, "field": error.field, "detail": error.message},
    )


def shaped(
    message: str,
    name: str,
    path: Sequence[Any] | None,
    locations: Sequence[Mapping[str, Any]],
    info: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """AppSync's shape: what others put under `extensions` stands beside the message."""
    return {
        "path": None if path is None else list(path),
        "data": None,
        "errorType": name,
        "errorInfo": info,
        "locations": [{**each, "sourceName": None} for each in locations],
        "message": message,
    }


def error_answer(error: core.JobmillError) -> Response:
    """The answer for an error that no field of a query stands for."""
    body = error_body(error)
    headers = {}
    if isinstance(error, core.NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    status = 429 if isinstance(error, core.TooManyAttempts) else STATUS[body["errorType"]]
    return JSONResponse({"data": None, "errors": [body]}, status, headers)
