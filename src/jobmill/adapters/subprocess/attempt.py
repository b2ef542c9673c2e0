"""One attempt on one host: listens to the engine, keeps its limits, and knows how it ended."""

import asyncio
import math
import resource
from contextlib import suppress
from dataclasses import dataclass, field

from jobmill.adapters.subprocess import documents, endings
from jobmill.adapters.subprocess.handover import run_line
from jobmill.adapters.subprocess.host import Ending, HostProcess
from jobmill.adapters.subprocess.live import LiveParts
from jobmill.adapters.subprocess.logs import AttemptLog, LogLimits
from jobmill.adapters.subprocess.proc import cpu_seconds
from jobmill.core.engines.endings import timed_out
from jobmill.core.engines.ports import (
    AttemptListener,
    EngineCall,
    EngineWarning,
    Failed,
    FailureClass,
    Progress,
)
from jobmill_engine import protocol
from jobmill_engine.ledger import PartRefused


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """How much an engine may say: bursts are free, beyond them so much a second.

    What is said of parts and chunks that the call itself bounds is not counted.
    `hung_after`: seconds without a beat and without computing, after which a process is hung.
    """

    messages: int = 20_000
    messages_per_second: int = 1_000
    bytes: int = 16 << 20
    bytes_per_second: int = 1 << 20
    log: LogLimits = field(default_factory=LogLimits)
    hung_after: float = 30.0


@dataclass(frozen=True, slots=True)
class Finished:
    """The engine says it is done: its document (or the file it names), output files, warnings."""

    result: str | None
    document: str | None
    outputs: tuple[protocol.Output, ...]
    warnings: tuple[EngineWarning, ...]


@dataclass(frozen=True, slots=True)
class NeverStarted:
    """The host ended before it took the attempt up."""

    failure: Failed


End = Finished | Failed | NeverStarted


