"""Posts small bodies to addresses of the outside, under the same guard as every fetch.

Follows no redirect, sends no credential, reads little of the answer, and is done in a bounded
time whatever the receiver does.
"""

import asyncio
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from jobmill.adapters.fetch.answer import Answer, AnswerUnfit, NothingCame, read_answer
from jobmill.adapters.fetch.dialing import Resolve, resolve_host
from jobmill.adapters.fetch.guard import Guard, Network
from jobmill.adapters.fetch.lines import Connect, Line, Lines
from jobmill.adapters.fetch.target import Target, parse_target
from jobmill.core.clock import Clock
from jobmill.core.errors import JobmillError
from jobmill.core.webhooks import Posted, Rendered

TOTAL_SECONDS = 15.0
BODY_SECONDS = 2.0
AGENT = "Jobmill-Webhooks/1"


class GuardedPoster:
    """The `Poster` port. `allow` are the networks that the operator opens; the whole of a request,
    from the resolving of the name on, takes `total_seconds` at most."""

    def __init__(
        self,
        clock: Clock,
        allow: tuple[Network, ...] = (),
        *,
        total_seconds: float = TOTAL_SECONDS,
        body_seconds: float = BODY_SECONDS,
        resolve: Resolve = resolve_host,
        connect: Connect = asyncio.open_connection,
    ) -> None:
        self._clock = clock
        self._guard = Guard(tuple(allow))
        self._lines = Lines(self._guard, resolve, connect)
        self._total = total_seconds
        self._body = body_seconds

    async def post(self, url: str, rendered: Rendered) -> Posted:
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            target = parse_target(url)
            self._guard.check_host(target.host, target.port)
            async with asyncio.timeout(self._total):
                answer = await self._exchange(target, _request(target, rendered))
        except TimeoutError:
            error = f"did not answer within {self._total:g} s"
        except (AnswerUnfit, OSError) as wrong:
            error = _said(wrong)
        except JobmillError as refusal:
            error = refusal.message
        else:
            return Posted(
                _ms(clock() - began),
                answer.status,
                None,
                answer.body.decode("utf-8", "replace").replace("\x00", "\ufffd"),
                _retry_after(answer, self._clock.now()),
            )
        return Posted(_ms(clock() - began), error=error)

    def close(self) -> None:
        """Close idle connections."""
        self._lines.close()

    async def _exchange(self, target: Target, request: bytes) -> Answer:
        kept = self._lines.idle(target)
        if kept is not None:
            try:
                return await self._over(kept, request)
            except (NothingCame, ConnectionError):
                pass  # the receiver closed the idle line just now: it has not seen the request
        line = await self._lines.open(target)
        try:
            return await self._over(line, request)
        except NothingCame:
            raise AnswerUnfit("closed the connection without an answer") from None

    async def _over(self, line: Line, request: bytes) -> Answer:
        keep = False
        try:
            line.writer.write(request)
            await line.writer.drain()
            answer = await read_answer(line.reader, self._body)
            keep = answer.reusable
            return answer
        finally:
            if keep:
                self._lines.keep(line)
            else:
                line.close()


def _request(target: Target, rendered: Rendered) -> bytes:
    fields = {
        "Host": target.authority,
        "User-Agent": AGENT,
        "Accept": "*/*",
        **rendered.headers,
        "Content-Length": str(len(rendered.body)),
    }
    if any("\r" in value or "\n" in value for value in fields.values()):
        raise AnswerUnfit("a header holds a line break")
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {target.resource} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + (
        rendered.body
    )


def _said(wrong: Exception) -> str:
    """What happened, in words that tell nothing of the inside of a network."""
    if isinstance(wrong, ssl.SSLCertVerificationError):
        return "showed a certificate that is not valid for it"
    if isinstance(wrong, ssl.SSLError):
        return "did not complete the TLS handshake"
    if isinstance(wrong, ConnectionRefusedError):
        return "refused the connection"
    if isinstance(wrong, ConnectionError):
        return "broke the connection off"
    if isinstance(wrong, OSError):
        return "cannot be reached"
    return str(wrong)


def _retry_after(answer: Answer, now: datetime) -> float | None:
    """The wish of a `Retry-After` header in seconds, be it a number or a date."""
    given = answer.headers.get(b"retry-after", b"").decode("latin-1").strip()
    if given.isascii() and given.isdecimal():
        return float(given[:9])
    try:
        until = parsedate_to_datetime(given)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def _ms(seconds: float) -> int:
    return round(1000 * seconds)
