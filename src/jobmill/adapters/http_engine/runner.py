"""Runs attempts at services: opens the attempt's grant, waits until the service is ready, gives it
the work, and sees to it that time, cancel and the service's death have an end.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from jobmill.adapters.fetch.dialing import Resolve
from jobmill.adapters.http_engine import endings
from jobmill.adapters.http_engine.allowed import EngineGuard
from jobmill.adapters.http_engine.client import EngineAway, EngineClient
from jobmill.adapters.http_engine.work import Limits, Work
from jobmill.core.clock import Clock
from jobmill.core.engines import (
    AttemptListener,
    EngineCall,
    EngineInput,
    Failed,
    FailureClass,
    Outcome,
)
from jobmill.core.engines.endings import timed_out
from jobmill.core.engines.remote import RemoteManifest
from jobmill.core.errors import AddressNotAllowed, InvalidInput
from jobmill.core.ids import RunToken
from jobmill.core.jobs.grants import GrantedFile
from jobmill.core.jobs.ports import Bell, Database
from jobmill.core.jobs.service.grants import OpenGrant, open_grant

if TYPE_CHECKING:
    from jobmill.adapters.fetch.connection import Dial

GRANT_MARGIN = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0


@dataclass(frozen=True, slots=True)
class HttpLimits(Limits):
    """`attempt_seconds` is for engines whose registration names no timeout; a service may say for
    `start_seconds` that it still starts, and has `ready_seconds` for each answer to that; for
    `fresh_seconds` after a good answer it is not asked again."""

    attempt_seconds: float = 24 * 3600.0
    start_seconds: float = 120.0
    ready_seconds: float = 10.0
    fresh_seconds: float = 10.0


class HttpEngineRunner:
    """An `EngineRunner` for `RemoteManifest`s. `base` says where services find the server now."""

    def __init__(
        self,
        database: Database,
        bell: Bell,
        clock: Clock,
        guard: EngineGuard,
        base: Callable[[], str],
        limits: HttpLimits | None = None,
        *,
        resolve: Resolve | None = None,
        dial: "Dial | None" = None,
    ) -> None:
        self._database = database
        self._bell = bell
        self._clock = clock
        self._base = base
        self._limits = limits or HttpLimits()
        self._client = EngineClient(guard, resolve, dial)
        self._ready: dict[str, float] = {}
        self._running: set[asyncio.Task[object]] = set()

    async def run(self, call: EngineCall, listener: AttemptListener) -> Outcome:
        """Run one attempt to its end; see `EngineRunner`."""
        manifest = call.manifest
        assert isinstance(manifest, RemoteManifest)  # noqa: S101  it was chosen by that
        seconds = call.timeout or manifest.timeout or self._limits.attempt_seconds
        try:
            async with asyncio.timeout(seconds) as limit:
                return await self._run(call, manifest, listener, seconds)
        except TimeoutError:
            if not limit.expired():
                raise
            return timed_out(manifest, seconds)
        except EngineAway as error:
            self._ready.pop(manifest.ready_url, None)
            return endings.away(manifest, error)
        except (AddressNotAllowed, InvalidInput) as error:
            return endings.not_allowed(manifest, error.message)

    async def close(self) -> None:
        """Close the connections; whoever cancels attempts has done so before."""
        await self._client.close()

    async def _run(
        self,
        call: EngineCall,
        manifest: RemoteManifest,
        listener: AttemptListener,
        seconds: float,
    ) -> Outcome:
        failed = await self._await_ready(manifest)
        if failed is not None:
            return failed
        base = await asyncio.to_thread(self._base)
        opened = await self._open(call, seconds)
        if opened is None:
            return _lost()
        try:
            work = Work(
                call,
                manifest,
                listener,
                opened,
                self._client,
                self._database,
                self._bell,
                base,
                self._limits,
                seconds,
            )
            return await work.run()
        finally:
            await asyncio.shield(self._close(RunToken(call.token)))

    async def _await_ready(self, manifest: RemoteManifest) -> Failed | None:
        """None when it is. 503 means: still starting."""
        clock = asyncio.get_running_loop().time
        until, pause = clock() + self._limits.start_seconds, FIRST_PAUSE
        if self._ready.get(manifest.ready_url, 0.0) > clock():
            return None
        while True:
            answer = await self._client.ready(manifest.ready_url, self._limits.ready_seconds)
            if 200 <= answer.status < 300:
                self._ready[manifest.ready_url] = clock() + self._limits.fresh_seconds
                return None
            if answer.status != 503 or clock() + pause > until:
                return endings.not_ready(manifest, answer)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _open(self, call: EngineCall, seconds: float) -> OpenGrant | None:
        expires_at = self._clock.now() + timedelta(seconds=seconds + GRANT_MARGIN)
        token, files = RunToken(call.token), _granted(call.inputs)
        return await self._database.write(
            lambda work: open_grant(work, token, call.workdir, files, expires_at)
        )

    async def _close(self, token: RunToken) -> None:
        await self._database.write(lambda work: work.grants.close(token))


def _granted(inputs: Sequence[EngineInput]) -> list[GrantedFile]:
    return [GrantedFile(file.path, file.media_type, file.name, file.live) for file in inputs]


def _lost() -> Failed:
    message = "The attempt is not known any more; it was given to somebody else."
    return Failed(FailureClass.PLATFORM, "attempt_lost", message)
