"""Posts heartbeats and results to whoever gave the work; learns from the answers if they wait."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SECONDS = 30.0
GONE = (401, 403, 404, 409, 410)


class NobodyWaits(Exception):
    """The other side says that the work is not wanted any more."""


def post_json(url: str, body: Mapping[str, Any]) -> None:
    """Raises `NobodyWaits`, or OSError when it cannot be told."""
    data = json.dumps(dict(body), ensure_ascii=False, allow_nan=False).encode()
    _post(url, "application/json", data)


def post_file(url: str, fields: Mapping[str, str], path: Path, media_type: str) -> None:
    """A file in a form. Raises `NobodyWaits`, OSError."""
    boundary = secrets.token_hex(16)
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="output"\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    )
    data = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    _post(url, f"multipart/form-data; boundary={boundary}", data)


def _post(url: str, content_type: str, data: bytes) -> None:
    request = urllib.request.Request(  # noqa: S310  whoever gave the work says where
        url, data=data, headers={"Content-Type": content_type}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            answer.read()
    except urllib.error.HTTPError as error:
        with error:
            if error.code in GONE:
                raise NobodyWaits from None
        raise
