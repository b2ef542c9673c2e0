"""The one table from the core's families of errors to the vendor's answers."""

from collections.abc import Mapping
from typing import Any

from jobmill.core import errors as core

STATUS: Mapping[type[core.JobmillError], int] = {
    core.InvalidInput: 400,
    core.MalformedBody: 400,
    core.UnsupportedBody: 415,
    core.MediaNotTaken: 415,
    core.NotAuthenticated: 401,
    core.NotAllowed: 403,
    core.NotFound: 404,
    core.Conflict: 409,
    core.TooLarge: 413,
    core.LimitExceeded: 429,
    core.Unavailable: 503,
    core.InternalError: 500,
    core.JobmillError: 500,
}


def status_of(error: type[core.JobmillError]) -> int:
    """The HTTP status of an error: of the nearest family in the table."""
    return next(STATUS[family] for family in error.__mro__ if family in STATUS)


def body_of(error: core.JobmillError) -> dict[str, Any]:
    """What stands under `response` of an answer that tells of an error."""
    details = {key: value for key, value in error.details.items() if value is not None}
    if error.field is not None:
        details["field"] = error.field
    return {"error": {"code": error.code, "message": error.message, "details": details}}
