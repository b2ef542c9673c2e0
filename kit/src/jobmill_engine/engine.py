"""What an engine's author writes against: `Engine`, `Task` and the expected ends of a run.

A task reports through one function that it is given, so an author's tests need no process.
"""

from __future__ import annotations

import copy
import itertools
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from threading import Event, Lock
from typing import Any, BinaryIO

from jobmill_engine import protocol
from jobmill_engine.lead import Lead
from jobmill_engine.meta import meta_problem

Result = Mapping[str, Any]
"""What `Engine.run` returns: a document of str keys and JSON values."""

PROGRESS_EVERY = 0.1
"""Seconds between two progress messages of the same feature."""

LONGEST_TEXT = 32_768
"""Characters of one log line or warning; the rest is cut, never an error."""


class InputRejected(Exception):
    """The input is not something this engine can work on; another attempt will not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class EngineFailed(Exception):
    """The engine knows why it cannot go on; another attempt may help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class LimitReached(Exception):
    """The input needs more than this engine is allowed (size, time, pages, memory)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class PlatformFailed(Exception):
    """The machine lacks what the engine needs (a model, a library, a program); say what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class TaskCancelled(BaseException):
    """Raised where a cancelled task looks or waits; no `Exception`, so no broad except eats it."""


class Engine:
    """A kind of work. One instance lives as long as its process and runs one task at a time."""

    def setup(self) -> None:
        """Load what every task needs (models). Called once, before the first task."""

    def run(self, task: Task) -> Result | None:
        """Do the work and return the result document.

        Called once for a task, and in mode chunk once for each chunk: `task.input()` is the chunk
        then, and the result is about it alone (None: there is nothing to say about it).

        Raise `InputRejected`, `EngineFailed` or `LimitReached` for what you expect to go wrong;
        any other exception fails the attempt as `engine_raised`, with its traceback in the log.
        """
        raise NotImplementedError(f"{type(self).__name__}.run is not written yet")


@dataclass(frozen=True, slots=True)
class Input:
    """One file to work on. `name` is what its owner calls it; `path` may be named differently.

    `number` and `meta` (such as `start_ms`, `end_ms`) are those of the part that it is, if it is
    one. `live`: the path is a pipe that carries the bytes while they come; it can be opened and
    read once, from start to end.
    """

    port: str
    path: Path
    media_type: str
    name: str
    number: int | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    live: bool = False

    def open(self) -> BinaryIO:
        """The bytes, whichever way they come."""
        return self.path.open("rb")


