"""The form that `process` is given: short fields, and perhaps the bytes of one file (RFC 7578)."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class FormFile:
    """The file of a form."""

    field: str
    path: Path
    name: str
    media_type: str


class Form:
    """A body whose length is known before it is read; it may be read again."""

    def __init__(self, fields: Mapping[str, str], file: FormFile | None) -> None:
        boundary = f"jobmill-{secrets.token_hex(16)}"
        self.content_type = f"multipart/form-data; boundary={boundary}"
        head = b"".join(_field(boundary, name, value) for name, value in fields.items())
        if file is not None:
            head += _file_head(boundary, file)
        self._head = head
        self._file = file.path if file is not None else None
        closing = f"--{boundary}--\r\n"
        self._tail = (f"\r\n{closing}" if file is not None else closing).encode()
        self._size = file.path.stat().st_size if file is not None else 0
        self.length = len(self._head) + self._size + len(self._tail)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body. The file must not change meanwhile."""
        yield self._head
        if self._file is not None:
            left = self._size
            with await asyncio.to_thread(self._file.open, "rb") as file:
                while left > 0 and (piece := await asyncio.to_thread(file.read, min(PIECE, left))):
                    left -= len(piece)
                    yield piece
        yield self._tail


def _field(boundary: str, name: str, value: str) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'
    return head.encode() + value.encode("utf-8", "replace") + b"\r\n"


def _file_head(boundary: str, file: FormFile) -> bytes:
    media_type = file.media_type if file.media_type.isprintable() else "application/octet-stream"
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{file.field}"; '
        f'filename="{_quoted(file.name)}"\r\nContent-Type: {media_type}\r\n\r\n'
    ).encode()


def _quoted(name: str) -> str:
    """As browsers do: what would end the header or the word is percent-encoded."""
    return "".join(quote(c) if c in '"\r\n' else c for c in name)
