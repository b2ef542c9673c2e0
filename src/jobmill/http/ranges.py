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
    asked = _asked(request, download)
    if asked is not None and not asked:
        headers["Content-Range"] = f"bytes */{download.size}"
        return Response(status_code=416, headers=headers)
    wanted = range(download.size) if asked is None else asked
    if asked is not None:
        headers["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{download.size}"
    headers["Content-Length"] = str(len(wanted))
    headers["Content-Type"] = _media_type(download)
    status = 200 if asked is None else 206
    if is_head(request) or not wanted:
        return Response(status_code=status, headers=headers)
    return StreamingResponse(await download.read(wanted.start, wanted.stop), status, headers)


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


def _asked(request: Request, download: Download) -> range | None:
    """The bytes of a range that was asked for, empty when it lies outside; None without one.

    A range that is all of it counts too: players ask for `bytes=0-` to see whether they may seek.
    """
    size = download.size
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    if match is None or not any(match.groups()) or not _range_applies(request, download):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    start = int(first)
    if last and int(last) < start:  # not a valid range: ignored, RFC 9110 §14.1.1
        return None
    return range(start, min(size, int(last) + 1) if last else size)


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
