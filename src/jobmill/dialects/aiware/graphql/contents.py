"""Small stored bytes, read while an answer is put together on a reader's thread."""

import asyncio

from jobmill.core.errors import TooLarge
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import Blob
from jobmill.dialects.aiware.graphql.call import Call

MOST_BYTES = 16 * 2**20
SECONDS = 20.0


def bytes_of(call: Call, organization: OrganizationNumber, blob: Blob) -> bytes:
    """The bytes of a blob. Raises TooLarge."""
    if blob.size > MOST_BYTES:
        raise TooLarge(f"There are more than {MOST_BYTES} bytes; read them at their signedUri.")
    call.spend(1)
    reading = _read(call, organization, blob)
    return asyncio.run_coroutine_threadsafe(reading, call.loop).result(SECONDS)


async def _read(call: Call, organization: OrganizationNumber, blob: Blob) -> bytes:
    pieces = await call.house.blobs.read(organization, blob.sha256)
    return b"".join([piece async for piece in pieces])
