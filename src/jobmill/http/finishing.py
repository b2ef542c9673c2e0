"""The end of an upload: its bytes go from the spool into the blob store, and to the asset."""

from pathlib import Path

from jobmill.core.accounts import Principal
from jobmill.core.errors import JobmillError, NotFound, UploadNotFound
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.uploads import Upload, finish_upload, give_up_upload
from jobmill.http.house import House
from jobmill.http.receiving import drop_unnamed


async def finish(house: House, who: Principal, upload: Upload) -> Upload:
    """Store the whole file and name it, once however many ask; the upload as it is then.

    When the asset is gone, so is the upload.
    """
    async with house.uploads.ending(upload.id) as path:
        present = await house.database.read(
            lambda work: work.uploads.get(upload.organization, upload.id)
        )
        if present is None:
            raise UploadNotFound
        return present if present.done_at else await _taken(house, who, upload, path)


async def _taken(house: House, who: Principal, upload: Upload, path: Path) -> Upload:
    stored = None
    try:
        async with house.blobs.holding():
            stored = kept = await house.blobs.put_file(upload.organization, path)
            now = house.clock.now()

            def name(work: UnitOfWork) -> Upload | None:
                finish_upload(work.uploads, work.assets, who, upload, kept, now)
                return work.uploads.get(upload.organization, upload.id)

            done = await house.database.write(name)
    except JobmillError as refusal:
        if stored is not None:
            await drop_unnamed(house, upload.organization, stored)
        if isinstance(refusal, NotFound):
            await house.database.write(
                lambda work: give_up_upload(work.uploads, work.assets, upload)
            )
        raise
    await house.uploads.discard(upload.id)
    return done or upload
