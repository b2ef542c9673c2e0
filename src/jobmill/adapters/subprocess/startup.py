"""Bring a host from a manifest to `ready`, or say why not."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from jobmill.adapters.subprocess import endings
from jobmill.adapters.subprocess.host import Ending, HostProcess
from jobmill.adapters.subprocess.launch import LaunchSettings
from jobmill.adapters.subprocess.logs import AttemptLog, LogLimits
from jobmill.core.engines.ports import AttemptListener, Failed, FailureClass
from jobmill_engine import protocol
from jobmill_engine.manifest import Manifest


class NamespacesRefused(Exception):
    """The kernel gives this user no namespaces; start without them."""


class Starter:
    """Starts hosts; learns once whether this machine allows namespaces.

    `spawned` is told of each host at once, so that its owner can end it while it starts.
    """

    def __init__(
        self,
        records: Path,
        settings: LaunchSettings,
        patience: float,
        spawned: Callable[[HostProcess], None],
    ) -> None:
        self._spawned = spawned
        self._records = records
        self._settings = settings
        self._patience = patience
        self._isolate = settings.isolate

    async def start(self, manifest: Manifest, listener: AttemptListener) -> HostProcess | Failed:
        """A ready host, or the failure. Cancelling leaves no process behind."""
        try:
            return await self._try(manifest, listener)
        except NamespacesRefused:
            self._isolate = False
            return await self._try(manifest, listener)

    async def _try(self, manifest: Manifest, listener: AttemptListener) -> HostProcess | Failed:
        try:
            host = HostProcess.spawn(manifest, self._settings, self._records, isolate=self._isolate)
        except OSError as error:
            return endings.not_started(manifest, f"{error.strerror} ({error.filename})")
        self._spawned(host)
        startup = _Startup(manifest, listener)
        host.listen(startup)
        try:
            async with asyncio.timeout(self._patience):
                failure = await startup.answer
        except TimeoutError:
            failure = endings.not_started(
                manifest, f"it was not ready within {self._patience:g} s", startup.log.last
            )
        except BaseException:
            await finish(host.kill())
            raise
        host.listen(None)
        if failure is not None:
            await finish(host.kill())
            return failure
        return host


class _Startup:
    """Hears an engine until it is ready; what is no message yet is taken for a print."""

    def __init__(self, manifest: Manifest, listener: AttemptListener) -> None:
        self._manifest = manifest
        self._listener = listener
        self.answer: asyncio.Future[Failed | None] = asyncio.get_running_loop().create_future()
        self.log = AttemptLog(self._tell, LogLimits())

    def said(self, line: bytes) -> None:
        try:
            message = protocol.decode(line)
        except protocol.ProtocolBroken:
            self.log.printed(line + b"\n")
            return
        match message:
            case protocol.Ready(version):
                self._answer(self._check(version))
            case protocol.Failed(None, failure, code, text):
                self._answer(Failed(FailureClass(failure), code, text))
            case protocol.Log():
                self.log.write(message.level, message.text)

    def flooded(self) -> None:
        self._answer(endings.flooded(self._manifest, "a line without end"))

    def printed(self, data: bytes) -> bool:
        self.log.printed(data)
        return not self.log.truncated

    def ended(self, ending: Ending) -> None:
        self.log.finish()
        if ending.no_namespaces is not None and not self.answer.done():
            self.answer.set_exception(NamespacesRefused(ending.no_namespaces))
        self._answer(endings.no_answer_at_start(self._manifest, ending, self.log.last))

    def _tell(self, level: str, text: str) -> None:
        try:
            self._listener.log(level, text)
        except Exception as error:  # for whoever awaits the start
            if not self.answer.done():
                self.answer.set_exception(error)

    def _check(self, version: int) -> Failed | None:
        if version == protocol.PROTOCOL:
            return None
        return endings.not_started(
            self._manifest,
            f"it speaks protocol {version}, this server {protocol.PROTOCOL}; "
            "install the jobmill-engine of the server's version",
        )

    def _answer(self, failure: Failed | None) -> None:
        if not self.answer.done():
            self.answer.set_result(failure)


async def finish(work: Coroutine[Any, Any, None]) -> None:
    """Await work to its end even if this task is cancelled meanwhile, and then stay cancelled."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
