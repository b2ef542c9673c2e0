"""What is too much, and what cannot be had just now."""

from jobmill.core.errors.families import LimitExceeded, Unavailable


class TooLarge(LimitExceeded):
    """The body is larger than allowed."""

    code = "too_large"


class TooManyAttempts(LimitExceeded):
    """Too many attempts to sign in."""

    code = "too_many_attempts"


class FetchFailed(Unavailable):
    """The address could not be fetched."""

    code = "fetch_failed"


class FetchNotFound(FetchFailed):
    """There is nothing at the address."""

    code = "fetch_not_found"


class FetchRefused(FetchFailed):
    """Nobody takes connections at the address."""

    code = "fetch_refused"


class FetchTimedOut(FetchFailed):
    """The address did not answer, or did not send everything, in time."""

    code = "fetch_timed_out"


class SecretUnreadable(Unavailable):
    """A stored secret cannot be opened with the key that lies in the data folder."""

    code = "secret_unreadable"
