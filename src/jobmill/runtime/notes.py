"""What an attempt reports while it runs, gathered and written a few times a second."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from jobmill.core.clock import Clock
from jobmill.core.engines import AttemptControl, EngineOutput, Failed, Progress
from jobmill.core.errors import Unavailable
from jobmill.core.jobs.model import FeatureProgress, LogLine
from jobmill.core.jobs.ports import Database
from jobmill.core.jobs.progress import merge_progress
from jobmill.core.jobs.service import note_attempt
from jobmill.core.jobs.service.attempts import Claimed, Notes

FLUSH_SECONDS = 0.2
LOG = structlog.get_logger("jobmill.worker")


class AttemptNotes:
    """The `AttemptListener` of one attempt. `fenced` is called when the attempt was taken away."""

    def __init__(
        self, claimed: Claimed, database: Database, clock: Clock, fenced: Callable[[], object]
    ) -> None:
        self._claimed = claimed
        self._database = database
        self._clock = clock
        self._fenced = fenced
        self.roles: Mapping[str, str] = {}
        """Of the engine's output ports, those whose parts become assets of the job's item."""
        self._started_at: datetime | None = None
        self._told_start = False
        self._over = False
        # What an earlier attempt had reached is not taken back.
        self._progress: Mapping[str, FeatureProgress] = claimed.task.progress
        self._reports: list[Progress] = []
        self._log: list[LogLine] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def started(self) -> None:
        """The engine begins to work."""
        if self._started_at is None:
            self._started_at = self._clock.now()
            self._soon()

    def progress(self, progress: Progress) -> None:
        """The engine reports how far it is."""
        self._reports.append(progress)
        self._soon()

    def log(self, level: str, text: str) -> None:
        """A line for the attempt's log."""
        self._log.append(LogLine(self._clock.now(), level, text))
        self._soon()

    def began(self, control: AttemptControl) -> None:
        """The attempt was handed to a process; nothing is to be steered in mode whole."""

    def output(self, output: EngineOutput) -> None:
        """Not told in mode whole."""

    def chunk_done(self, number: int, document: Mapping[str, Any] | None) -> None:
        """Not told in mode whole."""

    def chunk_failed(self, number: int, failed: Failed) -> None:
        """Not told in mode whole."""

    async def last(self) -> Notes:
        """Stop writing; what was not written yet, for the settlement."""
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            await self._writing
        return self._take()

    def _soon(self) -> None:
        if self._timer is None and self._writing is None and not self._over:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._write)

    def _write(self) -> None:
        self._timer = None
        self._writing = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        notes, now = self._take(), self._clock.now()
        held = True
        try:
            held = await self._database.write(
                lambda work: note_attempt(work, notes, now), brief=True
            )
        except Unavailable as refusal:
            LOG.warning("notes.not_written", error=refusal.message)
            self._told_start = self._told_start and notes.started_at is None
            self._log[:0] = notes.log
        except Exception:
            LOG.exception("notes.lost")
        self._writing = None
        if not held:
            self._fenced()
        elif self._reports or self._log:
            self._soon()

    def _take(self) -> Notes:
        reports, self._reports = self._reports, []
        lines, self._log = self._log, []
        progress = None
        if reports:
            progress = self._progress = merge_progress(self._progress, reports, self._clock.now())
        asset = self._claimed.asset
        started_at = None if self._told_start else self._started_at
        self._told_start = self._told_start or started_at is not None
        return Notes(
            task=self._claimed.task.number,
            job=self._claimed.graph.job.number,
            token=self._claimed.token,
            started_at=started_at,
            progress=progress,
            log=tuple(lines),
            input_size=asset.blob.size if asset and asset.blob else None,
            roles=self.roles,
        )
