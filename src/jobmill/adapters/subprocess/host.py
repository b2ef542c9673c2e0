"""One engine process behind its shim: pipes, signals and its certain end. Knows no attempt."""

import asyncio
import os
import secrets
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from jobmill.adapters.subprocess import records
from jobmill.adapters.subprocess.channel import LineReader, ReadPipe, WritePipe
from jobmill.adapters.subprocess.launch import LaunchSettings, engine_environment, shim_command
from jobmill.adapters.subprocess.proc import ProcessId, identify, is_alive
from jobmill_engine import protocol
from jobmill_engine.manifest import Manifest

SHIM_PATIENCE = 2.0
"""Seconds the shim has to end everything before it is killed itself."""

FLOOD_PACE = 0.01
"""Seconds between two reads of what nobody listens to any more."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a host ended: the engine's wait status (None: it was killed), and the shim's words."""

    status: int | None = None
    too_many_processes: bool = False
    not_started: str | None = None
    no_namespaces: str | None = None


class HostWatcher(Protocol):
    """Whoever uses a host at the moment; called on the event loop."""

    def said(self, line: bytes) -> None:
        """The engine sent one protocol line."""

    def flooded(self) -> None:
        """The engine sends a line that is too long to be one."""

    def printed(self, data: bytes) -> bool:
        """Bytes from the engine's stderr; answers whether more are of interest."""

    def ended(self, ending: Ending) -> None:
        """No process of the host is left. Nothing follows."""


