"""The host loop: an engine's process reads messages, works, answers. Authors call only `serve`.

The main thread runs the engine's code; one other thread reads messages and beats, so a cancel
arrives while `run` works and a long computation still shows that its process lives.
"""

from __future__ import annotations

import errno
import json
import os
import select
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from jobmill_engine import protocol
from jobmill_engine.engine import (
    LONGEST_TEXT,
    Engine,
    EngineFailed,
    InputRejected,
    LimitReached,
    PlatformFailed,
    Task,
    TaskCancelled,
)

BEAT_EVERY = 5.0
"""Seconds between two beats while a task runs."""

LEAVE_WITHIN = 3.0
"""Seconds a task has to end by itself after the server has gone."""

RESULT_FILE = ".result.json"
"""The result document's name in a task's work folder."""

NOTHING = "{}"
"""The result of a task in mode chunk, whose chunks have results of their own."""


def serve(engine: Callable[[], Engine]) -> None:
    """Run an engine class as this process's work, until the server says to leave or has gone.

    Call it as the last line of the engine's program. Returns normally on a shutdown; leaves with
    status 1 when the engine cannot be set up. From here on standard output goes to the log.
    """
    wire = _Wire(*_take_over_stdio())
    home = Path.cwd()
    try:
        worker = engine()
        worker.setup()
    except BaseException as error:
        wire.send(_failure(None, error, "setup_failed"))
        _log_traceback()
        raise SystemExit(1) from None
    name = os.environ.get("JOBMILL_ENGINE", getattr(engine, "__name__", "engine"))
    version = os.environ.get("JOBMILL_ENGINE_VERSION", "0")
    wire.send(protocol.Ready(protocol.PROTOCOL, name, version))
    reader = _Reader(wire)
    Thread(target=reader.read, name="jobmill-messages", daemon=True).start()
    while (task := reader.next_task()) is not None:
        last = _run_one(worker, task, wire)
        os.chdir(home)
        # Before the last message: the next task may be here the moment after it.
        reader.finished()
        wire.send(last)


def _take_over_stdio() -> tuple[int, int]:
    """Keep stdin and stdout for messages; prints go to stderr, reads find nothing.

    Re-points the descriptors themselves, so that it holds for C code and child processes too.
    """
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True, errors="backslashreplace")
    return incoming, outgoing


class _Wire:
    """Both directions of the protocol on raw descriptors; sending is safe from any thread."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self.incoming = incoming
        self._outgoing = outgoing
        self._lock = Lock()

    def send(self, message: protocol.Message) -> None:
        line = memoryview(message.encode())
        with self._lock:
            while line:
                line = line[os.write(self._outgoing, line) :]


class _Reader:
    """Reads messages for as long as the process lives; hands tasks to the main thread."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._current: Task | None = None
        self._idle = Event()
        self._idle.set()

    def next_task(self) -> Task | None:
        """Wait for work; None means: leave."""
        return self._tasks.get()

    def finished(self) -> None:
        """The main thread is through with its task."""
        self._current = None
        self._idle.set()

    def read(self) -> None:
        """The thread: read until the end of the stream, then see to it that the process ends."""
        buffer = bytearray()
        while self._wait_or_beat():
            try:
                chunk = os.read(self._wire.incoming, 1 << 16)
            except OSError:
                break
            if not chunk:
                break
            buffer += chunk
            *lines, rest = bytes(buffer).split(b"\n")
            buffer = bytearray(rest)
            if not all(self._obey(line) for line in lines if line):
                break
        self._leave()

    def _wait_or_beat(self) -> bool:
        while True:
            patience = None if self._idle.is_set() else BEAT_EVERY
            if select.select([self._wire.incoming], [], [], patience)[0]:
                return True
            if not self._idle.is_set():
                try:
                    self._wire.send(protocol.Beat())
                except OSError:
                    return False

    def _obey(self, line: bytes) -> bool:
        """Act on one message; False when the process is to leave."""
        try:
            message = protocol.decode(line)
            if isinstance(message, protocol.Run):
                self._begin(message)
        except (ValueError, OSError) as error:
            print(f"jobmill_engine: the server sent {error}", file=sys.stderr)
            return False
        task = self._current
        match message:
            case protocol.Cancel(attempt) if task is not None and task.attempt == attempt:
                task.cancel()
            case protocol.Credit(attempt, port, upto) if task and task.attempt == attempt:
                task.allow(port, upto)
        return not isinstance(message, protocol.Shutdown)

    def _begin(self, run: protocol.Run) -> None:
        if run.inputs_file is not None:
            listed = json.loads(Path(run.inputs_file).read_bytes())
            run = replace(run, inputs=protocol.read_inputs(listed))
        self._idle.clear()
        self._current = Task(run, self._wire.send)
        self._tasks.put(self._current)

    def _leave(self) -> None:
        if (task := self._current) is not None:
            task.cancel()
        self._tasks.put(None)
        if not self._idle.wait(LEAVE_WITHIN):
            os._exit(1)


