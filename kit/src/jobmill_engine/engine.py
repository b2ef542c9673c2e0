"""What an engine's author writes against: `Engine`, `Task` and the expected ends of a run.

A task reports through one function that it is given, so an author's tests need no process.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from threading import Event, Lock
from typing import Any

from jobmill_engine import protocol

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
    """Raised by `Task.check_cancelled`; not an `Exception`, so that no broad except eats it."""


class Engine:
    """A kind of work. One instance lives as long as its process and runs one task at a time."""

    def setup(self) -> None:
        """Load what every task needs (models). Called once, before the first task."""

    def run(self, task: Task) -> Result:
        """Do the work and return the result document.

        Raise `InputRejected`, `EngineFailed` or `LimitReached` for what you expect to go wrong;
        any other exception fails the attempt as `engine_raised`, with its traceback in the log.
        """
        raise NotImplementedError(f"{type(self).__name__}.run is not written yet")


@dataclass(frozen=True, slots=True)
class Input:
    """One file to work on. `name` is what its owner calls it; `path` may be named differently."""

    port: str
    path: Path
    media_type: str
    name: str


class Task:
    """One piece of work: what is asked, the files, and how to report. Safe to use from threads.

    `features` are the names asked for (of those in the manifest); `parameters` fit the manifest's
    schema; `workdir` is this task's own folder, the current directory while `run` works, and gone
    afterwards.
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
        self.inputs = tuple(
            Input(file.port, Path(file.path), file.media_type, file.name) for file in run.inputs
        )
        self._send = send
        self._clock = clock
        self._lock = Lock()
        self._cancelled = Event()
        self._sent_at: dict[str | None, float] = {}
        self._held: dict[str | None, protocol.Progress] = {}
        self._written = 0

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

        `total` is None while it is not known. The last word of a task is always sent.
        """
        checked = [float(value) for value in (done, total) if value is not None]
        if not all(isfinite(value) and value >= 0 for value in checked):
            raise ValueError(f"Progress must be finite and not negative: {done} of {total}.")
        message = protocol.Progress(
            self.attempt, feature, float(done), None if total is None else float(total), unit
        )
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

    def output(self, port: str, data: bytes | str | os.PathLike[str], media_type: str) -> Path:
        """Hand over a finished file on an output port; the file must not change any more.

        `data` is the content (bytes), or the path (str or path-like) of a file in `workdir`.
        Returns the file's path. Raises `ValueError` for a path outside of `workdir`.
        """
        if isinstance(data, bytes):
            with self._lock:
                self._written += 1
                path = self.workdir / f"output-{self._written}"
            path.write_bytes(data)
            relative = path.name
        else:
            path = self.workdir / data
            home, real = self.workdir.resolve(), path.resolve()
            if not real.is_relative_to(home):
                raise ValueError(f"An output must lie in the work folder {home}: {path}")
            relative = real.relative_to(home).as_posix()
        self._send(protocol.Output(self.attempt, port, relative, media_type))
        return path

    @property
    def cancelled(self) -> bool:
        """Whether somebody cancelled this task; look often, and leave `run` soon."""
        return self._cancelled.is_set()

    def check_cancelled(self) -> None:
        """Raise `TaskCancelled` if somebody cancelled this task."""
        if self._cancelled.is_set():
            raise TaskCancelled

    def cancel(self) -> None:
        """Set the flag; the host loop calls this from its reading thread."""
        self._cancelled.set()
