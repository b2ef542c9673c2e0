"""A blob that is taken in bit by bit, and can be read while it grows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from jobmill.adapters.blobs.incoming import IncomingFile, discarded, full_disk_told
from jobmill.core.errors import TooLarge
from jobmill.core.items import StoredBytes

Keep = Callable[[IncomingFile], Awaitable[StoredBytes]]


class ReceivedFile:
    """Implements `Receiving` on a file that is on its way into a store."""

    def __init__(self, file: IncomingFile, path: Path, max_bytes: int, keep: Keep) -> None:
        self.path = path
        self.size = 0
        self._file = file
        self._max_bytes = max_bytes
        self._keep = keep

    async def write(self, piece: bytes) -> None:
        """Append. Raises TooLarge beyond the limit, Unavailable when the disk is full."""
        if self.size + len(piece) > self._max_bytes:
            limit = self._max_bytes
            raise TooLarge(f"The body is larger than {limit} bytes, the most allowed here.")
        with full_disk_told():
            await asyncio.to_thread(self._file.write, piece)
        self.size += len(piece)

    async def keep(self) -> StoredBytes:
        """That was all of it: make it a blob. Raises as `write`."""
        with full_disk_told():
            return await self._keep(self._file)


@asynccontextmanager
async def receiving(incoming: Path, max_bytes: int, keep: Keep) -> AsyncIterator[ReceivedFile]:
    """A file in the folder of incoming ones; what was not kept is gone at the end."""
    file = IncomingFile(incoming)
    try:
        with full_disk_told():
            path = await asyncio.to_thread(lambda: file.path)
        yield ReceivedFile(file, path, max_bytes, keep)
    finally:
        await discarded(file)
