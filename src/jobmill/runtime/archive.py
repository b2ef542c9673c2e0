"""Writes the archive of one export: source by source, so that memory holds one job's results.

Files are made on a thread; a cancelled export stops at the next source or file.
"""

import asyncio
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog

from jobmill.core.accounts import Principal
from jobmill.core.clock import Clock
from jobmill.core.engines import EngineCatalog, Failed, FailureClass
from jobmill.core.errors import AssetNotFound, JobmillError, NotFound, Unavailable
from jobmill.core.exports.model import Export, ExportSource
from jobmill.core.exports.naming import Names, stem_of
from jobmill.core.exports.writing import write_export
from jobmill.core.items import Asset, AssetSource, BlobStore, MediaRoots
from jobmill.core.items.access import sees_asset
from jobmill.core.jobs.model import FeatureProgress
from jobmill.core.jobs.ports import Database, UnitOfWork
from jobmill.core.jobs.progress import WHOLE_TASK
from jobmill.core.jobs.service import note_attempt, stop_attempt
from jobmill.core.jobs.service.attempts import Notes
from jobmill.core.jobs.service.exports.gather import FileToWrite, Gathered, gather
from jobmill.core.jobs.service.exports.making import (
    ExportMade,
    WrittenFile,
    export_to_make,
    fail_export,
    finish_export,
)
from jobmill.core.jobs.service.exports.scattered import (
    Documents,
    documents_of,
    scattered_findings,
)
from jobmill.core.jobs.service.exports.shapes import JobShapes
from jobmill.runtime.jobs_archive import JobsArchive

LOG = structlog.get_logger("jobmill.exports")
PIECE = 1 << 20


class ExportStopped(Exception):
    """The export was cancelled, or given to somebody else."""


