"""Run an engine once in any mode, as a server does, and look what it makes of it. For tests.

What an engine may not do (a wrong number, a chunk without answer, a part beyond its credit) raises
`Silence` with the words in which a server would fail it.
"""

from __future__ import annotations

import json
import mimetypes
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobmill_engine import protocol
from jobmill_engine.ledger import PartLedger, PartRefused
from jobmill_engine.manifest import Manifest, load_manifest
from jobmill_engine.process import EngineProcess, Silence

TIMEOUT = 60.0
QUIET = 0.2
"""Seconds without a word after which an engine is taken to wait for credit."""

NAMELESS = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk to give to an engine: its bytes or a file, and its meta."""

    data: bytes | Path
    meta: Mapping[str, Any] = field(default_factory=dict)
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A part that an engine wrote. `number` is None for a file of a whole task."""

    port: str
    number: int | None
    data: bytes
    media_type: str
    meta: Mapping[str, Any]


@dataclass(slots=True)
class Ran:
    """How a run ended, and what was told on the way.

    `document` is the result (of mode chunk: empty), None when the run failed, as `failed` says.
    `chunks` has the documents by number, None where there was nothing to say, and `failures` the
    chunks that failed.
    """

    document: dict[str, Any] | None = None
    failed: protocol.Failed | None = None
    parts: list[Made] = field(default_factory=list)
    chunks: dict[int, dict[str, Any] | None] = field(default_factory=dict)
    failures: dict[int, protocol.ChunkFailed] = field(default_factory=dict)
    warnings: list[protocol.Warn] = field(default_factory=list)

    def bytes_of(self, port: str = "out") -> bytes:
        """All parts of a port, one after the other."""
        parts = [part for part in self.parts if part.port == port]
        return b"".join(part.data for part in sorted(parts, key=lambda part: part.number or 0))


def run_engine(
    folder: Path | str,
    file: Path | None = None,
    *,
    stream: bytes | None = None,
    chunks: Sequence[Chunk | bytes | Path] | None = None,
    features: tuple[str, ...] = (),
    parameters: Mapping[str, Any] | None = None,
    kept: Mapping[str, int] | None = None,
    lead: int = 2,
    timeout: float = TIMEOUT,
    spool: Path | None = None,
) -> Ran:
    """Start the engine of a folder and run it once.

    With `chunks` in mode chunk, with `stream` in mode stream on a pipe that carries these bytes,
    else in mode whole on `file` (or on nothing). In mode stream the engine may be `lead` parts
    (at least 1) ahead, and parts below `kept[port]` are kept from before; `spool` is the folder
    that attempts share, if the engine asks for one. Raises `Silence` when it breaks a rule or does
    not end in `timeout` seconds; `ManifestInvalid` for a wrong manifest.
    """
    manifest = load_manifest(Path(folder))
    mode = "chunk" if chunks is not None else "whole" if stream is None else "stream"
    with tempfile.TemporaryDirectory(prefix="jobmill-run-") as scratch:
        home = Path(scratch)
        with EngineProcess(manifest, home) as engine:
            engine.await_ready(time.monotonic() + timeout)
            workdir = home / "work"
            workdir.mkdir()
            with _inputs(mode, home, file, stream, chunks) as inputs:
                run = protocol.Run(
                    "run-1",
                    features,
                    dict(parameters or {}),
                    inputs,
                    str(workdir),
                    mode=mode,
                    credit=first_credit(manifest, lead, kept) if mode == "stream" else None,
                    resume=dict(kept) if kept else None,
                    spool=None if mode == "chunk" else own_spool(manifest, spool or home / "spool"),
                )
                course = Course(engine, manifest, run, lead)
                course.await_start(time.monotonic() + timeout)
                return course.finish(time.monotonic() + timeout)


def own_spool(manifest: Manifest, folder: Path) -> str | None:
    """The folder, made if need be, for an engine that asks for one."""
    if not manifest.spool:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder.absolute())


