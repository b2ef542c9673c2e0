"""Bytes on their way in: stored first, named after, and gone again when no name was given them."""

from collections.abc import AsyncIterator, Callable

from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import Asset, Blob, StoredBytes
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.http.house import House

GiveName = Callable[[UnitOfWork, StoredBytes], Asset]


async def receive(
    house: House,
    organization: OrganizationNumber,
    chunks: AsyncIterator[bytes],
    cap: int,
    give_name: GiveName,
) -> Asset:
    """Store what comes, and name it in one transaction. Raises TooLarge beyond `cap` bytes."""
    stored = None
    try:
        async with house.blobs.holding():
            stored = kept = await house.blobs.put(organization, chunks, cap)
            return await house.database.write(lambda work: give_name(work, kept))
    except BaseException:
        if stored is not None:
            await drop_unnamed(house, organization, stored)
        raise


async def drop_unnamed(house: House, organization: OrganizationNumber, stored: StoredBytes) -> None:
    """Delete bytes whose naming was refused, unless others use them."""
    blob = Blob(stored.sha256, stored.size)
    await house.database.write(lambda work: _drop_unused(work, organization, blob))


def _drop_unused(work: UnitOfWork, organization: OrganizationNumber, blob: Blob) -> None:
    for unused in work.assets.unused(organization, [blob]):
        work.drop_blob(organization, unused)
