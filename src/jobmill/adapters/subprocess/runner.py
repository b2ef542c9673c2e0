"""Runs attempts in engine processes kept warm. Decides which process; knows no message."""

import asyncio
import contextlib
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from jobmill.adapters.subprocess import documents
from jobmill.adapters.subprocess.attempt import Attempt, AttemptLimits, End, Finished, NeverStarted
from jobmill.adapters.subprocess.host import HostProcess
from jobmill.adapters.subprocess.launch import LaunchSettings
from jobmill.adapters.subprocess.startup import Starter, finish
from jobmill.core.engines.ports import (
    AttemptListener,
    Done,
    EngineCall,
    EngineOutput,
    Failed,
    FailureClass,
    Outcome,
)
from jobmill_engine import protocol
from jobmill_engine.manifest import Manifest
from jobmill_engine.meta import meta_problem

_LEAVE_WITHIN = 1.0

_A = TypeVar("_A")
_R = TypeVar("_R")


class SubprocessRunner:
    """An `EngineRunner`: each attempt on a warm host of its engine, or on a new one.

    `records` is a folder for `sweep`. A host is kept after a success or a rejected input, for
    `idle_seconds`; after anything else it is ended before `run` returns. On a cancel the engine
    has `grace_seconds` to stop by itself. At most `manifest.concurrency` hosts of an engine work
    at once; further calls wait their turn.
    """

    def __init__(
        self,
        records: Path,
        *,
        idle_seconds: float = 60.0,
        grace_seconds: float = 1.0,
        start_seconds: float = 120.0,
        limits: AttemptLimits | None = None,
        settings: LaunchSettings | None = None,
    ) -> None:
        records.mkdir(parents=True, exist_ok=True)
        self._limits = limits or AttemptLimits()
        self._idle_seconds = idle_seconds
        self._grace_seconds = grace_seconds
        self._idle: dict[str, list[HostProcess]] = defaultdict(list)
        self._retirements: dict[HostProcess, asyncio.TimerHandle] = {}
        self._busy: set[HostProcess] = set()
        self._starter = Starter(records, settings or LaunchSettings(), start_seconds, self._spawned)
        self._turns: dict[tuple[str, int], asyncio.Semaphore] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False

    async def run(self, call: EngineCall, listener: AttemptListener) -> Outcome:
        """Run one attempt to its end; see `EngineRunner`."""
        async with self._turn(call.manifest):
            while not self._closed:
                warm = self._take(call.manifest)
                host = warm or await self._starter.start(call.manifest, listener)
                if isinstance(host, Failed):
                    return _stopping() if self._closed else host
                end = await self._attempt(call, listener, host)
                if isinstance(end, Done | Failed):
                    return end
                if warm is None and not self._closed:
                    return end.failure
            return _stopping()

    async def close(self) -> None:
        """Stop every engine process; attempts still running fail as `server_stopping`."""
        self._closed = True
        idle = [host for hosts in self._idle.values() for host in hosts]
        self._idle.clear()
        for timer in self._retirements.values():
            timer.cancel()
        self._retirements.clear()
        ends = [*(host.kill() for host in (*idle, *self._busy)), *self._leaving]
        await finish(_all(ends))

    def _turn(self, manifest: Manifest) -> contextlib.AbstractAsyncContextManager[object]:
        if manifest.concurrency is None:
            return contextlib.nullcontext()
        key = (manifest.id, manifest.concurrency)
        return self._turns.setdefault(key, asyncio.Semaphore(manifest.concurrency))

    async def _attempt(
        self, call: EngineCall, listener: AttemptListener, host: HostProcess
    ) -> Outcome | NeverStarted:
        """One try on one host; afterwards the host is idle or gone, whatever happens."""
        self._busy.add(host)
        try:
            attempt = Attempt(call, listener, host, self._limits)
            end = await attempt.run()
            outcome = await _outcome(call, end)
        except asyncio.CancelledError:
            await finish(host.cancel(call.token, self._grace_seconds))
            raise
        except BaseException:
            await finish(host.kill())
            raise
        finally:
            self._busy.discard(host)
        if attempt.sound and _leaves_host_sound(outcome) and not self._closed:
            self._put_back(host)
            return outcome
        await finish(host.kill())
        died = isinstance(outcome, Failed) and outcome.process_died
        return _stopping() if self._closed and died else outcome

    def _spawned(self, host: HostProcess) -> None:
        self._busy.add(host)
        host.gone.add_done_callback(lambda _: self._busy.discard(host))

    def _take(self, manifest: Manifest) -> HostProcess | None:
        """The most recently used warm host of exactly this manifest."""
        hosts = self._idle[manifest.id]
        while hosts:
            host = hosts.pop()
            self._retirements.pop(host).cancel()
            if not host.gone.done() and host.manifest == manifest:
                return host
            self._retire(host)
        return None

    def _put_back(self, host: HostProcess) -> None:
        if host.gone.done():
            return
        self._idle[host.manifest.id].append(host)
        loop = asyncio.get_running_loop()
        self._retirements[host] = loop.call_later(self._idle_seconds, self._idle_too_long, host)

    def _idle_too_long(self, host: HostProcess) -> None:
        del self._retirements[host]
        self._idle[host.manifest.id].remove(host)
        self._retire(host)

    def _retire(self, host: HostProcess) -> None:
        task = asyncio.ensure_future(host.leave(_LEAVE_WITHIN))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)


async def _outcome(call: EngineCall, end: End) -> Outcome | NeverStarted:
    if not isinstance(end, Finished):
        return end
    try:
        data = (end.document or "").encode()
        home = documents.real_folder(call.workdir) if end.result or end.outputs else ""
        if end.result is not None:
            fd, _ = documents.open_inside(home, end.result)
            data = await _here_or_aside(os.fstat(fd).st_size, documents.read_bytes, fd)
        parse = partial(documents.parse_document, media_out=call.manifest.media_out)
        document = await _here_or_aside(len(data), parse, data)
        return Done(document, _outputs(home, end), end.warnings)
    except documents.BadResult as error:
        return Failed(FailureClass.ENGINE, "bad_result", str(error))


async def _here_or_aside(size: int, work: Callable[[_A], _R], argument: _A) -> _R:
    """Small work on the event loop, where it costs no hop; large work on a thread."""
    if size <= documents.READ_INLINE:
        return work(argument)
    return await asyncio.to_thread(work, argument)


def _outputs(home: str, end: Finished) -> tuple[EngineOutput, ...]:
    return tuple(_output(home, said) for said in end.outputs)


def _output(home: str, said: protocol.Output) -> EngineOutput:
    """A file of a whole task, whose number is its place in the list."""
    meta = said.meta or {}
    if problem := meta_problem(meta):
        raise documents.BadResult(f"An output of port {said.port!r} cannot be kept: {problem}.")
    path = documents.check_file(home, said.path)
    return EngineOutput(said.port, path, said.media_type, meta=meta)


def _leaves_host_sound(outcome: Outcome | NeverStarted) -> bool:
    """Whether the process may work again; one that failed in any other way is not trusted."""
    return isinstance(outcome, Done) or (
        isinstance(outcome, Failed) and outcome.failure is FailureClass.INPUT
    )


def _stopping() -> Failed:
    return Failed(
        FailureClass.PLATFORM,
        "server_stopping",
        "The server stops; the task runs again when it is back.",
    )


async def _all(work: Iterable[Awaitable[None]]) -> None:
    await asyncio.gather(*work)
