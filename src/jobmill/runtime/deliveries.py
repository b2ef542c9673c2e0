"""The sender of webhooks: leases what is due, posts it, writes how it ended.

Sleeps until a commit, a moment that was planned, or the end of a try. What it holds when it dies
is due again when its lease ends, or at once when it starts anew.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from jobmill.core.clock import Clock
from jobmill.core.errors import JobmillError, Unavailable
from jobmill.core.ids import EndpointId
from jobmill.core.jobs.ports import Bell, Database, UnitOfWork
from jobmill.core.webhooks import (
    DisabledReason,
    Due,
    Formats,
    Outgoing,
    Posted,
    Poster,
    Rendered,
    Vault,
)
from jobmill.core.webhooks.ports import Room
from jobmill.core.webhooks.service import next_moment, prune_log, settle_try, take_due

AGAIN_SECONDS = 1.0
PAUSE_SECONDS = 0.05
"""Commits come in crowds: looks that nothing but a commit asks for are so far apart at least."""
LONGEST_SLEEP = 3600.0
LOG = structlog.get_logger("jobmill.deliveries")


@dataclass(frozen=True, slots=True)
class _Tried:
    """A try that has ended and is not written yet."""

    due: Due
    posted: Posted
    jitter: float


@dataclass(frozen=True, slots=True)
class _Step:
    """What one transaction came to."""

    taken: Sequence[Due]
    following: datetime | None
    disabled: Sequence[tuple[EndpointId, DisabledReason]]


class DeliverySender:
    """`run` until cancelled. `owner` names this process in its leases."""

    def __init__(
        self,
        owner: str,
        database: Database,
        bell: Bell,
        poster: Poster,
        vault: Vault,
        formats: Formats,
        clock: Clock,
        *,
        room: Room | None = None,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        self._owner = owner
        self._database = database
        self._bell = bell
        self._poster = poster
        self._vault = vault
        self._formats = formats
        self._clock = clock
        self._room = room or Room()
        self._jitter = jitter or random.Random().random  # noqa: S311  spreads, guards nothing
        self._tried: list[_Tried] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Take up what an earlier life of this sender left, then send."""
        listening = asyncio.create_task(self._listen())
        try:
            await self._insist(lambda work: work.webhooks.deliveries.free(self._owner, self._now()))
            while True:
                self._ended.clear()
                self._woken.clear()
                looked = asyncio.get_running_loop().time()
                await self._sleep(looked, await self._safely_look())
        finally:
            listening.cancel()
            await asyncio.shield(self._close())

    async def _listen(self) -> None:
        seen = self._bell.count
        while True:
            seen = await self._bell.wait(seen, LONGEST_SLEEP)
            self._woken.set()

    async def _sleep(self, looked: float, seconds: float) -> None:
        """Until there is reason to look again; tries that end are reason at once."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        left = looked + PAUSE_SECONDS - asyncio.get_running_loop().time()
        if left > 0 and not self._ended.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._ended.wait()

    async def _safely_look(self) -> float:
        try:
            return await self._look()
        except Unavailable as refusal:
            LOG.warning("deliveries.put_off", error=refusal.message)
        except Exception:
            LOG.exception("deliveries.failed")
        return AGAIN_SECONDS

    async def _look(self) -> float:
        """Write what has ended, start what is due; the seconds until something else is."""
        now, tried = self._now(), self._tried
        if not tried:
            due, following = await self._database.read(
                lambda work: (work.webhooks.deliveries.any_due(now), _next(work, now))
            )
            if not due and (following is None or following > now):
                return self._seconds_until(following)
        self._tried = []
        try:
            step = await self._database.write(lambda work: self._step(work, tried, now))
        except Unavailable:
            self._tried = tried + self._tried
            raise
        for endpoint, reason in step.disabled:
            LOG.warning("endpoint.disabled", endpoint=endpoint, reason=reason.value)
        for each in step.taken:
            self._start(each)
        return self._seconds_until(step.following)

    def _step(self, work: UnitOfWork, tried: Sequence[_Tried], now: datetime) -> "_Step":
        """All of it in one transaction. May be run twice: changes nothing but the unit."""
        store = work.webhooks
        disabled: list[tuple[EndpointId, DisabledReason]] = []
        for each in tried:
            reason = settle_try(store, each.due, each.posted, each.jitter, now)
            if reason is not None:
                disabled.append((each.due.delivery.endpoint_id, reason))
        prune_log(store, now)
        taken = take_due(store, work, self._formats, self._owner, self._room, now)
        return _Step(taken, _next(work, now), disabled)

    def _start(self, due: Due) -> None:
        task = asyncio.create_task(self._send(due))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, due: Due) -> None:
        try:
            posted = await self._posted(due)
        except Exception:
            LOG.exception("delivery.surprised", delivery=due.delivery.id)
            posted = Posted(0, error="an unforeseen error; the server's log tells more")
        self._tried.append(_Tried(due, posted, self._jitter()))
        self._ended.set()
        self._woken.set()

    async def _posted(self, due: Due) -> Posted:
        try:
            rendered = self._rendered(due)
        except JobmillError as refusal:
            return Posted(0, error=refusal.message)
        return await self._poster.post(due.url, rendered)

    def _rendered(self, due: Due) -> Rendered:
        delivery, now = due.delivery, self._now()
        chosen = self._formats.get(due.format)
        if chosen is None:
            raise Unavailable(f"This server has no format {due.format!r}.")
        secrets = [
            self._vault.open(each.sealed, delivery.endpoint_id)
            for each in due.secrets
            if each.until is None or each.until > now
        ]
        return chosen.render(
            Outgoing(delivery.message, now, delivery.attempt + 1, secrets, due.extras)
        )

    async def _close(self) -> None:
        """Stop what is under way and give it back: it is sent again, under the same id."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        tried, now = self._tried, self._now()

        def leave(work: UnitOfWork) -> None:
            for each in tried:
                settle_try(work.webhooks, each.due, each.posted, each.jitter, now)
            work.webhooks.deliveries.free(self._owner, now)

        try:
            await self._database.write(leave)
        except Unavailable as refusal:
            LOG.warning("deliveries.left_without_a_word", error=refusal.message)

    async def _insist(self, change: Callable[[UnitOfWork], object]) -> None:
        while True:
            try:
                await self._database.write(change)
            except Unavailable as refusal:
                LOG.warning("deliveries.put_off", error=refusal.message)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    def _seconds_until(self, moment: datetime | None) -> float:
        if moment is None:
            return LONGEST_SLEEP
        left = max(timedelta(0), moment - self._now()).total_seconds()
        return min(left, LONGEST_SLEEP)

    def _now(self) -> datetime:
        return self._clock.now()


def _next(work: UnitOfWork, now: datetime) -> datetime | None:
    return next_moment(work.webhooks, now)
