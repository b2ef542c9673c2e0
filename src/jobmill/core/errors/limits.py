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


class SecretUnreadable(Unavailable):
    """A stored secret cannot be opened with the key that lies in the data folder."""

    code = "secret_unreadable"
