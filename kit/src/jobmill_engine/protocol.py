"""The line protocol between a server and an engine's process: JSON lines on stdin and stdout.

One message is one line of at most `MAX_LINE` bytes; media and large results travel as files.
The wire form is frozen: a change that an older side cannot read raises `PROTOCOL`. Unknown keys are
ignored, so a field may be added.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from math import isfinite
from typing import Any, ClassVar

PROTOCOL = 1
MAX_LINE = 1 << 20
SMALL_RESULT = 16 << 10
FAILURES = ("engine", "input", "platform", "limit")
LEVELS = ("debug", "info", "warning", "error")
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


class ProtocolBroken(ValueError):
    """A line is not a message of this protocol; the message says what is wrong with it."""


class MessageTooLong(ValueError):
    """A message does not fit in one line of `MAX_LINE` bytes; put the bulk into a file."""


class Message:
    """What every message has: a type on the wire and a wire form."""

    __slots__ = ()
    type: ClassVar[str]

    def encode(self) -> bytes:
        """The message as one line, newline included. Raises `MessageTooLong`, `ValueError`."""
        text = _ENCODER.encode({"type": self.type, **_plain(self)})
        if len(text) >= MAX_LINE:
            raise MessageTooLong(
                f"A {self.type} message of {len(text)} bytes is longer than {MAX_LINE}; "
                "put its contents into a file in the work folder."
            )
        return text.encode() + b"\n"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file for the engine; `path` is absolute.

    `number` and `meta` are those of the part that it is, if it is one. `live`: the path is a pipe,
    which can be opened once and read once.
    """

    port: str
    path: str
    media_type: str
    name: str
    number: int | None = None
    meta: dict[str, Any] | None = None
    live: bool | None = None


@dataclass(frozen=True, slots=True)
class Run(Message):
    """To the engine: work on this. `workdir` is absolute and the attempt's own.

    `mode` is whole (also when null), stream or chunk; in mode chunk every input with a number is a
    chunk, to be answered by itself. `credit` says for a port the first number that may not be
    written yet, until a `Credit` allows more; a port that it does not name has no bound. `resume`
    says for a port up to which number (exclusive) its parts are kept from an earlier attempt. Where
    the inputs do not fit into a line they are a list in the JSON file `inputs_file`. `spool` is an
    absolute folder that all attempts at the same work share, for an engine that asked for one.
    """

    type = "run"
    attempt: str
    features: tuple[str, ...]
    parameters: dict[str, Any]
    inputs: tuple[InputFile, ...]
    workdir: str
    mode: str | None = None
    credit: dict[str, int] | None = None
    resume: dict[str, int] | None = None
    inputs_file: str | None = None
    spool: str | None = None


@dataclass(frozen=True, slots=True)
class Cancel(Message):
    """To the engine: stop working on this attempt; nobody waits for its result."""

    type = "cancel"
    attempt: str


@dataclass(frozen=True, slots=True)
class Credit(Message):
    """To the engine: on this port the parts with numbers below `upto` may be written."""

    type = "credit"
    attempt: str
    port: str
    upto: int


@dataclass(frozen=True, slots=True)
class Shutdown(Message):
    """To the engine: leave. The end of stdin means the same."""

    type = "shutdown"


@dataclass(frozen=True, slots=True)
class Ready(Message):
    """From the engine, once: it is set up and can be given work."""

    type = "ready"
    protocol: int
    engine: str
    version: str


@dataclass(frozen=True, slots=True)
class Started(Message):
    """From the engine: it has begun this attempt."""

    type = "started"
    attempt: str


@dataclass(frozen=True, slots=True)
class Progress(Message):
    """From the engine: `done` of `total` `unit`s, of one feature or (null) of the attempt."""

    type = "progress"
    attempt: str
    feature: str | None
    done: float
    total: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Log(Message):
    """From the engine: one line for people; `attempt` is null outside of an attempt."""

    type = "log"
    attempt: str | None
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Warn(Message):
    """From the engine: a user should know this; with a feature, that feature has no result."""

    type = "warning"
    attempt: str
    code: str
    message: str
    feature: str | None


@dataclass(frozen=True, slots=True)
class Output(Message):
    """From the engine: a finished file for an output port; `path` is relative to the workdir.

    In the modes stream and chunk, and wherever there is `credit`, it has the part's `number`: the
    port's next one, or the chunk's. The file is the server's from then on. `meta` is a small object
    about the part, of at most `LARGEST_META` bytes.
    """

    type = "output"
    attempt: str
    port: str
    path: str
    media_type: str
    number: int | None = None
    meta: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ChunkDone(Message):
    """From the engine in mode chunk: it is through with this chunk.

    The chunk's document as in `Done`; with neither of the two there is nothing to say about it.
    """

    type = "chunk_done"
    attempt: str
    number: int
    result: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class ChunkFailed(Message):
    """From the engine in mode chunk: this chunk failed; the others go on."""

    type = "chunk_failed"
    attempt: str
    number: int
    failure: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Done(Message):
    """From the engine, last of an attempt, with its result, a JSON object.

    Either `result`, the path in the workdir of a file that holds it, or `document`, its text:
    meant for one of at most `SMALL_RESULT` bytes, which then costs no file. In mode chunk it comes
    after every chunk was answered, and its result is an empty object.
    """

    type = "done"
    attempt: str
    result: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Failed(Message):
    """From the engine, last of an attempt; with `attempt` null it cannot be set up at all."""

    type = "failed"
    attempt: str | None
    failure: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Beat(Message):
    """From the engine while it works: its process lives, however long the computation takes."""

    type = "beat"