def _run_one(engine: Engine, task: Task, wire: _Wire) -> protocol.Done | protocol.Failed:
    """One attempt from `started` on; returns the one message that ends it."""
    wire.send(protocol.Started(task.attempt))
    last: protocol.Done | protocol.Failed
    try:
        if task.mode == "chunk":
            last = _run_chunks(engine, task, wire)
        else:
            _enter(task.workdir)
            last = _done(task, engine.run(task))
    except BaseException as error:
        last = _failed(task, error)
    task.flush()
    _flush_prints()
    return last


def _run_chunks(engine: Engine, task: Task, wire: _Wire) -> protocol.Done:
    """Every chunk by itself; one that fails does not stop the others, a cancel does."""
    for chunk in task.chunks():
        task.check_cancelled()
        wire.send(_run_chunk(engine, task.of_chunk(chunk), chunk.number or 0))
    return protocol.Done(task.attempt, document=NOTHING)


def _run_chunk(
    engine: Engine, task: Task, number: int
) -> protocol.ChunkDone | protocol.ChunkFailed:
    try:
        _enter(task.workdir)
        document = engine.run(task)
        if not document and isinstance(document, Mapping | None):
            return protocol.ChunkDone(task.attempt, number)
        file, text = _written(task, document, f".result-{number}.json")
        return protocol.ChunkDone(task.attempt, number, file, text)
    except TaskCancelled:
        raise
    except BaseException as error:
        end = _failed(task, error)
        return protocol.ChunkFailed(task.attempt, number, end.failure, end.code, end.message)


def _failed(task: Task, error: BaseException) -> protocol.Failed:
    end = _failure(task.attempt, error, "engine_raised")
    if end.code == "engine_raised":
        _log_traceback()
    return end


def _enter(workdir: Path) -> None:
    """Make the task's folder the current one and the place of temporary files."""
    os.chdir(workdir)
    os.environ["TMPDIR"] = str(workdir)
    if (tempfile := sys.modules.get("tempfile")) is not None:
        tempfile.tempdir = None  # type: ignore[attr-defined]


def _done(task: Task, document: Any) -> protocol.Done:
    return protocol.Done(task.attempt, *_written(task, document, RESULT_FILE))


def _written(task: Task, document: Any, name: str) -> tuple[str | None, str | None]:
    """A result as a file's name or as text, exactly one of the two."""
    if not isinstance(document, Mapping):
        raise EngineFailed("bad_result", f"run must return a dict, not {type(document).__name__}.")
    try:
        text = json.dumps(
            dict(document), ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        data = text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise EngineFailed("bad_result", f"The result is not plain JSON: {error}") from None
    if len(data) <= protocol.SMALL_RESULT:
        return None, text
    (task.workdir / name).write_bytes(data)
    return name, None


_EXPECTED: dict[type[InputRejected | EngineFailed | LimitReached | PlatformFailed], str] = {
    InputRejected: "input",
    EngineFailed: "engine",
    LimitReached: "limit",
    PlatformFailed: "platform",
}


def _failure(attempt: str | None, error: BaseException, unexpected: str) -> protocol.Failed:
    """What an exception means to the server."""
    for kind, failure in _EXPECTED.items():
        if isinstance(error, kind):
            return protocol.Failed(attempt, failure, error.code, str(error)[:LONGEST_TEXT])
    if isinstance(error, TaskCancelled):
        return protocol.Failed(attempt, "platform", "cancelled", "The task was cancelled.")
    if isinstance(error, MemoryError):
        text = "The engine needed more memory than it is allowed (resources.memory_mb)."
        return protocol.Failed(attempt, "limit", "memory_exceeded", text)
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        text = "The engine wrote a larger file than it is allowed (resources.file_size_mb)."
        return protocol.Failed(attempt, "limit", "file_size_exceeded", text)
    text = f"{type(error).__name__}: {error}"[:4000]
    return protocol.Failed(attempt, "engine", unexpected, text)


def _log_traceback() -> None:
    """Print the current exception to stderr, which is the attempt's log."""
    import traceback  # only failures pay for it

    traceback.print_exc()
    sys.stderr.flush()


def _flush_prints() -> None:
    """Let what was printed reach the log before the attempt ends, C code's buffers included."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # the engine's code may have closed it
            stream.flush()
    _c_library().fflush(None)


@cache
def _c_library() -> Any:
    import ctypes  # not at the start: it would delay `ready`

    return ctypes.CDLL(None)
