"""Reads one HTTP/1.1 answer from a stream, up to small caps: the status, a few headers, the
beginning of the body. What follows is not read, however much a receiver sends."""

import asyncio
from dataclasses import dataclass, field

import httptools

MAX_HEAD = 32 * 1024
MAX_BODY = 64 * 1024
KEPT_BODY = 1024
PIECE = 16 * 1024


class AnswerUnfit(Exception):
    """What came back is no answer of HTTP/1.1, or none within the caps."""


class NothingCame(Exception):
    """The connection ended before anything of an answer came."""


@dataclass(slots=True)
class Answer:
    """What was read. `reusable`: the connection stands at the end of the answer, and stays."""

    status: int
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    reusable: bool = False


async def read_answer(reader: asyncio.StreamReader, body_seconds: float) -> Answer:
    """The answer to the request that was written. The head may take as long as the caller lets it;
    of the body is read what comes within the cap and in `body_seconds`.

    Raises NothingCame, AnswerUnfit, OSError.
    """
    reading = _Reading()
    await reading.head(reader)
    await reading.rest(reader, body_seconds)
    return reading.answer()


class _Reading:
    """The parser's state. The first status that is not interim is the answer's; messages that a
    receiver sends behind it are nobody's."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._status = 0
        self._headers: dict[bytes, bytes] = {}
        self._kept = b""
        self._body_bytes = 0
        self._done = False
        self._reusable = False

    async def head(self, reader: asyncio.StreamReader) -> None:
        came = 0
        while not self._status:
            piece = await reader.read(PIECE)
            if not piece:
                if came == 0:
                    raise NothingCame
                raise AnswerUnfit("ended its answer early")
            came += len(piece)
            if came > MAX_HEAD and not self._status:
                raise AnswerUnfit(f"sent more than {MAX_HEAD} bytes before its answer")
            self._feed(piece)

    async def rest(self, reader: asyncio.StreamReader, seconds: float) -> None:
        """The status is known: whatever the body does, the delivery is judged by that."""
        try:
            async with asyncio.timeout(seconds):
                while not self._done and self._body_bytes < MAX_BODY:
                    piece = await reader.read(PIECE)
                    if not piece:
                        return
                    self._feed(piece)
        except (TimeoutError, OSError):
            return

    def answer(self) -> Answer:
        return Answer(self._status, self._headers, self._kept, self._reusable)

    def _feed(self, piece: bytes) -> None:
        try:
            self._parser.feed_data(piece)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if not self._status:
                raise AnswerUnfit("did not speak HTTP/1.1") from None
            self._done, self._reusable = True, False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._status:
            self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        status = int(self._parser.get_status_code())
        if status < 200:
            self._headers.clear()  # 100, 103: the answer itself follows
        elif self._status:
            self._reusable = False
        else:
            self._status = status

    def on_body(self, body: bytes) -> None:
        if self._done:
            return
        self._body_bytes += len(body)
        self._kept += body[: KEPT_BODY - len(self._kept)]

    def on_message_complete(self) -> None:
        if self._status and not self._done:
            self._done = True
            self._reusable = bool(self._parser.should_keep_alive())