TO_ENGINE: tuple[type[Message], ...] = (Run, Credit, Cancel, Shutdown)
FROM_ENGINE: tuple[type[Message], ...] = (
    Ready,
    Started,
    Progress,
    Log,
    Warn,
    Output,
    ChunkDone,
    ChunkFailed,
    Done,
    Failed,
    Beat,
)
_TYPES = {message.type: message for message in TO_ENGINE + FROM_ENGINE}
_LATER = frozenset(("number", "meta", "live", "mode", "credit", "resume", "inputs_file", "spool"))
"""Fields that came after the first release of this protocol: not written while they are null."""


def decode(line: bytes) -> Message:
    """Read one line (with or without its newline). Raises `ProtocolBroken`."""
    if len(line) > MAX_LINE:
        raise ProtocolBroken(f"a line of {len(line)} bytes; at most {MAX_LINE} are allowed")
    try:
        wire = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolBroken(f"not JSON ({error}): {_start_of(line)}") from None
    kind = _TYPES.get(str(wire.get("type"))) if isinstance(wire, dict) else None
    if kind is None:
        raise ProtocolBroken(f"not a message of this protocol: {_start_of(line)}")
    return kind(**_read_fields(kind, wire))


def _start_of(line: bytes) -> str:
    return repr(line[:120].decode("utf-8", "replace"))


def plain_inputs(inputs: tuple[InputFile, ...]) -> list[dict[str, Any]]:
    """Inputs as they stand in a `run` and in its `inputs_file`."""
    return [_plain(file) for file in inputs]


def read_inputs(listed: object) -> tuple[InputFile, ...]:
    """Read what `plain_inputs` made. Raises `ProtocolBroken`."""
    try:
        return _inputs(listed)
    except TypeError:
        raise ProtocolBroken("inputs must be a list of objects") from None


@cache
def _fields(kind: type) -> tuple[tuple[str, str, Callable[[object], Any]], ...]:
    """Name, type and reader of each field."""
    return tuple((each.name, str(each.type), _READ[str(each.type)]) for each in fields(kind))


def _plain(message: Any) -> dict[str, Any]:
    values = {}
    for name, _, _ in _fields(type(message)):  # type: ignore[arg-type]
        value = getattr(message, name)
        if value is not None or name not in _LATER:
            values[name] = plain_inputs(value) if name == "inputs" else value
    return values


def _read_fields(kind: type, wire: Mapping[str, Any]) -> dict[str, Any]:
    values = {}
    for name, wanted, read in _fields(kind):
        try:
            values[name] = read(wire.get(name))
        except (TypeError, ValueError, OverflowError):
            shown = repr(wire.get(name))[:80]
            raise ProtocolBroken(
                f"{wire.get('type', 'input')}.{name} must be {wanted}, not {shown}"
            ) from None
    if kind is Done and (values["result"] is None) == (values["document"] is None):
        raise ProtocolBroken("done must carry exactly one of result and document")
    if kind is ChunkDone and None not in (values["result"], values["document"]):
        raise ProtocolBroken("chunk_done must carry at most one of result and document")
    if kind in (Failed, ChunkFailed) and values["failure"] not in FAILURES:
        raise ProtocolBroken(f"{wire.get('type')}.failure must be one of {', '.join(FAILURES)}")
    return values


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    # JSON can spell half of a surrogate pair, which no store and no socket can take.
    return value.encode("utf-8", "replace").decode()


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise TypeError
    return float(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _numbers(value: object) -> dict[str, int]:
    return {_text(port): _whole(number) for port, number in _object(value).items()}


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(item) for item in value)


def _inputs(value: object) -> tuple[InputFile, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(InputFile(**_read_fields(InputFile, _object(item))) for item in value)


def _or_null(read: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda value: None if value is None else read(value)


_READ: dict[str, Callable[[object], Any]] = {
    "str": _text,
    "str | None": _or_null(_text),
    "float": _number,
    "float | None": _or_null(_number),
    "int": _whole,
    "int | None": _or_null(_whole),
    "bool | None": _or_null(_flag),
    "dict[str, Any]": _object,
    "dict[str, Any] | None": _or_null(_object),
    "dict[str, int] | None": _or_null(_numbers),
    "tuple[str, ...]": _texts,
    "tuple[InputFile, ...]": _inputs,
}
