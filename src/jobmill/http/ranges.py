"""Downloads: a part or all of some bytes (RFC 9110 §13, §14), served so that they cannot act.

User bytes never run in a page: `nosniff`, CSP `sandbox`, as an attachment unless plain media.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from jobmill.http.head import is_head

Reader = Callable[[int, int], Awaitable[AsyncIterator[bytes]]]

_RANGE = re.compile(r"bytes=\s*(\d{0,19})-(\d{0,19})\s*", re.IGNORECASE)
_INLINE = re.compile(r"(audio/[\w.+-]+|video/[\w.+-]+|image/(png|jpeg|gif|webp|avif)|text/plain)")
_FORBIDDEN_TYPE = re.compile(r"[^\x21-\x7e ]")


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes to be served. `read` gives those from a start up to an end (exclusive).

    `etag` is strong and without quotes; `changed_at` is for clients that know no ETag.
    """

    size: int
    media_type: str
    name: str
    etag: str
    read: Reader
    changed_at: datetime | None = None


async def download_response(request: Request, download: Download) -> Response:
    """200, 206, 304 or 416. Of several ranges in one request none is served: the whole is sent."""
    headers = _headers(download)
    if _unchanged(request, download):
        return Response(status_code=304, headers=headers)
    wanted = _wanted(request, download)
    if wanted is None:
        headers["Content-Range"] = f"bytes */{download.size}"
        return Response(status_code=416, headers=headers)
    start, end = wanted
    partial = (start, end) != (0, download.size)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{download.size}"
    headers["Content-Length"] = str(end - start)
    headers["Content-Type"] = _media_type(download)
    status = 206 if partial else 200
    if is_head(request) or start == end:
        return Response(status_code=status, headers=headers)
    return StreamingResponse(await download.read(start, end), status, headers)


def _headers(download: Download) -> dict[str, str]:
    inline = _INLINE.fullmatch(download.media_type.split(";")[0].strip().lower())
    headers = {
        "ETag": f'"{download.etag}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-site",
        "Content-Disposition": content_disposition(download.name, inline=bool(inline)),
    }
    if download.changed_at is not None:
        headers["Last-Modified"] = format_datetime(_whole_second(download.changed_at), usegmt=True)
    return headers


def content_disposition(name: str, *, inline: bool) -> str:
    """The header of RFC 6266, with the name in ASCII and, where that loses something, in UTF-8."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    extended = (
        "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
    )
    return f'{"inline" if inline else "attachment"}; filename="{plain}"{extended}'


def _media_type(download: Download) -> str:
    """The stored type, with nothing in it that could end the header."""
    return _FORBIDDEN_TYPE.sub("", download.media_type) or "application/octet-stream"


def _unchanged(request: Request, download: Download) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        given = [tag.strip().removeprefix("W/").strip('"') for tag in tags.split(",")]
        return "*" in given or download.etag in given
    since = _http_date(request.headers.get("if-modified-since"))
    if since is None or download.changed_at is None:
        return False
    return _whole_second(download.changed_at) <= since


def _wanted(request: Request, download: Download) -> tuple[int, int] | None:
    """Start and end of what to send; None when the range asked for lies outside."""
    size = download.size
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    if match is None or not any(match.groups()) or not _range_applies(request, download):
        return 0, size
    first, last = match.groups()
    if not first:
        length = int(last)
        return (max(0, size - length), size) if length and size else None
    start = int(first)
    if last and int(last) < start:  # not a valid range: ignored, RFC 9110 §14.1.1
        return 0, size
    if start >= size:
        return None
    return start, min(size, int(last) + 1) if last else size


def _range_applies(request: Request, download: Download) -> bool:
    condition = request.headers.get("if-range")
    if condition is None:
        return True
    if condition.startswith('"'):
        return condition.strip('"') == download.etag
    since = _http_date(condition)
    if since is None or download.changed_at is None:
        return False
    return _whole_second(download.changed_at) == since


def _http_date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _whole_second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
