"""Says in one sentence why a fetch failed. Tells what a server did, never what it sent."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import httpcore2

from jobmill.adapters.fetch.target import Target
from jobmill.core.errors import FetchFailed


@contextmanager
def told_as_fetch_failed(target: Target) -> Iterator[None]:
    """Turn what the HTTP library raises into FetchFailed."""
    try:
        yield
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
        raise FetchFailed(f"{target.authority} {_what_happened(error)}") from error


def status_phrase(status: int) -> str:
    """The status with its standard words; a server's own words are not repeated."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _what_happened(error: Exception) -> str:
    causes = list(_chain(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return "showed a certificate that is not valid for it."
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "did not complete the TLS handshake."
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "refused the connection."
    return _by_kind(error)


def _by_kind(error: Exception) -> str:
    if isinstance(error, httpcore2.ConnectTimeout):
        return "did not accept the connection in time."
    if isinstance(error, httpcore2.ConnectError):
        return "cannot be reached."
    if isinstance(error, httpcore2.NetworkError):
        return "broke the connection off."
    if isinstance(error, httpcore2.RemoteProtocolError):
        return "ended its answer early or did not speak HTTP/1.1."
    return "could not be read."


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from _chain(inner)
        error = error.__cause__ or error.__context__
