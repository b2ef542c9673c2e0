"""Drive one engine process from outside, as a server does but without its protections.

For the conformance checks; blocks, and needs nothing but the standard library.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import jobmill_engine
from jobmill_engine import protocol
from jobmill_engine.manifest import Manifest


class Silence(Exception):
    """The engine did not say what was awaited; the message tells what it did instead."""


class EngineProcess:
    """A started engine; leaving the `with` block kills it and all of its process group."""

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        self._errors = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (closed in __exit__)
        self._heard: queue.SimpleQueue[protocol.Message | str | None] = queue.SimpleQueue()
        try:
            self._process = subprocess.Popen(
                manifest.argv(sys.executable),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                cwd=manifest.path,
                env=os.environ | _own_environment(manifest),
                start_new_session=True,
            )
        except OSError:
            self._errors.close()
            raise
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> EngineProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.end_input()
        self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()

    def await_ready(self, deadline: float) -> None:
        """Wait until it can be given work. Raises `Silence` if it is not ready by then."""
        message = self.hear(deadline, after_prints=True)
        if isinstance(message, protocol.Failed):
            raise Silence(f"it cannot be set up: {message.message}")
        if not isinstance(message, protocol.Ready) or message.protocol != protocol.PROTOCOL:
            raise Silence(f"its first message must be ready, protocol {protocol.PROTOCOL}")

    def send(self, message: protocol.Message) -> None:
        """Send one message. Raises `Silence` when nobody reads any more."""
        try:
            if self._process.stdin is not None:
                self._process.stdin.write(message.encode())
                self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            raise Silence(f"the process {self.exit_text(1)}") from None

    def end_input(self) -> None:
        """Close the engine's stdin, as the death of a server does."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()

    def terminate(self) -> None:
        """SIGTERM to the engine's process group, as a cancel does."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)

    def hear(self, deadline: float, *, after_prints: bool = False) -> protocol.Message:
        """The next message that is no beat. Raises `Silence` at the deadline and at the end.

        Also for a line that is no message, unless it comes `after_prints`: a server takes what
        a library prints before `ready` for a log line.
        """
        while True:
            message = self.hear_within(deadline - time.monotonic(), after_prints=after_prints)
            if message is None:
                raise Silence("it said nothing in time")
            if not isinstance(message, protocol.Beat):
                return message

    def hear_within(self, seconds: float, *, after_prints: bool = False) -> protocol.Message | None:
        """The next message; None when nothing is said for so long. Raises `Silence` otherwise."""
        while True:
            try:
                heard = self._heard.get(timeout=max(seconds, 0.001))
            except queue.Empty:
                return None
            if heard is None:
                raise Silence(f"the process {self.exit_text(5)}")
            if isinstance(heard, protocol.Message):
                return heard
            if not after_prints:
                raise Silence(f"its standard output must carry messages only, but has {heard}")

    def exited_within(self, seconds: float) -> bool:
        """Whether the process ends by itself in this time."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.poll() is not None

    def exit_text(self, patience: float) -> str:
        """How the process ended, with its last lines."""
        if not self.exited_within(patience):
            return "closed its output"
        self._errors.seek(0)
        tail = self._errors.read()[-2000:].decode("utf-8", "replace").strip()
        return f"ended with status {self._process.returncode}" + (f":\n{tail}" if tail else "")

    def _read(self) -> None:
        for line in self._process.stdout or ():
            try:
                self._heard.put(protocol.decode(line))
            except protocol.ProtocolBroken as error:
                self._heard.put(str(error))
        self._heard.put(None)


def _own_environment(manifest: Manifest) -> dict[str, str]:
    kit = str(Path(jobmill_engine.__file__).parents[1])
    folders = [str(manifest.path), kit, os.environ.get("PYTHONPATH", "")]
    return {
        "PYTHONPATH": os.pathsep.join(folder for folder in folders if folder),
        "JOBMILL_ENGINE": manifest.id,
        "JOBMILL_ENGINE_VERSION": manifest.version,
    }
