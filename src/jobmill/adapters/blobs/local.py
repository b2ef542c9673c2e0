"""Blobs as files of one folder: `root/<organization>/<ab>/<sha256>`.

Written with plain files and not through obstore's LocalStore, which syncs nothing to the disk,
must know a name before the bytes, and reads in pieces so small that it costs seven times the CPU.
Its S3Store fits the same port; `tests/adapters/blobs/conformance.py` says what it must keep to.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from jobmill.adapters.blobs.adopt import adopt
from jobmill.adapters.blobs.holds import Holds
from jobmill.adapters.blobs.incoming import IncomingFile, discarded, full_disk_told, place_of, sweep
from jobmill.adapters.blobs.receiving import ReceivedFile, receiving
from jobmill.core.errors import AssetPurged, TooLarge
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import StoredBytes

PIECE = 256 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


class LocalBlobStore:
    """Implements `BlobStore` on a local disk. Several processes may share the folder.

    Whoever reads must hold a use of the blob for that time: an open read survives `delete`, a
    path from `local_path` does not.
    """

    def __init__(self, root: Path) -> None:
        """Make the folder where needed and sweep what a dead process left half-written."""
        self._root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._holds = Holds(root / "holds")
        sweep(self._incoming)

    async def put(
        self, organization: OrganizationNumber, chunks: AsyncIterator[bytes], max_bytes: int
    ) -> StoredBytes:
        """Take bytes in; they show only when all of them are safe on the disk.

        Raises TooLarge beyond `max_bytes` and Unavailable when the disk is full.
        """
        incoming = IncomingFile(self._incoming)
        try:
            with full_disk_told():
                async for piece in gathered(chunks, max_bytes):
                    await asyncio.to_thread(incoming.write, piece)
                folder = self._folder(organization)
                return await asyncio.to_thread(incoming.keep_in, folder, self._holds)
        finally:
            await discarded(incoming)

    @asynccontextmanager
    async def receiving(
        self, organization: OrganizationNumber, max_bytes: int
    ) -> AsyncIterator[ReceivedFile]:
        """Take bytes in bit by bit. Writing raises as `put`."""
        folder = self._folder(organization)

        async def keep(file: IncomingFile) -> StoredBytes:
            return await asyncio.to_thread(file.keep_in, folder, self._holds)

        async with receiving(self._incoming, max_bytes, keep) as file:
            yield file

    async def put_file(self, organization: OrganizationNumber, path: Path) -> StoredBytes:
        """Take a finished file in; it is moved when this disk holds it under one name only.

        Raises InputMissing, PathNotAllowed for a link or device, Conflict for a file that is
        still being written, Unavailable when the disk is full.
        """
        with full_disk_told():
            folder = self._folder(organization)
            return await asyncio.to_thread(adopt, path, self._incoming, folder, self._holds)

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[None]:
        """What is put within the block cannot be deleted until its end, by any process."""
        with self._holds.scope():
            yield

    async def read(
        self, organization: OrganizationNumber, sha256: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end` (exclusive; cut at the blob's end), in pieces.

        Raises AssetPurged when the blob is not there, before the first piece is asked for.
        """
        checked_range(start, end)
        place = await self._existing(organization, sha256)
        return _pieces(place, start, end)

    @asynccontextmanager
    async def local_path(
        self, organization: OrganizationNumber, sha256: str
    ) -> AsyncIterator[Path]:
        """The blob's own file, not to be changed. Raises AssetPurged when it is not there."""
        yield await self._existing(organization, sha256)

    @asynccontextmanager
    async def local_paths(
        self, organization: OrganizationNumber, sha256s: Sequence[str]
    ) -> AsyncIterator[Sequence[Path]]:
        """The blobs' own files. Raises AssetPurged when one is not there."""
        places = [self._place(organization, sha256) for sha256 in sha256s]
        if not await asyncio.to_thread(_all_there, places):
            raise AssetPurged
        yield places

    async def delete(self, organization: OrganizationNumber, sha256: str) -> None:
        """Remove the bytes, unless somebody has just put them again and is about to name them."""
        await asyncio.to_thread(self._delete, self._place(organization, sha256))

    async def delete_all(self, blobs: Sequence[tuple[OrganizationNumber, str]]) -> None:
        """Remove the bytes of many, each as `delete` does."""
        places = [self._place(organization, sha256) for organization, sha256 in blobs]
        await asyncio.to_thread(self._delete_each, places)

    def _delete_each(self, places: Sequence[Path]) -> None:
        for place in places:
            self._delete(place)

    def _delete(self, place: Path) -> None:
        with self._holds.deleting(place.name) as free:
            if free:
                place.unlink(missing_ok=True)

    def older_than(self, seconds: float) -> Iterator[tuple[OrganizationNumber, StoredBytes]]:
        """Every blob that was put longer ago than this. Blocking, and long where there are many."""
        before = time.time() - seconds
        for place in self._root.glob("[0-9]*/[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):
                facts = place.stat()
                # The time of the change, and not of the content: an engine can set that.
                if facts.st_ctime < before and _SHA256.fullmatch(place.name):
                    organization = OrganizationNumber(int(place.parent.parent.name))
                    yield organization, StoredBytes(place.name, facts.st_size)

    async def _existing(self, organization: OrganizationNumber, sha256: str) -> Path:
        place = self._place(organization, sha256)
        if not await asyncio.to_thread(place.is_file):
            raise AssetPurged
        return place

    def _place(self, organization: OrganizationNumber, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no SHA-256 in lower-case hex.")
        return place_of(self._folder(organization), sha256)

    def _folder(self, organization: OrganizationNumber) -> Path:
        return self._root / str(int(organization))


def _all_there(places: Sequence[Path]) -> bool:
    return all(place.is_file() for place in places)


def checked_range(start: int, end: int | None) -> None:
    """Raise ValueError for what is no range: a mistake of the caller's."""
    if start < 0 or (end is not None and end < start):
        raise ValueError(f"{start}..{end} is no range of bytes.")


async def gathered(chunks: AsyncIterator[bytes], max_bytes: int) -> AsyncIterator[bytes]:
    """The same bytes in pieces worth a trip to a thread; at least one, which may be empty."""
    size, gathered = 0, bytearray()
    async for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise TooLarge(f"The body is larger than {max_bytes} bytes, the most allowed here.")
        gathered += chunk
        if len(gathered) >= PIECE:
            yield bytes(gathered)
            gathered.clear()
    yield bytes(gathered)


async def _pieces(place: Path, start: int, end: int | None) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(_opened_at, place, start)
    try:
        at = start
        while end is None or at < end:
            wanted = PIECE if end is None else min(PIECE, end - at)
            piece = await asyncio.to_thread(file.read, wanted)
            if not piece:
                return
            at += len(piece)
            yield piece
    finally:
        # A buffered file's own lock makes this wait for a read that a cancelled caller left.
        file.close()


def _opened_at(place: Path, start: int) -> BinaryIO:
    try:
        file = place.open("rb")
    except FileNotFoundError:
        raise AssetPurged from None
    file.seek(start)
    return file
