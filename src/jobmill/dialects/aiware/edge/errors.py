"""Edge's error answers, `{id, description, detail}`, and the one table from the core's families."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from jobmill.core import errors as core
from jobmill.core.ids import new_id
from jobmill.dialects.aiware.edge.mapping.refusals import PushNotServed
from jobmill.dialects.aiware.errors import NotServed

STATUS: Mapping[type[core.JobmillError], int] = {
    NotServed: 501,
    PushNotServed: 501,
    core.InvalidInput: 400,
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
AGAIN_SECONDS = 5


def status_of(error: type[core.JobmillError]) -> int:
    """The HTTP code of an error: of the nearest family in the table."""
    return next(STATUS[family] for family in error.__mro__ if family in STATUS)


def error_body(error: core.JobmillError) -> dict[str, Any]:
    """An error in Edge's shape; beyond it our stable code, and the field that it is about."""
    details = [f"{name}={value}" for name, value in error.details.items() if _is_plain(value)]
    if error.field is not None:
        details.insert(0, f"field={error.field}")
    body = {"id": new_id(), "description": error.message, "detail": " ".join(details)}
    body["code"] = error.code
    return body if error.field is None else {**body, "field": error.field}


def error_answer(error: core.JobmillError) -> Response:
    """The answer for an error of the core."""
    code = status_of(type(error))
    headers = {}
    if code == 401:
        headers["WWW-Authenticate"] = "Bearer"
    wait = error.details.get("retry_after", AGAIN_SECONDS if code in (429, 503) else None)
    if wait is not None:
        headers["Retry-After"] = str(wait)
    return JSONResponse(error_body(error), code, headers)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)
