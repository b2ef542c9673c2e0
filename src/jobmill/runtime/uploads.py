"""Ends uploads whose time is over, within a second of it. Sleeps until the next one is due."""

import asyncio

import structlog

from jobmill.core.clock import Clock
from jobmill.core.errors import Unavailable, UploadLocked
from jobmill.core.jobs.ports import Database
from jobmill.core.uploads import Upload, UploadSpool, give_up_upload

# Uploads rest for hours: nobody can make one that is due sooner than this look comes.
LONGEST_SLEEP = 60.0
BATCH = 50
LOG = structlog.get_logger("jobmill.uploads")


class UploadEnds:
    """The bytes go with the row, and with them an asset that only awaited them."""

    def __init__(self, database: Database, spool: UploadSpool, clock: Clock) -> None:
        self._database = database
        self._spool = spool
        self._clock = clock

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                wait = await self.tick()
            except Unavailable as refusal:
                LOG.warning("uploads.put_off", error=refusal.message)
                wait = 1.0
            await asyncio.sleep(wait)

    async def tick(self) -> float:
        """End what is due; seconds until there may be more to do."""
        now = self._clock.now()
        due, following = await self._database.read(
            lambda work: (work.uploads.expired(now, BATCH), work.uploads.next_end(now))
        )
        for upload in due:
            await self._end(upload)
        if len(due) == BATCH:
            return 0.0
        if following is None:
            return LONGEST_SLEEP
        return min(LONGEST_SLEEP, max(0.05, (following - now).total_seconds()))

    async def _end(self, upload: Upload) -> None:
        try:
            async with self._spool.held(upload.id):
                await self._database.write(
                    lambda work: give_up_upload(work.uploads, work.assets, upload)
                )
                await self._spool.discard(upload.id)
        except UploadLocked:
            # Bytes are coming this very moment; what they add starts the time anew.
            LOG.info("upload.still_written", upload=upload.id)
