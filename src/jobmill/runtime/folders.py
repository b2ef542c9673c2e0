"""Looks at watched folders, and starts jobs for files that are new or changed and have settled.

A look costs at most a fiftieth of the time: after one that took long, the next waits longer. With
no watch, nothing is looked at until something is committed.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from jobmill.core.clock import Clock
from jobmill.core.errors import JobmillError, Unavailable
from jobmill.core.jobs.ports import Bell, Database
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.jobs.service.watches import start_file
from jobmill.core.watches import FileFacts, FolderWalk, Watch, WatchNumber

LOOK_SECONDS = 1.0
SHARE = 50.0
IDLE_SECONDS = 3600.0
# A file that could not be started is tried again; so often, not more.
AGAIN = timedelta(seconds=10)
LOG = structlog.get_logger("jobmill.watches")


@dataclass(slots=True)
class _Known:
    """What is kept in memory of one watch: files taken, and files that may be settling."""

    taken: dict[str, FileFacts]
    settling: dict[str, tuple[FileFacts, datetime]] = field(default_factory=dict)


class FolderWatcher:
    """One a data folder; two would not start a file twice, but look twice."""

    def __init__(
        self, database: Database, bell: Bell, outside: Outside, walk: FolderWalk, clock: Clock
    ) -> None:
        self._database = database
        self._bell = bell
        self._outside = outside
        self._walk = walk
        self._clock = clock
        self._known: dict[WatchNumber, _Known] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            seen = self._bell.count
            began, watches = time.monotonic(), 0
            try:
                watches = await self.look()
            except Unavailable as refusal:
                LOG.warning("watches.put_off", error=refusal.message)
            took = time.monotonic() - began
            if not watches:
                await self._bell.wait(seen, IDLE_SECONDS)
            await asyncio.sleep(max(LOOK_SECONDS, took * SHARE))

    async def look(self) -> int:
        """Look at every folder once; how many watches there are."""
        watches = await self._database.read(lambda work: work.watches.active())
        numbers = {watch.number for watch in watches}
        self._known = {n: known for n, known in self._known.items() if n in numbers}
        for watch in watches:
            try:
                await self._look_at(watch)
            except Unavailable:
                raise
            except JobmillError as refusal:
                await self._tell(watch, refusal.message)
            except Exception as surprise:
                LOG.exception("watch.surprised", watch=watch.id)
                await self._tell(watch, f"An unforeseen error: {type(surprise).__name__}.")
        return len(watches)

    async def _look_at(self, watch: Watch) -> None:
        files = await asyncio.to_thread(self._files, watch)
        known = self._known.get(watch.number)
        if known is None:
            taken = await self._database.read(lambda work: work.watches.known(watch.number))
            known = self._known[watch.number] = _Known(dict(taken))
        refused = None
        for path in self._settled(watch, known, files):
            refused = await self._start(watch, known, path, files[path]) or refused
        if watch.error != refused:
            await self._tell(watch, refused)

    def _files(self, watch: Watch) -> Mapping[str, FileFacts]:
        rule = watch.rule
        folder = self._outside.roots.open_folder(watch.organization, rule.path)
        return self._walk.files(folder, rule.pattern, rule.recursive)

    def _settled(self, watch: Watch, known: _Known, files: Mapping[str, FileFacts]) -> list[str]:
        """Files that are not as they were taken, and have not changed for long enough."""
        now, before, known.settling = self._clock.now(), known.settling, {}
        settled = []
        for path, facts in files.items():
            if known.taken.get(path) == facts:
                continue
            last, since = before.get(path, (facts, now))
            if last != facts:
                since = now
            known.settling[path] = (facts, since)
            if (now - since).total_seconds() >= watch.rule.settle_seconds:
                settled.append(path)
        return settled

    async def _start(self, watch: Watch, known: _Known, path: str, facts: FileFacts) -> str | None:
        """Why the file could not be started, if it could not."""
        now = self._clock.now()
        try:
            job = await self._database.write(
                lambda work: start_file(work, self._outside, watch, path, facts, now)
            )
        except Unavailable:
            raise
        except JobmillError as refusal:
            wait = max(timedelta(), AGAIN - timedelta(seconds=watch.rule.settle_seconds))
            known.settling[path] = (facts, now + wait)
            return f"{path}: {refusal.message}"
        known.taken[path] = facts
        known.settling.pop(path, None)
        if job is not None:
            LOG.info("watch.started", watch=watch.id, path=path, job=job)
        return None

    async def _tell(self, watch: Watch, error: str | None) -> None:
        if watch.error != error:
            await self._database.write(lambda work: work.watches.set_error(watch.number, error))
