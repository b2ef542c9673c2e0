"""Reads the batches that are queued, side by side, so that a small one never waits for a large one
to be read, or to be fetched."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import structlog

from jobmill.core.capacity import INGEST
from jobmill.core.clock import Clock
from jobmill.core.engines import Failed, FailureClass
from jobmill.core.errors import AssetPurged, InputMissing, JobmillError, Unavailable
from jobmill.core.ids import WorkerName
from jobmill.core.items import Asset, AssetSource, Blob, BlobStore
from jobmill.core.jobs.batches.ingest import Ingest, Phase
from jobmill.core.jobs.ports import Bell, Database, UnitOfWork
from jobmill.core.jobs.service.attempts import Claimed, Notes
from jobmill.core.jobs.service.ingest.steps import (
    Read,
    RowsRefused,
    check_rows,
    fail_ingest,
    ingest_to_read,
    step_ingest,
)
from jobmill.core.jobs.service.job_input import Outside
from jobmill.runtime.platform import PlatformSeat
from jobmill.runtime.row_files import RowFile

LOG = structlog.get_logger("jobmill.ingest")
AT_ONCE = 16
"""Batches that are read side by side; more of them wait."""


class IngestSweep:
    """One a seat of the platform."""

    def __init__(
        self,
        name: WorkerName,
        database: Database,
        blobs: BlobStore,
        outside: Outside,
        clock: Clock,
        bell: Bell,
    ) -> None:
        self._bell = bell
        self._seat = PlatformSeat(name, database, clock, INGEST)
        self._files = InputFiles(database, blobs, outside)
        self._database = database
        self._outside = outside
        self._clock = clock

    async def sweep(self) -> None:
        """Until nothing is queued; what was begun is given back when the sweep is cancelled."""
        await self._seat.work_side_by_side(self._read, AT_ONCE, self._bell)

    async def _read(self, claimed: Claimed) -> None:
        notes = await self._seat.begin(claimed)
        reader = BatchReader(self._database, self._files, self._outside, self._clock, notes)
        try:
            while await reader.step():
                pass
        finally:
            await reader.close()


class InputFiles:
    """Bytes of assets as files on this machine."""

    def __init__(self, database: Database, blobs: BlobStore, outside: Outside) -> None:
        self._database = database
        self._blobs = blobs
        self._outside = outside

    async def open(self, asset: Asset, stack: AsyncExitStack) -> Path:
        """The file, which stays until the stack is closed. An address is fetched, once.

        Raises JobmillError when the bytes cannot be had.
        """
        if asset.source is AssetSource.PATH:
            roots, location = self._outside.roots, asset.location or ""
            return await asyncio.to_thread(roots.open_path, asset.organization, location)
        blob = asset.blob
        if blob is None and asset.source is AssetSource.URL:
            blob = await self._fetched(asset)
        if blob is None:
            raise AssetPurged("The file with the rows has been removed.")
        return await stack.enter_async_context(
            self._blobs.local_path(asset.organization, blob.sha256)
        )

    async def _fetched(self, asset: Asset) -> Blob:
        async with self._blobs.holding():
            got = await self._outside.fetcher.fetch(asset.organization, asset.location or "")
            blob = Blob(got.stored.sha256, got.stored.size)
            await self._database.write(
                lambda work: work.assets.attach_blob(asset.number, blob, got.media_type)
            )
        return blob


class BatchReader:
    """Reads one batch, step by step. What goes wrong is its reason, not an exception."""

    def __init__(
        self,
        database: Database,
        files: InputFiles,
        outside: Outside,
        clock: Clock,
        notes: Notes,
    ) -> None:
        self._database = database
        self._files = files
        self._outside = outside
        self._clock = clock
        self._notes = notes
        self._stack = AsyncExitStack()
        self._file: RowFile | None = None
        self._ahead: asyncio.Task[Read] | None = None

    async def step(self) -> bool:
        """The next few hundred rows; False when it is over."""
        try:
            file = self._file or await self._opened()
            read = await self._next(file)
            if file.phase is Phase.CHECKING and read.rows:
                read = await self._checked(read)
            ingest = await self._taken(read)
            if ingest is None:
                return False
            if ingest.phase is not file.phase:
                await asyncio.to_thread(file.begin, ingest)
            return True
        except Unavailable as error:
            failed = Failed(FailureClass.PLATFORM, error.code, error.message)
        except JobmillError as error:
            failed = Failed(FailureClass.INPUT, error.code, error.message)
        except OSError as error:
            failed = Failed(FailureClass.PLATFORM, "storage_failed", f"{error}.")
        except Exception:
            LOG.exception("ingest.failed", job=self._notes.job)
            said = "The server's log tells more."
            failed = Failed(FailureClass.PLATFORM, "internal_error", said)
        await self._fail(failed)
        return False

    async def _next(self, file: RowFile) -> Read:
        """The next rows; those behind them are read while these are written."""
        begun, self._ahead = self._ahead, None
        read = await (begun or asyncio.to_thread(file.next))
        if not read.over:
            self._ahead = asyncio.create_task(asyncio.to_thread(file.next))
        return read

    async def close(self) -> None:
        """Let go of the file."""
        if self._ahead is not None:
            await asyncio.gather(self._ahead, return_exceptions=True)
        if self._file is not None:
            self._file.close()
        await self._stack.aclose()

    async def _opened(self) -> RowFile:
        found = await self._database.read(lambda work: ingest_to_read(work, self._notes.job))
        if found is None or found.asset is None:
            raise InputMissing("The file with the rows has been removed.")
        path = await self._files.open(found.asset, self._stack)
        file = self._file = await asyncio.to_thread(RowFile, path, found.ingest.format)
        await asyncio.to_thread(file.begin, found.ingest)
        return file

    async def _checked(self, read: Read) -> Read:
        """Which rows would be refused. Nothing of the try stays."""
        now, job = self._clock.now(), self._notes.job
        try:
            await self._database.write(
                lambda work: check_rows(work, self._outside, job, read.rows, now)
            )
        except RowsRefused as tried:
            return Read(tried.rows, read.over, read.size, read.broken)
        return read

    async def _taken(self, read: Read) -> Ingest | None:
        """A second try is without what was refused in the first."""
        now = self._clock.now()

        def step(work: UnitOfWork) -> Ingest | None:
            return step_ingest(work, self._outside, self._notes, read, now)

        try:
            return await self._database.write(step)
        except RowsRefused as refused:
            read = Read(refused.rows, read.over, read.size, read.broken)
            return await self._database.write(step)

    async def _fail(self, failed: Failed) -> None:
        now = self._clock.now()
        await self._database.write(lambda work: fail_ingest(work, self._notes, failed, now))
