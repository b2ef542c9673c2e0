"""Server-sent events (WHATWG HTML §9.2): frames, and the response that carries them."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import StreamingResponse

from jobmill.core.errors import InvalidInput
from jobmill.http.head import is_head
from jobmill.http.paging import NUMBER_LIMIT

MEDIA_TYPE = "text/event-stream"
KEEP_ALIVE = b": keep-alive\n\n"
RETRY_MS = 1000


def frame(data: str, event: str | None = None, number: int | None = None) -> bytes:
    """One event; with a number, the place from which a client resumes."""
    lines = [] if number is None else [f"id: {number}"]
    if event is not None:
        lines.append(f"event: {event}")
    lines += [f"data: {line}" for line in data.split("\n")]
    return ("\n".join(lines) + "\n\n").encode()


def wants_stream(request: Request) -> bool:
    """Whether the caller asks for a live stream rather than a list."""
    return MEDIA_TYPE in request.headers.get("accept", "").lower() and not is_head(request)


def last_event_id(request: Request) -> int | None:
    """The number after which a broken stream goes on. Raises InvalidInput."""
    given = request.headers.get("last-event-id", "").strip()
    if not given:
        return None
    if not given.isdecimal() or not given.isascii() or int(given[:20]) > NUMBER_LIMIT:
        raise InvalidInput(
            "Last-Event-ID: send the id of an event of this stream.", field="Last-Event-ID"
        )
    return int(given)


def event_stream(frames: AsyncIterator[bytes]) -> StreamingResponse:
    """The response; proxies are asked neither to keep nor to gather it."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_opened(frames), media_type=MEDIA_TYPE, headers=headers)


async def _opened(frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield f"retry: {RETRY_MS}\n\n".encode()
    async for each in frames:
        yield each