def first_credit(
    manifest: Manifest, lead: int, kept: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Credit for the first parts of every output, behind those that are kept."""
    names = [port.name for port in manifest.ports if port.direction == "out"]
    return {name: lead + (kept or {}).get(name, 0) for name in names}


class Course:
    """One run of an engine that is ready; it is begun when this is made."""

    def __init__(
        self, engine: EngineProcess, manifest: Manifest, run: protocol.Run, lead: int = 2
    ) -> None:
        self._engine = engine
        self._run = run
        self._lead = lead
        self._live = run.mode in ("stream", "chunk") or run.credit is not None
        numbers = [file.number for file in run.inputs if file.number is not None]
        self._ledger = PartLedger(
            manifest, numbers if run.mode == "chunk" else None, run.credit, run.resume
        )
        self._ran = Ran()
        self._owed: dict[str, int] = {}
        self._waited = False
        engine.send(run)

    def await_start(self, deadline: float) -> None:
        """Wait until it is begun. Raises `Silence`."""
        message = self._engine.hear(deadline)
        if not isinstance(message, protocol.Started):
            raise Silence(f"it must answer a run with started, not {message.type}")

    def finish(self, deadline: float) -> Ran:
        """Hear it to its end. Raises `Silence` for what breaks a rule."""
        try:
            while not isinstance(message := self._next(deadline), protocol.Done):
                if isinstance(message, protocol.Failed):
                    self._check_attempt(message.attempt)
                    self._ran.failed = message
                    return self._ran
                self._hear(message)
            self._check_attempt(message.attempt)
            self._ledger.end()
            self._ran.document = self._document(message.result, message.document)
        except PartRefused as error:
            raise Silence(error.message) from None
        return self._ran

    def _next(self, deadline: float) -> protocol.Message:
        """The next message. The first credit is given only when the engine waits for it."""
        while self._owed:
            message = None if self._waited else self._engine.hear_within(QUIET)
            if message is not None:
                return message
            self._waited = True
            for port, upto in self._owed.items():
                self._ledger.allow(port, upto)
                self._engine.send(protocol.Credit(self._run.attempt, port, upto))
            self._owed.clear()
        return self._engine.hear(deadline)

    def _hear(self, message: protocol.Message) -> None:
        match message:
            case protocol.Warn():
                self._ran.warnings.append(message)
            case protocol.Output():
                self._take(message)
            case protocol.ChunkDone(_, number, result, document):
                self._ledger.answer(number)
                nothing = result is None and document is None
                self._ran.chunks[number] = None if nothing else self._document(result, document)
            case protocol.ChunkFailed(_, number):
                self._ledger.answer(number)
                self._ran.failures[number] = message

    def _take(self, said: protocol.Output) -> None:
        number = None
        if self._live:
            number = self._ledger.write(said.port, said.number, said.meta)
        path = self._inside(said.path)
        self._ran.parts.append(
            Made(said.port, number, path.read_bytes(), said.media_type, said.meta or {})
        )
        if self._live:
            path.unlink()
        if number is not None and said.port in (self._run.credit or {}):
            self._owed[said.port] = number + 1 + self._lead

    def _check_attempt(self, attempt: str | None) -> None:
        if attempt != self._run.attempt:
            raise Silence(f"it ended attempt {attempt}, not {self._run.attempt}")

    def _inside(self, relative: str) -> Path:
        home = Path(self._run.workdir).resolve()
        path = (home / relative).resolve()
        if path.is_relative_to(home) and path.is_file():
            return path
        raise Silence(f"{relative!r} is no file in the task's work folder")

    def _document(self, result: str | None, document: str | None) -> dict[str, Any]:
        text = document if result is None else self._inside(result).read_bytes()
        try:
            read = json.loads(text or "")
        except ValueError as error:
            raise Silence(f"its result is not JSON: {error}") from None
        if not isinstance(read, dict):
            raise Silence("its result must be a JSON object")
        return read


def file_input(path: Path, port: str = "in") -> protocol.InputFile:
    """A plain file as an input."""
    media_type = mimetypes.guess_type(path.name)[0] or NAMELESS
    return protocol.InputFile(port, str(path.absolute()), media_type, path.name)


@contextmanager
def piped(folder: Path, name: str, data: bytes, port: str = "in") -> Iterator[protocol.InputFile]:
    """An input that is a pipe; `data` is written into it while the block lasts."""
    place = folder / f"pipe{Path(name).suffix}"
    os.mkfifo(place)
    feeder = threading.Thread(target=_feed, args=(place, data), daemon=True)
    feeder.start()
    media_type = mimetypes.guess_type(name)[0] or NAMELESS
    try:
        yield protocol.InputFile(port, str(place), media_type, name, live=True)
    finally:
        # A pipe that was never opened is opened here, and one that is not read finds nobody.
        reader = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
        feeder.join(0.1)
        os.close(reader)
        feeder.join(1.0)
        place.unlink()


def _feed(place: Path, data: bytes) -> None:
    with suppress(BrokenPipeError), place.open("wb", buffering=0) as pipe:
        rest = memoryview(data)
        while rest:
            rest = rest[pipe.write(rest[: 1 << 16]) or 0 :]


@contextmanager
def _inputs(
    mode: str,
    home: Path,
    file: Path | None,
    stream: bytes | None,
    chunks: Sequence[Chunk | bytes | Path] | None,
) -> Iterator[tuple[protocol.InputFile, ...]]:
    if mode == "chunk":
        yield tuple(chunk_input(home, n, chunk) for n, chunk in enumerate(chunks or ()))
    elif mode == "stream":
        with piped(home, file.name if file else "stream", stream or b"") as pipe:
            yield (pipe,)
    else:
        yield (file_input(file),) if file else ()


def chunk_input(home: Path, number: int, chunk: Chunk | bytes | Path) -> protocol.InputFile:
    """A chunk as an input; its bytes go into a file in the folder `home`."""
    given = chunk if isinstance(chunk, Chunk) else Chunk(chunk)
    path = given.data if isinstance(given.data, Path) else home / f"chunk-{number}"
    if isinstance(given.data, bytes):
        path.write_bytes(given.data)
    media_type = given.media_type or mimetypes.guess_type(path.name)[0] or NAMELESS
    return protocol.InputFile(
        "in", str(path.absolute()), media_type, path.name, number, dict(given.meta) or None
    )
