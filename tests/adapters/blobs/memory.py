"""A BlobStore in memory, for tests of what uses one. Passes the same suite as the real ones."""

import hashlib
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from jobmill.core.errors import AssetPurged, InputMissing, PathNotAllowed, TooLarge
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import StoredBytes

PIECE = 256 * 1024


class MemoryBlobStore:
    """Implements `BlobStore`."""

    def __init__(self) -> None:
        self.blobs: dict[tuple[OrganizationNumber, str], bytes] = {}
        self._held: set[str] | None = None

    async def put(
        self, organization: OrganizationNumber, chunks: AsyncIterator[bytes], max_bytes: int
    ) -> StoredBytes:
        data = bytearray()
        async for chunk in chunks:
            data += chunk
            if len(data) > max_bytes:
                raise TooLarge
        return self._keep(organization, bytes(data))

    @asynccontextmanager
    async def receiving(
        self, organization: OrganizationNumber, max_bytes: int
    ) -> AsyncIterator["MemoryReceiving"]:
        with tempfile.NamedTemporaryFile() as file:
            yield MemoryReceiving(
                Path(file.name), max_bytes, lambda data: self._keep(organization, data)
            )

    async def put_file(self, organization: OrganizationNumber, path: Path) -> StoredBytes:
        if path.is_symlink() or path.is_dir():
            raise PathNotAllowed(f"{path.name} is not a plain file.")
        if not path.exists():
            raise InputMissing
        return self._keep(organization, path.read_bytes())

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[None]:
        outer, self._held = self._held, set()
        try:
            yield
        finally:
            self._held = outer

    async def read(
        self, organization: OrganizationNumber, sha256: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        if start < 0 or (end is not None and end < start):
            raise ValueError("no range")
        return _pieces(self._existing(organization, sha256)[start:end])

    @asynccontextmanager
    async def local_path(
        self, organization: OrganizationNumber, sha256: str
    ) -> AsyncIterator[Path]:
        with tempfile.NamedTemporaryFile() as file:
            file.write(self._existing(organization, sha256))
            file.flush()
            yield Path(file.name)

    @asynccontextmanager
    async def local_paths(
        self, organization: OrganizationNumber, sha256s: Sequence[str]
    ) -> AsyncIterator[Sequence[Path]]:
        async with AsyncExitStack() as stack:
            yield [
                await stack.enter_async_context(self.local_path(organization, sha256))
                for sha256 in sha256s
            ]

    async def delete(self, organization: OrganizationNumber, sha256: str) -> None:
        if sha256 not in (self._held or ()):
            self.blobs.pop((organization, _checked(sha256)), None)

    async def delete_all(self, blobs: Sequence[tuple[OrganizationNumber, str]]) -> None:
        for organization, sha256 in blobs:
            await self.delete(organization, sha256)

    def older_than(self, seconds: float) -> Iterator[tuple[OrganizationNumber, StoredBytes]]:
        """All: nobody notes here how old they are."""
        for (organization, sha256), data in self.blobs.items():
            yield organization, StoredBytes(sha256, len(data))

    def _keep(self, organization: OrganizationNumber, data: bytes) -> StoredBytes:
        sha256 = hashlib.sha256(data).hexdigest()
        if self._held is not None:
            self._held.add(sha256)
        self.blobs[organization, sha256] = data
        return StoredBytes(sha256, len(data))

    def _existing(self, organization: OrganizationNumber, sha256: str) -> bytes:
        try:
            return self.blobs[organization, _checked(sha256)]
        except KeyError:
            raise AssetPurged from None


class MemoryReceiving:
    """Implements `Receiving`."""

    def __init__(self, path: Path, max_bytes: int, keep: Callable[[bytes], StoredBytes]) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._keep = keep

    async def write(self, piece: bytes) -> None:
        if self.path.stat().st_size + len(piece) > self._max_bytes:
            raise TooLarge
        with self.path.open("ab") as file:
            file.write(piece)

    async def keep(self) -> StoredBytes:
        return self._keep(self.path.read_bytes())


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), PIECE):
        yield data[at : at + PIECE]


def _checked(sha256: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise ValueError(f"{sha256!r} is no SHA-256")
    return sha256
