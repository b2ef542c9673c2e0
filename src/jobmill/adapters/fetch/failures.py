"""Says in one sentence why a fetch failed. Tells what a server did, never what it sent."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import httpcore2

from jobmill.adapters.fetch.target import Target
from jobmill.core.errors import FetchFailed, FetchNotFound, FetchRefused, FetchTimedOut


@contextmanager
def told_as_fetch_failed(target: Target) -> Iterator[None]:
    """Turn what the HTTP library raises into FetchFailed."""
    try:
        yield
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
        kind, happened = _what_happened(error)
        raise kind(f"{target.authority} {happened}") from error


def status_phrase(status: int) -> str:
    """The status with its standard words; a server's own words are not repeated."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def failed_by(status: int) -> type[FetchFailed]:
    """What an answer of this status, which brings no file, means."""
    return FetchNotFound if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else FetchFailed


def _what_happened(error: Exception) -> tuple[type[FetchFailed], str]:
    causes = list(_chain(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return FetchFailed, "showed a certificate that is not valid for it."
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return FetchFailed, "did not complete the TLS handshake."
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return FetchRefused, "refused the connection."
    return _by_kind(error)


def _by_kind(error: Exception) -> tuple[type[FetchFailed], str]:
    if isinstance(error, httpcore2.ConnectTimeout):
        return FetchTimedOut, "did not accept the connection in time."
    if isinstance(error, httpcore2.ConnectError):
        return FetchFailed, "cannot be reached."
    if isinstance(error, httpcore2.NetworkError):
        return FetchFailed, "broke the connection off."
    if isinstance(error, httpcore2.RemoteProtocolError):
        return FetchFailed, "ended its answer early or did not speak HTTP/1.1."
    return FetchFailed, "could not be read."


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from _chain(inner)
        error = error.__cause__ or error.__context__