@dataclass(slots=True)
class _Archive:
    """An archive under way, and what is in it."""

    zip: zipfile.ZipFile
    at: datetime
    names: Names = field(default_factory=Names)
    files: list[WrittenFile] = field(default_factory=list)
    media: list[WrittenFile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def add(self, file: FileToWrite) -> None:
        """Write one file of results."""
        data = write_export(file.output.format, file.subject, file.options)
        self.zip.writestr(self._entry(file.name, zipfile.ZIP_DEFLATED), data)
        self.files.append(WrittenFile(file.described(), len(data)))

    def copy(self, name: str, asset: str, place: Path) -> None:
        """Take in a file as it is: media does not get smaller."""
        entry = self._entry(name, zipfile.ZIP_STORED)
        with place.open("rb") as source, self.zip.open(entry, "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target, PIECE)
        described = {"name": name, "asset": asset}
        self.media.append(WrittenFile(described, place.stat().st_size))

    def _entry(self, name: str, compression: int) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self.at.timetuple()[:6])
        entry.compress_type = compression
        entry.external_attr = 0o644 << 16
        return entry


class _Contents(NamedTuple):
    """What an archive has."""

    files: Sequence[WrittenFile] = ()
    media: Sequence[WrittenFile] = ()
    problems: Sequence[str] = ()
    jobs: int | None = None


class ArchiveMaker:
    """Makes exports for a seat of the platform; `folder` is its scratch."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        roots: MediaRoots,
        catalog: EngineCatalog,
        folder: Path,
        clock: Clock,
        shapes: JobShapes,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._roots = roots
        self._catalog = catalog
        self._folder = folder
        self._clock = clock
        self._shapes = shapes

    async def make(self, notes: Notes) -> None:
        """One export to its end; what goes wrong is its reason, not an exception."""
        try:
            with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
                await self._make(notes, Path(scratch))
        except ExportStopped:
            await self._database.write(lambda work: stop_attempt(work, notes, self._clock.now()))
        except Unavailable as error:
            await self._fail(notes, Failed(FailureClass.PLATFORM, error.code, error.message))
        except JobmillError as error:
            await self._fail(notes, Failed(FailureClass.INPUT, error.code, error.message))
        except OSError as error:
            failed = Failed(FailureClass.PLATFORM, "storage_failed", f"{error}.")
            await self._fail(notes, failed)
        except Exception:
            LOG.exception("export.failed", job=notes.job)
            said = "The server's log tells more."
            await self._fail(notes, Failed(FailureClass.PLATFORM, "internal_error", said))

    async def _make(self, notes: Notes, scratch: Path) -> None:
        found = await self._database.read(lambda work: export_to_make(work, notes.job))
        if found is None:
            raise ExportStopped
        export, who = found
        path = scratch / "export.zip"
        if export.spec.jobs is not None:
            await self._keep(notes, export, path, await self._all(notes, export, who, path))
            return
        with zipfile.ZipFile(path, "w") as file:
            archive = _Archive(file, self._clock.now())
            await self._fill(notes, export, who, archive)
        if not archive.files:
            reason = next(iter(archive.problems), "There is nothing to write.")
            failed = Failed(FailureClass.INPUT, "nothing_to_export", reason)
            await self._fail(notes, failed)
            return
        await self._keep(
            notes, export, path, _Contents(archive.files, archive.media, archive.problems)
        )

    async def _keep(self, notes: Notes, export: Export, path: Path, contents: "_Contents") -> None:
        async with self._blobs.holding():
            stored = await self._blobs.put_file(export.organization, path)
            made = ExportMade(stored, *contents)
            now = self._clock.now()
            await self._database.write(lambda work: finish_export(work, notes, export, made, now))

    async def _all(self, notes: Notes, export: Export, who: Principal, path: Path) -> "_Contents":
        """All information on many jobs."""
        began = self._clock.now()

        async def tell(done: int, total: int) -> None:
            await self._tell(notes, done, total, began, "jobs")

        archive = JobsArchive(self._database, self._shapes, export, who)
        return _Contents(jobs=await archive.write(path, began, tell))

    async def _fill(self, notes: Notes, export: Export, who: Principal, archive: _Archive) -> None:
        began, sources = self._clock.now(), export.spec.sources
        for number, source in enumerate(sources):
            await self._source(export, who, source, archive)
            await self._tell(notes, number + 1, len(sources), began)

    async def _source(
        self, export: Export, who: Principal, source: ExportSource, archive: _Archive
    ) -> None:
        outputs = export.spec.outputs
        try:
            scattered = await self._scattered(who, source)
            gathered: Gathered = await self._database.read(
                lambda work: gather(
                    work, self._catalog, who, source, outputs, archive.names, scattered
                )
            )
        except NotFound as error:
            archive.problems.append(error.message)
            return
        archive.problems += gathered.problems
        for file in gathered.files:
            await asyncio.to_thread(archive.add, file)
        if export.spec.include_media:
            await self._media(who, gathered.media, archive)

    async def _scattered(self, who: Principal, source: ExportSource) -> Documents:
        found = await self._database.read(
            lambda work: scattered_findings(work, self._catalog, who, source)
        )
        return await documents_of(self._blobs, found)

    async def _media(self, who: Principal, media: Sequence[Asset], archive: _Archive) -> None:
        for asset in media:
            if asset.number in archive.seen:
                continue
            archive.seen.add(asset.number)
            try:
                await self._copy(who, asset, archive)
            except (JobmillError, OSError) as error:
                archive.problems.append(f"The media {asset.name!r} is not in it: {error}")

    async def _copy(self, who: Principal, asset: Asset, archive: _Archive) -> None:
        if not await self._database.read(partial(_sees, who, asset)):
            raise AssetNotFound("It is not yours to see.")
        async with AsyncExitStack() as stack:
            if asset.blob is not None:
                local = self._blobs.local_path(asset.organization, asset.blob.sha256)
                place = await stack.enter_async_context(local)
            elif asset.source is AssetSource.PATH:
                location = asset.location or ""
                place = await asyncio.to_thread(self._roots.open_path, asset.organization, location)
            else:
                raise AssetNotFound("Its bytes are not here.")
            stem, extension = stem_of(asset.name)
            name = archive.names.take([stem], extension, "media/")
            await asyncio.to_thread(archive.copy, name, asset.handle, place)

    async def _tell(
        self, notes: Notes, done: int, total: int, began: datetime, unit: str = "sources"
    ) -> None:
        """Progress, and a look whether to go on."""
        now = self._clock.now()
        progress = FeatureProgress(float(done), float(total), unit, began, now)
        note = Notes(notes.task, notes.job, notes.token, progress={WHOLE_TASK: progress})

        def noted(work: UnitOfWork) -> bool:
            goes_on = bool(work.jobs.kept_among([notes.token]))
            return goes_on and note_attempt(work, note, now)

        if not await self._database.write(noted):
            raise ExportStopped

    async def _fail(self, notes: Notes, failed: Failed) -> None:
        now = self._clock.now()
        await self._database.write(lambda work: fail_export(work, notes, failed, now))


def _sees(who: Principal, asset: Asset, work: UnitOfWork) -> bool:
    return sees_asset(work.assets, who, asset)