class HostProcess:
    """A started host. Use `spawn`; set `watcher` to hear from it."""

    def __init__(
        self,
        manifest: Manifest,
        records_folder: Path,
        mark: str,
        shim: "subprocess.Popen[bytes]",
        lifeline: int,
        status: int,
    ) -> None:
        self.manifest = manifest
        self.mark = mark
        self.watcher: HostWatcher | None = None
        self.ready = False
        self.engine: ProcessId | None = None
        self.gone: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()
        self.heard = self._loop.time()
        self._records = records_folder
        self._shim = shim
        self._shim_id = identify(shim.pid)
        self._lifeline = lifeline
        self._ending = Ending()
        self._finishing: asyncio.Task[None] | None = None
        stdin, stdout, stderr = shim.stdin, shim.stdout, shim.stderr
        if stdin is None or stdout is None or stderr is None:
            raise ValueError("A host needs all three pipes of its shim.")
        lines = LineReader(self._line, self._overlong, protocol.MAX_LINE)
        reports = LineReader(self._reported, lambda: None, protocol.MAX_LINE)
        self._stdin = WritePipe(os.dup(stdin.fileno()))
        self._stdout = self._reader(stdout.fileno(), lines)
        self._stderr = ReadPipe(os.dup(stderr.fileno()), self._printed, lambda: None)
        self._status = ReadPipe(status, reports.feed, self._finish)
        for pipe in (stdin, stdout, stderr):
            pipe.close()

    @classmethod
    def spawn(
        cls, manifest: Manifest, settings: LaunchSettings, folder: Path, *, isolate: bool
    ) -> "HostProcess":
        """Start a shim that starts the engine. Raises OSError when not even that is possible.

        Forks on the calling thread, which must live as long as the host may.
        """
        mark = secrets.token_hex(12)
        lifeline_end, lifeline = os.pipe()
        status, status_end = os.pipe()
        try:
            shim = subprocess.Popen(
                shim_command(manifest, settings, lifeline_end, status_end, isolate=isolate),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=engine_environment(manifest, settings, mark),
                pass_fds=(lifeline_end, status_end),
                start_new_session=True,
            )
        except BaseException:
            os.close(lifeline)
            os.close(status)
            raise
        finally:
            os.close(lifeline_end)
            os.close(status_end)
        return cls(manifest, folder, mark, shim, lifeline, status)

    def send(self, line: bytes) -> None:
        """Send one encoded message; what a dying host cannot take is lost."""
        self._stdin.write(line)

    def hear_prints(self) -> None:
        """Read at once what the engine has printed until now."""
        self._stderr.drain()

    def listen(self, watcher: HostWatcher | None) -> None:
        """Tell this watcher from now on; with None, drop what the engine says."""
        self.watcher = watcher
        self._stdout.pace = self._stderr.pace = 0.0 if watcher else FLOOD_PACE

    async def cancel(self, attempt: str, grace: float) -> None:
        """Ask the engine to stop, then insist; returns when none of its processes is left."""
        self.send(protocol.Cancel(attempt).encode())
        if self.engine is not None and is_alive(self.engine):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.engine.pid, signal.SIGTERM)
        await asyncio.wait([self.gone], timeout=grace)
        await self.kill()

    async def leave(self, patience: float) -> None:
        """Let the engine leave by itself, then end it; returns when it is gone."""
        self.send(protocol.Shutdown().encode())
        self._stdin.close()
        await asyncio.wait([self.gone], timeout=patience)
        await self.kill()

    async def kill(self) -> None:
        """End all processes of this host; returns when the kernel has none of them any more."""
        self._cut_lifeline()
        await asyncio.wait([self.gone], timeout=SHIM_PATIENCE)
        if not self.gone.done():
            await asyncio.to_thread(records.kill_all, self.mark, self._known())
        await self.gone

    def _reader(self, fd: int, lines: LineReader) -> ReadPipe:
        def heard(data: bytes) -> None:
            self.heard = self._loop.time()
            lines.feed(data)

        return ReadPipe(os.dup(fd), heard, lambda: None)

    def _known(self) -> list[ProcessId]:
        return [process for process in (self._shim_id, self.engine) if process is not None]

    def _cut_lifeline(self) -> None:
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def _line(self, line: bytes) -> None:
        if self.watcher is not None:
            self.watcher.said(line)

    def _overlong(self) -> None:
        if self.watcher is not None:
            self.watcher.flooded()

    def _printed(self, data: bytes) -> None:
        self.heard = self._loop.time()
        wanted = self.watcher is not None and self.watcher.printed(data)
        self._stderr.pace = 0.0 if wanted else FLOOD_PACE

    def _reported(self, line: bytes) -> None:
        """One line of the shim's."""
        word, _, rest = line.decode("utf-8", "replace").partition(" ")
        if word == "engine":
            self.engine = identify(int(rest))
            self._record()
            return
        known = self._ending
        self._ending = Ending(
            status=int(rest) if word == "exit" else known.status,
            too_many_processes=word == "limit" or known.too_many_processes,
            not_started=rest if word == "failed" else known.not_started,
            no_namespaces=rest if word == "refused" else known.no_namespaces,
        )

    def _record(self) -> None:
        """Leave word of this host for a later server; without that it must not run."""
        record = records.HostRecord(self.mark, self.manifest.id, tuple(self._known()))
        try:
            records.write_record(self._records, record)
        except OSError as error:
            reason = f"its record cannot be kept in {self._records} ({error.strerror})"
            self._ending = replace(self._ending, not_started=reason)
            self._cut_lifeline()

    def _finish(self) -> None:
        """Shim and namespace have ended: make sure of the rest, then tell."""
        self._finishing = asyncio.ensure_future(self._conclude())

    async def _conclude(self) -> None:
        try:
            if self._shim.wait() != 0 or any(is_alive(process) for process in self._known()):
                # The shim was killed: what it held together may live on.
                await asyncio.to_thread(records.kill_all, self.mark, self._known())
            records.remove_record(self._records, self.mark)
        except BaseException as error:
            self.gone.set_exception(error)
            raise
        self._cut_lifeline()
        self._stdout.drain()
        self._stderr.drain()
        for pipe in (self._stdout, self._stderr, self._stdin):
            pipe.close()
        self.gone.set_result(self._ending)
        if self.watcher is not None:
            self.watcher.ended(self._ending)
