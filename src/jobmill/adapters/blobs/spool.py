"""Bytes of uploads under way, as files of one folder: their length is where the upload stands.

What the operating system has taken survives the death of this process; it is synced to the disk at
the end of each piece, so that a power cut loses the piece under way at most.
"""

import asyncio
import fcntl
import os
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import WeakValueDictionary

from jobmill.adapters.blobs.incoming import full_disk_told
from jobmill.core.errors import TooLarge, UploadLocked, UploadNotFound

PIECE = 256 * 1024
SYNC_EVERY = 64 * 2**20
_ID = re.compile(r"[0-9a-f-]{36}")


class LocalUploadSpool:
    """Implements `UploadSpool`. A lock on the file tells its one writer, in whatever process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ending: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def create(self, id: str) -> None:  # noqa: A002
        """Room for an upload."""
        await asyncio.to_thread(self._place(id).touch, 0o600)

    async def offset(self, id: str) -> int:  # noqa: A002
        """How many bytes have come; 0 without a file. Waits for an end that is under way."""
        async with self.ending(id) as place:
            return await asyncio.to_thread(_size, place)

    @asynccontextmanager
    async def ending(self, id: str) -> AsyncIterator[Path]:  # noqa: A002
        """The file, to be taken when it is whole; whoever else would end the upload waits.

        Uploads belong to the server, of which there is one a data folder: a lock of this process.
        """
        async with self._ending.setdefault(id, asyncio.Lock()):
            yield self._place(id)

    @asynccontextmanager
    async def held(self, id: str) -> AsyncIterator["HeldFile"]:  # noqa: A002
        """Hold the upload. Raises UploadLocked while another writer has it."""
        file = await asyncio.to_thread(HeldFile, self._place(id))
        try:
            yield file
        finally:
            await asyncio.shield(asyncio.to_thread(file.close))

    async def discard(self, id: str) -> None:  # noqa: A002
        """Remove the bytes."""
        await asyncio.to_thread(self._place(id).unlink, missing_ok=True)

    def _place(self, id: str) -> Path:  # noqa: A002
        if not _ID.fullmatch(id):
            raise UploadNotFound
        return self._folder / id


class HeldFile:
    """Implements `SpoolFile`. A cancelled writer may leave one write behind in a thread: the lock
    is given back only when that has ended."""

    def __init__(self, path: Path) -> None:
        self._writing = threading.Lock()
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._handle)
            raise UploadLocked from None
        self._offset = os.fstat(self._handle).st_size
        self._unsynced = 0

    @property
    def offset(self) -> int:
        """How many bytes there are."""
        return self._offset

    async def append(self, chunks: AsyncIterator[bytes], cap: int) -> None:
        """Add bytes as they come; what came before a cut stays. Raises TooLarge beyond `cap`."""
        with full_disk_told():
            try:
                async for piece in _gathered(chunks, cap - self._offset):
                    await asyncio.to_thread(self._write, piece)
            finally:
                await asyncio.shield(asyncio.to_thread(self._sync))

    async def cut(self, offset: int) -> None:
        """Forget what came after this."""
        await asyncio.to_thread(os.ftruncate, self._handle, offset)
        self._offset = offset

    def close(self) -> None:
        """Give the upload back."""
        with self._writing:
            os.close(self._handle)

    def _write(self, piece: bytes) -> None:
        with self._writing:
            rest = memoryview(piece)
            while rest:
                written = os.write(self._handle, rest)
                rest = rest[written:]
                self._offset += written
            self._unsynced += len(piece)
            if self._unsynced >= SYNC_EVERY:
                os.fdatasync(self._handle)
                self._unsynced = 0

    def _sync(self) -> None:
        with self._writing:
            if self._unsynced:
                os.fdatasync(self._handle)
                self._unsynced = 0


async def _gathered(chunks: AsyncIterator[bytes], room: int) -> AsyncIterator[bytes]:
    """The same bytes in pieces worth a trip to a thread. What fits is given before TooLarge, and
    what came before the source breaks is given before its error."""
    gathered = bytearray()
    try:
        async for chunk in chunks:
            if len(chunk) > room:
                raise TooLarge("More bytes came than were declared.")
            room -= len(chunk)
            gathered += chunk
            if len(gathered) >= PIECE:
                yield bytes(gathered)
                gathered.clear()
    except Exception:
        if gathered:
            yield bytes(gathered)
        raise
    if gathered:
        yield bytes(gathered)


def _size(place: Path) -> int:
    try:
        return place.stat().st_size
    except FileNotFoundError:
        return 0
