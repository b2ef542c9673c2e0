"""Reads a form (RFC 7578) from a stream: short fields into memory, a file onto the disk. Pure I/O,
no HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

PIECE = 1 << 16
MOST_FIELDS = 1000
LONGEST_FIELD = 8 << 20
LONGEST_HEAD = 16 << 10


class FormInvalid(ValueError):
    """The body is no such form."""


@dataclass(slots=True)
class Received:
    """The fields, and the file if there was one."""

    fields: dict[str, str] = field(default_factory=dict)
    file: Path | None = None
    file_name: str = ""
    file_type: str = ""


def read_form(read: Callable[[int], bytes], content_type: str, place: Path) -> Received:
    """Read the whole form; a file (the first) goes to `place`. Raises `FormInvalid`."""
    boundary = _parameters(content_type).get("boundary", "")
    if not content_type.lower().startswith("multipart/form-data") or not boundary:
        raise FormInvalid("send multipart/form-data with a boundary")
    body = _Body(read)
    mark = b"\r\n--" + boundary.encode("latin-1", "replace")
    body.push(b"\r\n")
    body.until(mark, None)
    received = Received()
    while not body.at_last_mark():
        _read_part(body, mark, received, place)
    return received


def _read_part(body: _Body, mark: bytes, received: Received, place: Path) -> None:
    head = Message()
    for line in body.until(b"\r\n\r\n", LONGEST_HEAD).decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip():
            head[name.strip()] = value.strip()
    told = _parameters(head.get("content-disposition", ""))
    name = told.get("name", "")
    if "filename" in told and received.file is None:
        with place.open("xb") as file:
            body.until(mark, None, file.write)
        received.file, received.file_name = place, told["filename"]
        received.file_type = head.get("content-type", "")
        return
    if len(received.fields) >= MOST_FIELDS:
        raise FormInvalid("too many fields")
    received.fields[name] = body.until(mark, LONGEST_FIELD).decode("utf-8", "replace")


class _Body:
    """What is read and not used yet."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._rest = b""

    def push(self, data: bytes) -> None:
        self._rest = data + self._rest

    def until(
        self, mark: bytes, most: int | None, sink: Callable[[bytes], object] | None = None
    ) -> bytes:
        """Everything before the mark, which is skipped: returned, or given to the sink."""
        kept = bytearray()
        while (at := self._rest.find(mark)) < 0:
            sure = max(0, len(self._rest) - len(mark) + 1)
            self._use(self._rest[:sure], kept, most, sink)
            piece = self._read(PIECE)
            if not piece:
                raise FormInvalid("the form ends before its last boundary")
            self._rest = self._rest[sure:] + piece
        self._use(self._rest[:at], kept, most, sink)
        self._rest = self._rest[at + len(mark) :]
        return bytes(kept)

    def at_last_mark(self) -> bool:
        """Whether the mark that was found ends the form."""
        while len(self._rest) < 2:
            piece = self._read(PIECE)
            if not piece:
                raise FormInvalid("the form ends before its last boundary")
            self._rest += piece
        if self._rest.startswith(b"--"):
            return True
        self.until(b"\r\n", 100)
        return False

    def _use(
        self,
        data: bytes,
        kept: bytearray,
        most: int | None,
        sink: Callable[[bytes], object] | None,
    ) -> None:
        if sink is not None:
            sink(data)
        elif most is None:
            return
        elif len(kept) + len(data) > most:
            raise FormInvalid(f"a part is longer than {most} bytes")
        else:
            kept += data


def _parameters(value: str) -> dict[str, str]:
    message = Message()
    message["content-type"] = value.replace("\r", "").replace("\n", "")
    found: dict[str, str] = {}
    for name, given in message.get_params(failobj=[])[1:]:
        found[name.lower()] = given if isinstance(given, str) else given[2]
    return found
