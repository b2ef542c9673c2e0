"""From a request to its answer: retries of what may be repeated, problems as errors, JSON.

Does no input or output: it yields the steps and judges what comes back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from jobmill_client.errors import AnswerNotUnderstood, JobmillError, NotReachable, error_of
from jobmill_client.retrying import BUSY, Patience, asked_pause
from jobmill_client.steps import Close, Opened, Pause, Program, Read, Request, Send


@dataclass(frozen=True, slots=True)
class Terms:
    """Where the server is, and how patiently it is asked."""

    url: str
    patience: Patience


def answer(terms: Terms, request: Request) -> Program[Any]:
    """The JSON of the answer, or None without one. Raises the families of `errors`."""
    opened = yield from open_answer(terms, request)
    try:
        content: bytes = yield Read(opened)
    except httpx2.TransportError as broken:
        raise unreachable(terms, broken) from broken
    return _json(opened, content) if content else None


def open_answer(terms: Terms, request: Request) -> Program[Opened]:
    """The answer with its body still to be read; its status is one of success."""
    opened = yield from _insist(terms, request)
    if not opened.success:
        raise (yield from _refusal(opened))
    return opened


def _insist(terms: Terms, request: Request) -> Program[Opened]:
    pauses = terms.patience.pauses()
    while True:
        pause = next(pauses, None)
        try:
            opened: Opened = yield Send(request)
        except (httpx2.UnsupportedProtocol, httpx2.InvalidURL) as wrong:
            raise unreachable(terms, wrong) from wrong
        except httpx2.TransportError as broken:
            # A connection that never came about has done nothing on the server.
            unsent = isinstance(broken, httpx2.ConnectError | httpx2.ConnectTimeout)
            if pause is None or not (request.may_repeat or unsent):
                raise unreachable(terms, broken) from broken
        else:
            if pause is None or not request.may_repeat or opened.status not in BUSY:
                return opened
            pause = max(pause, asked_pause(opened.headers))
            yield Close(opened)
        yield Pause(pause)


def unreachable(terms: Terms, broken: Exception) -> NotReachable:
    """The error for a connection that failed."""
    what = str(broken) or type(broken).__name__
    return NotReachable(
        f"No answer from {terms.url}: {what}.",
        code="not_reachable",
        fix="Start it with `jobmill serve`, or give the right address.",
    )


def _json(opened: Opened, content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise AnswerNotUnderstood(
            f"{opened.url} answered something that is not JSON.",
            status=opened.status,
            fix="Check the address: is a Jobmill server there?",
        ) from None


def _refusal(opened: Opened) -> Program[JobmillError]:
    try:
        problem = json.loads((yield Read(opened)))
    except (ValueError, httpx2.TransportError):
        problem = {}
    if not isinstance(problem, Mapping):
        problem = {}
    return error_of(opened.status, problem)