class Attempt:
    """Runs a call on a ready host; `end` resolves once. The host is left as it is."""

    def __init__(
        self,
        call: EngineCall,
        listener: AttemptListener,
        host: HostProcess,
        limits: AttemptLimits,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.end: asyncio.Future[End] = self._loop.create_future()
        self._call = call
        self._listener = listener
        self._host = host
        self._limits = limits
        self._log = AttemptLog(self._tell, limits.log)
        self._began = self._loop.time()
        self._started = False
        self._messages = 0
        self._bytes = 0
        self._outputs: list[protocol.Output] = []
        self._warnings: list[EngineWarning] = []
        self._live = LiveParts(call, listener, self._surprise) if call.live else None
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._seen_cpu: float | None = None
        self._alive_at = self._began
        self._first_cpu: float | None = None

    async def run(self) -> End:
        """Hand the work over and wait for its end. Raises what the listener raised."""
        try:
            line = await run_line(self._call)
        except (protocol.MessageTooLong, TypeError, ValueError) as error:
            return Failed(FailureClass.INPUT, "parameters_unsendable", str(error))
        timeout = self._call.timeout
        timeout = self._call.manifest.timeout if timeout is None else timeout
        self._host.listen(self)
        try:
            self._limit_cpu()
            self._host.send(line)
            if self._live is not None:
                self._listener.began(self)
            if timeout is not None:
                self._timers["timeout"] = self._loop.call_later(timeout, self._timed_out, timeout)
            self._watch_later()
            return await self.end
        finally:
            for timer in self._timers.values():
                timer.cancel()
            self._host.listen(None)
            if self._live is not None:
                self._live.close()

    @property
    def sound(self) -> bool:
        """Whether the process may be trusted with more, as far as its chunks tell."""
        return self._live is None or self._live.sound

    def credit(self, port: str, upto: int) -> None:
        """See `AttemptControl`."""
        if self._live is not None and not self.end.done() and self._live.ledger.allow(port, upto):
            self._host.send(protocol.Credit(self._call.token, port, upto).encode())

    def said(self, line: bytes) -> None:
        """One protocol line of the engine's."""
        if self.end.done():
            return
        if not self._within_limits(len(line)):
            self._fail(endings.flooded(self._call.manifest, "messages without end"))
            return
        try:
            message = protocol.decode(line)
            if self._is_bounded(message):
                self._messages -= 1
                self._bytes -= len(line)
            self._hear(message)
        except protocol.ProtocolBroken as error:
            self._fail(endings.broke_protocol(self._call.manifest, str(error)))
        except Exception as error:
            self._surprise(error)

    def flooded(self) -> None:
        """A line without end."""
        what = f"a line of more than {protocol.MAX_LINE >> 20} MiB"
        self._fail(endings.flooded(self._call.manifest, what))

    def printed(self, data: bytes) -> bool:
        """Bytes of the engine's stderr."""
        self._log.printed(data)
        return not self._log.truncated

    def ended(self, ending: Ending) -> None:
        """The host's processes are gone."""
        if self._live is not None:
            self._live.in_order(lambda: self._ended(ending))
        else:
            self._ended(ending)

    def _ended(self, ending: Ending) -> None:
        self._log.finish()
        failure = endings.died(self._call.manifest, ending, self._log.last)
        self._resolve(failure if self._started else NeverStarted(failure))

    def _hear(self, message: protocol.Message) -> None:
        match message:
            case protocol.Beat():
                pass
            case protocol.Log():
                level = message.level if message.level in protocol.LEVELS else "info"
                self._log.write(level, message.text)
            case (
                protocol.Started()
                | protocol.Progress()
                | protocol.Warn()
                | protocol.Output()
                | protocol.ChunkDone()
                | protocol.ChunkFailed()
                | protocol.Done()
                | protocol.Failed()
            ):
                if message.attempt == self._call.token:
                    self._hear_own(message)
            case _:
                raise protocol.ProtocolBroken(f"{message.type} at the wrong time")

    def _hear_own(self, message: protocol.Message) -> None:
        """A message about this attempt; a thread left over from an earlier one is not heard."""
        if self._live is None:
            self._act_on(message)
        else:
            live = self._live
            live.in_order(lambda: self._act_live(message, live))

    def _act_live(self, message: protocol.Message, live: LiveParts) -> None:
        try:
            match message:
                case protocol.Output():
                    live.wrote(message)
                case protocol.ChunkDone() if self._call.mode == "chunk":
                    live.chunk_done(message)
                case protocol.ChunkFailed() if self._call.mode == "chunk":
                    live.chunk_failed(message)
                case protocol.Progress() if self._call.mode == "chunk":
                    pass  # what is counted there is chunks
                case protocol.Done():
                    live.ledger.end()
                    self._act_on(message)
                case _:
                    self._act_on(message)
        except PartRefused as error:
            self._fail(Failed(FailureClass.ENGINE, error.code, error.message))
        except documents.BadResult as error:
            self._fail(Failed(FailureClass.ENGINE, "bad_result", str(error)))
        except protocol.ProtocolBroken as error:
            self._fail(endings.broke_protocol(self._call.manifest, str(error)))
        except Exception as error:
            self._surprise(error)

    def _act_on(self, message: protocol.Message) -> None:
        match message:
            case protocol.Started():
                self._started = True
                self._listener.started()
            case protocol.Progress(_, feature, done, total, unit):
                self._listener.progress(Progress(feature, done, total, unit))
            case protocol.Warn(_, code, text, feature):
                self._warnings.append(EngineWarning(code, text, feature))
            case protocol.Output():
                self._outputs.append(message)
            case protocol.Done(_, result, document):
                self._close_log()
                outputs, warnings = tuple(self._outputs), tuple(self._warnings)
                self._resolve(Finished(result, document, outputs, warnings))
            case protocol.Failed(_, failure, code, text):
                self._close_log()
                self._resolve(Failed(FailureClass(failure), code, text))
            case _:
                raise protocol.ProtocolBroken(f"{message.type} in mode {self._call.mode}")

    def _is_bounded(self, message: protocol.Message) -> bool:
        """Whether the call itself bounds how many such messages there can be."""
        if self._live is None:
            return False
        if isinstance(message, protocol.ChunkDone | protocol.ChunkFailed):
            return True
        return isinstance(message, protocol.Output) and self._live.ledger.bounds(message.port)

    def _close_log(self) -> None:
        # Prints take another pipe: what was printed before this message is in it by now.
        self._host.hear_prints()
        self._log.finish()

    def _tell(self, level: str, text: str) -> None:
        try:
            self._listener.log(level, text)
        except Exception as error:
            self._surprise(error)

    def _surprise(self, error: Exception) -> None:
        """The listener raised: that is for whoever awaits the attempt."""
        if not self.end.done():
            self.end.set_exception(error)

    def _resolve(self, end: End) -> None:
        if not self.end.done():
            self.end.set_result(end)

    def _fail(self, failure: Failed) -> None:
        self._resolve(failure)

    def _within_limits(self, size: int) -> bool:
        self._messages += 1
        self._bytes += size
        if self._messages <= self._limits.messages and self._bytes <= self._limits.bytes:
            return True
        passed = self._loop.time() - self._began
        return (
            self._messages <= self._limits.messages + passed * self._limits.messages_per_second
            and self._bytes <= self._limits.bytes + passed * self._limits.bytes_per_second
        )

    def _timed_out(self, timeout: float) -> None:
        self._fail(timed_out(self._call.manifest, timeout))

    def _limit_cpu(self) -> None:
        """Let the kernel end the engine after this attempt's CPU seconds; it may be warm."""
        allowed, engine = self._call.manifest.resources.cpu_seconds, self._host.engine
        if allowed is None or engine is None:
            return
        self._first_cpu = cpu_seconds(engine.pid) or 0.0
        soft = math.ceil(self._first_cpu) + allowed
        with suppress(ProcessLookupError):  # its end is on its way to us
            hard = resource.prlimit(engine.pid, resource.RLIMIT_CPU)[1]
            resource.prlimit(engine.pid, resource.RLIMIT_CPU, (soft, hard))

    def _watch(self) -> None:
        """Look after the process from time to time, until the attempt ends."""
        if self.end.done():
            return
        self._end_if_out_of_cpu_time()
        self._end_if_hung()
        self._watch_later()

    def _watch_later(self) -> None:
        patience = min(1.0, self._limits.hung_after / 4)
        self._timers["watch"] = self._loop.call_later(patience, self._watch)

    def _end_if_out_of_cpu_time(self) -> None:
        """The kernel's signal can be ignored; this cannot."""
        allowed, engine = self._call.manifest.resources.cpu_seconds, self._host.engine
        if allowed is None or engine is None or self._first_cpu is None:
            return
        used = (cpu_seconds(engine.pid) or 0.0) - self._first_cpu
        if used > allowed + 1:
            reason = endings.cpu_time_exceeded(self._call.manifest)
            self._fail(Failed(FailureClass.LIMIT, *reason))

    def _end_if_hung(self) -> None:
        """No beat may mean a stopped process or a computation that lets no thread run."""
        used = cpu_seconds(self._host.engine.pid) if self._host.engine else None
        if used != self._seen_cpu:
            self._seen_cpu = used
            self._alive_at = self._loop.time()
        silence = self._loop.time() - max(self._host.heard, self._alive_at)
        if silence > self._limits.hung_after:
            self._fail(endings.hung(self._call.manifest, self._limits.hung_after))
