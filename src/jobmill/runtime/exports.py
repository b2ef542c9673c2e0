"""Makes the exports that are queued, one after the other."""

from collections.abc import Iterable
from pathlib import Path

from jobmill.core.capacity import EXPORT
from jobmill.core.clock import Clock
from jobmill.core.engines import EngineCatalog
from jobmill.core.ids import WorkerName
from jobmill.core.items import BlobStore, MediaRoots
from jobmill.core.jobs.ports import Database
from jobmill.core.jobs.service.attempts import Claimed
from jobmill.core.jobs.service.exports.shapes import NATIVE, JobShape
from jobmill.runtime.platform import PlatformSeat


class ExportSweep:
    """One a seat of the platform; `folder` is that seat's own.

    `shapes` are ways to write jobs beside the native one. What writes files is loaded with the
    first export.
    """

    def __init__(
        self,
        name: WorkerName,
        database: Database,
        blobs: BlobStore,
        roots: MediaRoots,
        catalog: EngineCatalog,
        folder: Path,
        clock: Clock,
        shapes: Iterable[JobShape] = (),
    ) -> None:
        self._seat = PlatformSeat(name, database, clock, EXPORT)
        known = {each.name: each for each in (NATIVE, *shapes)}
        self._outside = (database, blobs, roots, catalog, folder, clock, known)

    async def sweep(self) -> None:
        """Until nothing is queued; what was begun is given back when the sweep is cancelled."""
        await self._seat.work_off(self._run)

    async def _run(self, claimed: Claimed) -> None:
        from jobmill.runtime.archive import ArchiveMaker

        notes = await self._seat.begin(claimed)
        async with self._seat.beating():
            await ArchiveMaker(*self._outside).make(notes)
