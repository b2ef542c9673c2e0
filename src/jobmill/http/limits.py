"""Bodies within limits: so many bytes, JSON that can be written back, no nesting that overflows."""

import json
import re
from collections.abc import AsyncIterator
from math import isinf
from typing import Any

from pydantic_core import from_json
from starlette.requests import Request

from jobmill.core.errors import MalformedBody, TooLarge

JSON_CAP = 8 * 2**20
_BOM = b"\xef\xbb\xbf"
_MAYBE_INFINITE = re.compile(rb"\d(?:[eE]\+?\d\d|\d{299})")


async def read_body(request: Request, cap: int = JSON_CAP) -> bytes:
    """The whole body. Raises TooLarge beyond `cap` bytes, before reading where it is announced."""
    check_announced(request, cap)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > cap:
            raise too_large(cap)
    return bytes(body)


async def read_json(request: Request, cap: int = JSON_CAP) -> Any:
    """The body as JSON, whatever its type says. Raises TooLarge, MalformedBody."""
    return parse_json(await read_body(request, cap))


def parse_json(body: bytes) -> Any:
    """JSON as RFC 8259 has it: UTF-8, no NaN, no lone surrogates, at most 200 levels deep."""
    text = body.removeprefix(_BOM)
    if not text.strip():
        raise MalformedBody("The body is empty; send a JSON document.")
    try:
        value = from_json(text, allow_inf_nan=False)
        if _MAYBE_INFINITE.search(text):
            json.loads(text, parse_float=_finite)
    except ValueError as error:
        raise MalformedBody(f"The body is not valid JSON: {error}.") from None
    return value


def _finite(number: str) -> float:
    """`from_json` reads 1e999 as infinity, which no JSON can say."""
    if isinf(value := float(number)):
        raise ValueError(f"the number {number[:20]} is too large")
    return value


def check_announced(request: Request, cap: int) -> None:
    """Raise TooLarge when the Content-Length says already that the body is too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > cap:
        raise too_large(cap)


def too_large(cap: int) -> TooLarge:
    """The refusal of a body beyond `cap` bytes."""
    return TooLarge(f"The body is larger than {cap} bytes, the most allowed here.")


async def chunks_of(request: Request, cap: int) -> AsyncIterator[bytes]:
    """The body piece by piece. Raises TooLarge, and ClientDisconnect when it is cut off."""
    check_announced(request, cap)
    async for chunk in request.stream():
        if chunk:
            yield chunk
