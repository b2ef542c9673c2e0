"""The families: what a transport's table of answers is about."""

from typing import Any, ClassVar


class JobmillError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str | None = None, *, field: str | None = None, **details: Any):
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.field = field
        self.details = details
        super().__init__(self.message)


class InvalidInput(JobmillError):
    """The request is not valid."""

    code = "invalid_input"


class NotAuthenticated(JobmillError):
    """A valid API key is needed."""

    code = "not_authenticated"


class NotAllowed(JobmillError):
    """This key does not have the right to do that."""

    code = "not_allowed"


class NotFound(JobmillError):
    """There is no such thing here."""

    code = "not_found"


class Conflict(JobmillError):
    """The present state does not allow this."""

    code = "conflict"


class LimitExceeded(JobmillError):
    """A limit was exceeded."""

    code = "limit_exceeded"


class Unavailable(JobmillError):
    """Something that is needed is not available now."""

    code = "unavailable"


class InternalError(JobmillError):
    """Something went wrong that should not have; the server's log tells more."""

    code = "internal_error"
