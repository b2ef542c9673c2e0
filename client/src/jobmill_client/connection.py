"""Sends requests: the key, retries of what may be repeated, problems as errors, JSON as values."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2

from jobmill_client.address import Address
from jobmill_client.errors import AnswerNotUnderstood, JobmillError, NotReachable, error_of
from jobmill_client.retrying import BUSY, Patience, asked_pause

ROOT = "/api/v1"
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
CONNECT_SECONDS = 10.0
Body = Callable[[], Iterable[bytes]]


class Connection:
    """One server, by one key. `timeout` is the longest silence on a connection, in seconds."""

    def __init__(
        self,
        address: Address,
        *,
        timeout: float,
        patience: Patience | None = None,
        transport: httpx2.BaseTransport | None = None,
        agent: str = "jobmill-client",
    ) -> None:
        self.url = address.url
        self._patience = patience or Patience()
        headers = {"user-agent": agent}
        if address.key:
            headers["authorization"] = f"Bearer {address.key}"
        self._timeout = httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS))
        self._http = httpx2.Client(headers=headers, transport=transport)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Any:
        """Send a request below `/api/v1`; the JSON of the answer, or None without one.

        `repeatable` says whether sending it twice does no harm; by default the method tells, or
        an Idempotency-Key. Raises the families of `errors`.
        """
        with self.stream(
            method,
            path,
            params=params,
            json=json,
            body=body,
            headers=headers,
            repeatable=repeatable,
        ) as response:
            try:
                response.read()
            except httpx2.TransportError as broken:
                raise self._unreachable(broken) from broken
            return _json(response) if response.content else None

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        silence: float | None = None,
    ) -> Iterator[httpx2.Response]:
        """Like `call`, but hands out the open response. `silence` is this call's own timeout."""
        if repeatable is None:
            repeatable = method in REPEATABLE or "Idempotency-Key" in (headers or {})

        def send() -> httpx2.Response:
            request = self._http.build_request(
                method,
                self.url + (path if path.startswith("/") else f"{ROOT}/{path}"),
                params={key: value for key, value in (params or {}).items() if value is not None},
                json=json,
                content=body() if body else None,
                headers=headers,
                timeout=self._timeout if silence is None else httpx2.Timeout(silence),
            )
            return self._http.send(request, stream=True)

        response = self._insist(send, repeatable)
        try:
            if not response.is_success:
                raise _refusal(response)
            yield response
        finally:
            response.close()

    def _insist(self, send: Callable[[], httpx2.Response], repeatable: bool) -> httpx2.Response:
        pauses = self._patience.pauses()
        while True:
            pause = next(pauses, None)
            try:
                response = send()
            except (httpx2.UnsupportedProtocol, httpx2.InvalidURL) as wrong:
                raise self._unreachable(wrong) from wrong
            except httpx2.TransportError as broken:
                # A connection that never came about has done nothing on the server.
                unsent = isinstance(broken, httpx2.ConnectError | httpx2.ConnectTimeout)
                if pause is None or not (repeatable or unsent):
                    raise self._unreachable(broken) from broken
            else:
                if pause is None or not repeatable or response.status_code not in BUSY:
                    return response
                pause = max(pause, asked_pause(response.headers))
                response.close()
            time.sleep(pause)

    def _unreachable(self, broken: Exception) -> NotReachable:
        what = str(broken) or type(broken).__name__
        return NotReachable(
            f"No answer from {self.url}: {what}.",
            code="not_reachable",
            fix="Start it with `jobmill serve`, or give the right address.",
        )


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        raise AnswerNotUnderstood(
            f"{response.request.url} answered something that is not JSON.",
            status=response.status_code,
            fix="Check the address: is a Jobmill server there?",
        ) from None


def _refusal(response: httpx2.Response) -> JobmillError:
    try:
        response.read()
        problem = response.json()
    except (ValueError, httpx2.TransportError):
        problem = {}
    if not isinstance(problem, Mapping):
        problem = {}
    return error_of(response.status_code, problem)
