"""The vendor's error names and texts, and the one table from the core's families."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from jobmill.core import errors as core
from jobmill.core.ids import new_id
from jobmill.dialects.aiware.mapping.times import text_of

NOT_FOUND_TEXT = "The requested object was not found"

NAMES: Mapping[type[core.JobmillError], str] = {
    core.InvalidInput: "invalid_input",
    core.NotAuthenticated: "authentication_error",
    core.NotAllowed: "not_allowed",
    core.NotFound: "not_found",
    core.Conflict: "invalid_input",
    core.LimitExceeded: "capacity_exceeded",
    core.TooManyAttempts: "rate_limited",
    core.Unavailable: "service_unavailable",
    core.InternalError: "internal_error",
    core.JobmillError: "internal_error",
}
STATUS: Mapping[str, int] = {
    "invalid_input": 400,
    "authentication_error": 401,
    "not_allowed": 403,
    "not_found": 404,
    "capacity_exceeded": 413,
    "rate_limited": 429,
    "service_unavailable": 503,
    "service_failure": 500,
    "not_implemented": 501,
    "internal_error": 500,
}


class NotServed(core.InvalidInput):
    """This is not served here."""


class ExportFailed(core.Unavailable):
    """The export could not be made."""


def name_of(error: type[core.JobmillError]) -> str:
    """The vendor's name of an error: of the nearest family in the table."""
    if error in _OURS:
        return _OURS[error]
    return next(NAMES[family] for family in error.__mro__ if family in NAMES)


_OURS = {NotServed: "not_implemented", ExportFailed: "service_failure"}


def error_body(error: core.JobmillError, now: datetime | None = None) -> dict[str, Any]:
    """An error in the vendor's words. What is not found keeps our sentence in `data`."""
    name = name_of(type(error))
    message = _in_vendor_words(error.message)
    data: dict[str, Any] = {"errorId": new_id(), "serviceMessage": message, "code": error.code}
    for key in ("objectId", "objectType"):
        if key in error.details:
            data[key] = error.details[key]
    if error.field is not None:
        data["field"] = _in_vendor_words(error.field)
    body = {
        "message": NOT_FOUND_TEXT if name == "not_found" else message,
        "name": name,
        "data": data,
    }
    return body if now is None else {**body, "time_thrown": text_of(now)}


def error_answer(error: core.JobmillError, now: datetime | None = None) -> Response:
    """The answer for an error that no field of a query stands for."""
    body = error_body(error, now)
    status = STATUS.get(body["name"], 400)
    headers = {}
    if isinstance(error, core.NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    return JSONResponse({"errors": [body]}, status, headers)


_WORDS = (("max_engines", "maxEngines"), ("max_retries", "maxRetries"))


def _in_vendor_words(text: str) -> str:
    for ours, theirs in _WORDS:
        text = text.replace(ours, theirs)
    return text
