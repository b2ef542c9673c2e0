"""Bytes that a process kept and then died before it could write who uses them, and notes of engines
for attempts that will not come.

Only what is old goes: young bytes may belong to an upload or an attempt that is still under way.
"""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby, islice

import structlog

from jobmill.adapters.locks import DataFolder
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import Blob, BlobStore
from jobmill.core.jobs.ports import Database, UnitOfWork
from jobmill.http.house import House
from jobmill.runtime.spools import Spools

ORPHAN_AFTER_SECONDS = 24 * 3600.0
FIRST_LOOK_SECONDS = 600.0
EVERY_SECONDS = 24 * 3600.0
AT_ONCE = 500
LOG = structlog.get_logger("jobmill.maintenance")
Stored = Iterator[tuple[OrganizationNumber, Blob]]


async def drop_orphans_daily(house: House) -> None:
    """Look for orphans now and then, until cancelled."""
    wait = FIRST_LOOK_SECONDS
    while True:
        await asyncio.sleep(wait)
        try:
            dropped = await drop_orphans(house.database, house.blobs, ORPHAN_AFTER_SECONDS)
            LOG.info("blobs.swept", dropped=dropped)
            await Spools(DataFolder(house.settings.data).spool).sweep(house.database)
        except Exception:
            LOG.exception("blobs.not_swept")
        wait = EVERY_SECONDS


async def drop_orphans(database: Database, blobs: BlobStore, seconds: float) -> int:
    """Delete what is older than this and used by nothing; how many blobs that were."""
    stored = ((owner, Blob(b.sha256, b.size)) for owner, b in blobs.older_than(seconds))
    count = 0
    while some := await asyncio.to_thread(_next, stored):
        for organization, group in groupby(some, key=lambda each: each[0]):
            found = [blob for _, blob in group]
            # Written, not read: dropping looks again, while nobody else can write.
            count += await database.write(partial(_drop, organization, found))
    return count


def _next(stored: Stored) -> list[tuple[OrganizationNumber, Blob]]:
    return list(islice(stored, AT_ONCE))


def _drop(organization: OrganizationNumber, blobs: Sequence[Blob], work: UnitOfWork) -> int:
    unused = work.assets.unused(organization, blobs)
    for blob in unused:
        work.drop_blob(organization, blob)
    return len(unused)
