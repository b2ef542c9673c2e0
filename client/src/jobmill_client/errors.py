"""What can go wrong when talking to a server: one class per family of problems, told by status.

A caller catches the family and reads `code` where the exact case matters.
"""

from collections.abc import Mapping
from typing import Any


class JobmillError(Exception):
    """Something went wrong.

    `code` is the server's stable word for it (such as `unknown_feature`), `field` the part of the
    request that is meant, `fix` what to do; `status` is the HTTP status, None without an answer.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "error",
        status: int | None = None,
        field: str | None = None,
        fix: str | None = None,
        problem: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.field = field
        self.fix = fix
        self.problem = dict(problem or {})


class NotReachable(JobmillError):
    """No server answers at this address, or the connection broke."""


class AnswerNotUnderstood(JobmillError):
    """What answered does not speak as a Jobmill server does."""


class InvalidInput(JobmillError):
    """The request is wrong: see `field` and `fix`."""


class NotAuthenticated(JobmillError):
    """The key is missing or not valid."""


class NotAllowed(JobmillError):
    """The key lacks a right."""


class NotFound(JobmillError):
    """There is no such thing, or none that this key may see."""


class Conflict(JobmillError):
    """The thing is in a state that does not allow this."""


class LimitExceeded(JobmillError):
    """Too large, or too many."""


class Unavailable(JobmillError):
    """Something the server needs is missing now; later may work."""


class ServerFailed(JobmillError):
    """The server made a mistake; its log tells more (search for the request id)."""


class WaitTimeout(JobmillError):
    """The job had not ended when the time was over; it goes on."""


_FAMILIES: dict[int, type[JobmillError]] = {
    400: InvalidInput,
    401: NotAuthenticated,
    403: NotAllowed,
    404: NotFound,
    405: NotFound,
    409: Conflict,
    410: NotFound,
    412: Conflict,
    413: LimitExceeded,
    415: InvalidInput,
    416: InvalidInput,
    422: InvalidInput,
    429: LimitExceeded,
    502: NotReachable,
    503: Unavailable,
    504: NotReachable,
}


def error_of(status: int, problem: Mapping[str, Any]) -> JobmillError:
    """The error for a problem document (RFC 9457) that came with this status."""
    family = _FAMILIES.get(status, ServerFailed if status >= 500 else InvalidInput)
    message = problem.get("detail") or problem.get("title") or f"The server answered {status}."
    return family(
        str(message),
        code=str(problem.get("code") or "error"),
        status=status,
        field=problem.get("field"),
        fix=problem.get("fix"),
        problem=problem,
    )
