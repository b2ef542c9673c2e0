"""Drives calls with blocking input and output. Knows nothing of what they mean."""

import time
from collections.abc import Generator, Iterable, Iterator
from typing import Any, TypeVar

import httpx2

from jobmill_client.address import Address
from jobmill_client.exchange import Terms
from jobmill_client.retrying import Patience
from jobmill_client.steps import (
    ROOT,
    Body,
    Item,
    Next,
    Opened,
    Pause,
    Program,
    Read,
    Report,
    Request,
    Send,
    Step,
    Stream,
    Work,
)

T = TypeVar("T")
CONNECT_SECONDS = 10.0
CHUNK = 1 << 20


def headers_for(address: Address, agent: str) -> dict[str, str]:
    """What every request says."""
    headers = {"user-agent": agent}
    if address.key:
        headers["authorization"] = f"Bearer {address.key}"
    return headers


def timeout_of(seconds: float) -> httpx2.Timeout:
    """The longest silence on a connection; less for making one."""
    return httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


def full_url(terms: Terms, path: str) -> str:
    """The address of a path."""
    return terms.url + (path if path.startswith("/") else f"{ROOT}/{path}")


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
        self.terms = Terms(address.url, patience or Patience())
        self._timeout = timeout_of(timeout)
        self._http = httpx2.Client(headers=headers_for(address, agent), transport=transport)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def run(self, program: Program[T]) -> T:
        """Take a call to its end."""
        given: Any = None
        broken: Exception | None = None
        opened: set[Opened] = set()
        try:
            while True:
                try:
                    step = program.throw(broken) if broken else program.send(given)
                except StopIteration as end:
                    result: T = end.value
                    return result
                given, broken = self._do(step, opened)
        finally:
            _close_all(program, opened)

    def iterate(self, stream: Stream[T]) -> Iterator[T]:
        """What a call hands out, as it comes. All is closed when the iterator is."""
        given: Any = None
        broken: Exception | None = None
        opened: set[Opened] = set()
        try:
            while True:
                try:
                    step = stream.throw(broken) if broken else stream.send(given)
                except StopIteration:
                    return
                if isinstance(step, Item):
                    yield step.value
                    given, broken = None, None
                else:
                    given, broken = self._do(step, opened)
        finally:
            _close_all(stream, opened)

    def _do(self, step: Step, opened: set[Opened]) -> tuple[Any, Exception | None]:
        try:
            return self._perform(step, opened), None
        except Exception as error:  # the call judges it
            return None, error

    def _perform(self, step: Step, opened: set[Opened]) -> Any:
        if isinstance(step, Send):
            found = self._send(step.request)
            opened.add(found)
            return found
        if isinstance(step, Next):
            return _next(step)
        if isinstance(step, Pause):
            return time.sleep(step.seconds)
        if isinstance(step, Work):
            return step.task()
        content = step.opened.response.read() if isinstance(step, Read) else None
        _close(step.opened)
        opened.discard(step.opened)
        return content

    def _send(self, request: Request) -> Opened:
        response = self._http.send(
            self._http.build_request(
                request.method,
                full_url(self.terms, request.path),
                content=_reported(request.body, request.report) if request.body else None,
                timeout=self._timeout if request.silence is None else request.silence,
                **request.options(),
            ),
            stream=True,
        )
        return Opened(response.status_code, response.headers, str(response.url), response)


def _next(step: Next) -> Any:
    opened = step.opened
    if opened.pieces is None:
        response: httpx2.Response = opened.response
        events = step.form == "events"
        opened.pieces = iter(httpx2.EventSource(response) if events else response.iter_bytes(CHUNK))
    return next(opened.pieces, None)


def _close(opened: Opened) -> None:
    if opened.pieces is not None:
        opened.pieces.close()
    opened.response.close()


def _close_all(program: Generator[Any, Any, Any], opened: set[Opened]) -> None:
    program.close()
    for each in opened:
        _close(each)


def _reported(body: Body, report: Report | None) -> Iterable[bytes]:
    sent = 0
    for chunk in body():
        yield chunk
        sent += len(chunk)
        if report:
            report(sent)