class Task:
    """One piece of work: what is asked, the files, and how to report. Safe to use from threads.

    `features` are the names asked for (of those in the manifest); `parameters` fit the manifest's
    schema; `workdir` is this task's own folder, the current directory while `run` works, and gone
    afterwards. `mode` is whole, stream or chunk; `chunk` is the chunk to work on in mode chunk.
    `spool` is None unless the manifest asks for it: a folder that outlives an attempt which is
    broken off (a crash, a restart) and is there again for the next one at the same work.
    """

    def __init__(
        self,
        run: protocol.Run,
        send: Callable[[protocol.Message], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.attempt = run.attempt
        self.features = run.features
        self.parameters: Mapping[str, Any] = run.parameters
        self.workdir = Path(run.workdir)
        self.spool = None if run.spool is None else Path(run.spool)
        self.inputs = tuple(_input(file) for file in run.inputs)
        self.mode = run.mode or "whole"
        self.chunk: Input | None = None
        self._live = self.mode != "whole" or run.credit is not None
        self._lead = Lead(run.credit, run.resume)
        self._send = send
        self._clock = clock
        self._lock = Lock()
        self._cancelled = Event()
        self._sent_at: dict[str | None, float] = {}
        self._held: dict[str | None, protocol.Progress] = {}
        self._written = itertools.count(1)

    def chunks(self) -> tuple[Input, ...]:
        """In mode chunk: what `run` is called for, one by one."""
        if self.mode != "chunk":
            return ()
        return tuple(file for file in self.inputs if file.number is not None)

    def of_chunk(self, chunk: Input) -> Task:
        """This task for one of its chunks: it has that chunk and what all chunks share."""
        task = copy.copy(self)
        task.chunk = chunk
        task.inputs = (chunk, *(file for file in self.inputs if file.number is None))
        return task

    def input(self, port: str = "in") -> Input:
        """The (first) file on an input port. Raises `InputRejected` when there is none."""
        for file in self.inputs:
            if file.port == port:
                return file
        raise InputRejected("missing_input", f"This engine needs a file on its port {port!r}.")

    def progress(
        self, done: float, total: float | None, unit: str, feature: str | None = None
    ) -> None:
        """Say how far the work is, as often as you like: at most ten a second are sent.

        `total` is None while it is not known. The last word of a task is always sent. In mode chunk
        the server counts chunks, and nothing is sent.
        """
        checked = [float(value) for value in (done, total) if value is not None]
        if not all(isfinite(value) and value >= 0 for value in checked):
            raise ValueError(f"Progress must be finite and not negative: {done} of {total}.")
        message = protocol.Progress(
            self.attempt, feature, float(done), None if total is None else float(total), unit
        )
        if self.mode == "chunk":
            return
        with self._lock:
            now = self._clock()
            if now - self._sent_at.get(feature, float("-inf")) < PROGRESS_EVERY:
                self._held[feature] = message
                return
            self._sent_at[feature] = now
            self._held.pop(feature, None)
            self._send(message)

    def flush(self) -> None:
        """Send the progress that was held back; the host loop does this at a task's end."""
        with self._lock:
            held, self._held = self._held, {}
            for message in held.values():
                self._send(message)

    def log(self, text: str, level: str = "info") -> None:
        """Write a line into the attempt's log; `level` is debug, info, warning or error."""
        if level not in protocol.LEVELS:
            raise ValueError(f"{level!r} is no log level; use {', '.join(protocol.LEVELS)}.")
        self._send(protocol.Log(self.attempt, level, text[:LONGEST_TEXT]))

    def warn(self, code: str, message: str, feature: str | None = None) -> None:
        """Tell the user; with `feature`, that feature has no result but the others stand."""
        self._send(protocol.Warn(self.attempt, code, message[:LONGEST_TEXT], feature))

    def output(
        self,
        port: str,
        data: bytes | str | os.PathLike[str],
        media_type: str,
        meta: Mapping[str, Any] | None = None,
    ) -> Path:
        """Hand over the next part of an output port; `meta` is a small JSON object about it.

        `data` is the content (bytes), or the path (str or path-like) of a finished file in
        `workdir`. Returns the file's path. In the modes stream and chunk the file is moved to that
        path and belongs to the server; the call waits while the readers are too far behind, and
        raises `TaskCancelled` when the task is cancelled meanwhile. In mode chunk a port takes one
        part for each chunk. Raises `ValueError` for a path outside of `workdir`, a `meta` that is
        too large or no JSON, a second part for a chunk.
        """
        about = _checked_meta(meta)
        if not self._live:
            path, name = self._file(data)
            self._send(protocol.Output(self.attempt, port, name, media_type, None, about))
            return path
        with self._lead.writing(port):
            number = self._number(port)
            if not self._lead.wait(port, number, self._cancelled.is_set):
                raise TaskCancelled
            path = self._move(data, f"part-{port}-{number}")
            self._lead.written(port, number, chunk=self.chunk is not None)
            self._send(protocol.Output(self.attempt, port, path.name, media_type, number, about))
        return path

    def kept(self, port: str) -> int:
        """How many parts of this port are kept from an attempt that did not get to its end.

        Write the same parts again (that is harmless), or `skip` them.
        """
        return self._lead.kept(port)

    def skip(self, port: str) -> int:
        """Go on behind the parts that are kept; returns the number of the next `output`."""
        return self._lead.skip(port)

    def _number(self, port: str) -> int:
        """The number of the part that is about to be written."""
        if self.chunk is None or self.chunk.number is None:
            return self._lead.next(port)
        if self._lead.has(port, self.chunk.number):
            raise ValueError(f"Port {port!r} has its part for chunk {self.chunk.number} already.")
        return self.chunk.number

    def _file(self, data: bytes | str | os.PathLike[str]) -> tuple[Path, str]:
        """The file and its name in the work folder."""
        if isinstance(data, bytes):
            path = self.workdir / f"output-{next(self._written)}"
            path.write_bytes(data)
            return path, path.name
        path = self.workdir / data
        return path, self._inside(path).relative_to(self.workdir.resolve()).as_posix()

    def _move(self, data: bytes | str | os.PathLike[str], name: str) -> Path:
        """Under a name of its own, so that the author may use the old one for the next part."""
        place = self.workdir / name
        if isinstance(data, bytes):
            place.write_bytes(data)
        else:
            self._inside(self.workdir / data).replace(place)
        return place

    def _inside(self, path: Path) -> Path:
        home, real = self.workdir.resolve(), path.resolve()
        if not real.is_relative_to(home):
            raise ValueError(f"An output must lie in the work folder {home}: {path}")
        return real

    def allow(self, port: str, upto: int) -> None:
        """Let parts below `upto` be written; the host loop calls this from its reading thread."""
        self._lead.allow(port, upto)

    @property
    def cancelled(self) -> bool:
        """Whether somebody cancelled this task; look often, and leave `run` soon."""
        return self._cancelled.is_set()

    def wait_cancelled(self, seconds: float | None = None) -> bool:
        """Wait until somebody cancels this task, so many seconds at most; whether somebody did.

        For engines that wait for something else: in place of `time.sleep`.
        """
        return self._cancelled.wait(seconds)

    def check_cancelled(self) -> None:
        """Raise `TaskCancelled` if somebody cancelled this task."""
        if self._cancelled.is_set():
            raise TaskCancelled

    def cancel(self) -> None:
        """Set the flag; the host loop calls this from its reading thread."""
        self._cancelled.set()
        self._lead.wake()


def _input(file: protocol.InputFile) -> Input:
    return Input(
        port=file.port,
        path=Path(file.path),
        media_type=file.media_type,
        name=file.name,
        number=file.number,
        meta=file.meta or {},
        live=bool(file.live),
    )


def _checked_meta(meta: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not meta:
        return None
    if problem := meta_problem(dict(meta)):
        raise ValueError(f"The part's {problem}.")
    return dict(meta)
