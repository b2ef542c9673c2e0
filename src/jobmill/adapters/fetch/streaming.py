"""What a fetch has brought so far, to be read while it goes on. Knows no HTTP.

The bytes lie in a growing file, so that a slow reader holds neither the server up nor memory.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from jobmill.core.items import Fetched, StoredBytes

PIECE = 256 * 1024


class StreamedFetch:
    """Implements `Fetching`. One task receives, and says so; another reads."""

    def __init__(self) -> None:
        self.media_type = ""
        self.name = ""
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._kept: asyncio.Future[StoredBytes] = asyncio.get_running_loop().create_future()
        self._file: BinaryIO | None = None
        self._size = 0
        self._complete = False
        self._more = asyncio.Event()

    async def pieces(self) -> AsyncIterator[bytes]:
        """All bytes from the first, as they come. Raises what stopped them."""
        at = 0
        while True:
            self._more.clear()
            while at < self._size and self._file is not None:
                piece = await asyncio.to_thread(self._file.read, min(PIECE, self._size - at))
                at += len(piece)
                yield piece
            if self._kept.done():
                self._kept.result()
            if self._complete and at == self._size:
                return
            await self._more.wait()

    async def fetched(self) -> Fetched:
        """Wait until everything is in the blob store. Raises what stopped it."""
        return Fetched(await asyncio.shield(self._kept), self.media_type, self.name)

    def begin(self, media_type: str, name: str, path: Path) -> None:
        """The head is there; the bytes will be in this file."""
        self.media_type = media_type
        self.name = name
        # Opened now, for at the end the file moves to another place.
        self._file = path.open("rb")
        if not self.begun.done():
            self.begun.set_result(None)

    def grow(self, count: int) -> None:
        """So many more bytes are in the file."""
        self._size += count
        self._more.set()

    def complete(self) -> None:
        """All bytes are in the file."""
        self._complete = True
        self._more.set()

    def keep(self, stored: StoredBytes) -> None:
        """They are a blob now."""
        self._kept.set_result(stored)

    def fail(self, error: Exception) -> None:
        """No more will come."""
        if not self.begun.done():
            self.begun.set_exception(error)
        if not self._kept.done():
            self._kept.set_exception(error)
            self._kept.exception()  # nobody has to ask
        self._more.set()

    def close(self) -> None:
        """Nobody reads any more; a read that is under way comes to its end first."""
        self._kept.cancel()
        self._more.set()
        if self._file is not None:
            self._file.close()
