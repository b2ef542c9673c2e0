"""Blobs in a bucket of S3, or of what speaks its language: `prefix/<organization>/<ab>/<sha256>`.

A name is known only when all bytes have come, so they are gathered in a file first and sent from
there; the file then stays as the first entry of the cache from which engines read. Nothing half
written can show: an object appears when all of its parts are there.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from jobmill.adapters.blobs.adopt import copied
from jobmill.adapters.blobs.cache import BlobCache
from jobmill.adapters.blobs.holds import Holds
from jobmill.adapters.blobs.incoming import IncomingFile, discarded, full_disk_told, sweep
from jobmill.adapters.blobs.local import PIECE, checked_range, gathered
from jobmill.adapters.blobs.receiving import ReceivedFile, receiving
from jobmill.core.errors import AssetPurged, JobmillError, Unavailable
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import StoredBytes

_SHA256 = re.compile(r"[0-9a-f]{64}")
PART = 16 * 2**20
PATIENCE_SECONDS = 60.0
"""For an answer to what is asked and told; for bytes that are sent, beside their own time."""
SLOWEST = 64 * 1024
"""Bytes a second that a bucket which is still there takes at least."""
AT_ONCE = 200
"""Deleted by one request: each holds a file open meanwhile, so that nobody takes its bytes."""


def open_bucket(url: str, environment: Mapping[str, str]) -> S3Store:
    """The bucket of `s3://bucket/prefix`; address, region and keys come from AWS_* variables."""
    parts = urlsplit(url)
    plain = (environment.get("AWS_ENDPOINT_URL", "")).startswith("http://")
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options={"allow_http": plain, "timeout": "1h", "connect_timeout": "10s"},
        retry_config={"max_retries": 5, "retry_timeout": timedelta(seconds=60)},
    )


class S3BlobStore:
    """Implements `BlobStore`. The processes of one data folder share `folder` on its disk."""

    def __init__(
        self,
        bucket: S3Store,
        folder: Path,
        cache_limit: int,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._bucket = bucket
        self._patience = patience
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._holds = Holds(folder / "holds")
        self._cache = BlobCache(folder, cache_limit)
        self._fetching: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        sweep(self._incoming)

    async def put(
        self, organization: OrganizationNumber, chunks: AsyncIterator[bytes], max_bytes: int
    ) -> StoredBytes:
        """Take bytes in; they show only when all of them are in the bucket.

        Raises TooLarge beyond `max_bytes`, Unavailable when the disk is full or the bucket is not
        to be reached.
        """
        incoming = IncomingFile(self._incoming)
        try:
            with full_disk_told():
                async for piece in gathered(chunks, max_bytes):
                    await asyncio.to_thread(incoming.write, piece)
                return await self._send(organization, incoming)
        finally:
            await discarded(incoming)

    @asynccontextmanager
    async def receiving(
        self, organization: OrganizationNumber, max_bytes: int
    ) -> AsyncIterator[ReceivedFile]:
        """Take bytes in bit by bit; they go into the bucket at the end. Writing raises as `put`."""

        async def keep(file: IncomingFile) -> StoredBytes:
            return await self._send(organization, file)

        async with receiving(self._incoming, max_bytes, keep) as file:
            yield file

    async def put_file(self, organization: OrganizationNumber, path: Path) -> StoredBytes:
        """Take a finished file in; afterwards it may be gone. Raises as `put`, and as adopting."""
        with full_disk_told():
            incoming = await asyncio.to_thread(copied, path, self._incoming)
            try:
                return await self._send(organization, incoming)
            finally:
                await discarded(incoming)

    async def _send(self, organization: OrganizationNumber, file: IncomingFile) -> StoredBytes:
        stored = await asyncio.to_thread(file.finish)
        key = _key(organization, stored.sha256)
        with ExitStack() as stack:
            await asyncio.to_thread(stack.enter_context, self._holds.taking(stored.sha256))
            missing = Unavailable("There is no such bucket; make it, or name another.")
            async with self._in_time(stored.size, missing):
                if await self._size(key) != stored.size:
                    await self._bucket.put_async(key, file.path, chunk_size=PART)
            await asyncio.to_thread(
                self._cache.keep, str(int(organization)), stored.sha256, file, stored.size
            )
        return stored

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
        key = _key(organization, sha256)
        async with self._in_time():
            size = await self._size(key)
            if size is None:
                raise AssetPurged
            end = size if end is None else min(end, size)
            if start >= end:
                return _nothing()
            answer = await self._bucket.get_async(key, options={"range": (start, end)})
        return _pieces(aiter(answer.stream(PIECE)))

    @asynccontextmanager
    async def local_path(
        self, organization: OrganizationNumber, sha256: str
    ) -> AsyncIterator[Path]:
        """A file of the cache, not to be changed. Raises AssetPurged when there is no such blob."""
        key = _key(organization, sha256)
        lock = self._fetching.setdefault(key, asyncio.Lock())
        with ExitStack() as stack:
            async with lock:
                path = await asyncio.to_thread(self._used, stack, organization, sha256)
                while path is None:
                    await self._fetch(organization, sha256)
                    path = await asyncio.to_thread(self._used, stack, organization, sha256)
            yield path

    @asynccontextmanager
    async def local_paths(
        self, organization: OrganizationNumber, sha256s: Sequence[str]
    ) -> AsyncIterator[Sequence[Path]]:
        """Files of the cache. Raises AssetPurged when there is no such blob."""
        async with AsyncExitStack() as stack:
            yield [
                await stack.enter_async_context(self.local_path(organization, sha256))
                for sha256 in sha256s
            ]

    def _used(self, stack: ExitStack, organization: OrganizationNumber, sha256: str) -> Path | None:
        return stack.enter_context(self._cache.used(str(int(organization)), sha256))

    async def _fetch(self, organization: OrganizationNumber, sha256: str) -> None:
        file = IncomingFile(self._incoming)
        try:
            async for piece in await self.read(organization, sha256):
                await asyncio.to_thread(file.write, piece)
            stored = await asyncio.to_thread(file.finish)
            if stored.sha256 != sha256:
                raise Unavailable(f"The bucket gave other bytes than those of {sha256}.")
            await asyncio.to_thread(
                self._cache.keep, str(int(organization)), sha256, file, stored.size
            )
        finally:
            await discarded(file)

    async def delete(self, organization: OrganizationNumber, sha256: str) -> None:
        """Remove the bytes, unless somebody has just put them again and is about to name them."""
        key = _key(organization, sha256)
        with self._holds.deleting(sha256) as free:
            if free:
                self._cache.forget(str(int(organization)), sha256)
                async with self._in_time():
                    await self._bucket.delete_async(key)

    async def delete_all(self, blobs: Sequence[tuple[OrganizationNumber, str]]) -> None:
        """Remove the bytes of many; a request takes hundreds of them."""
        for at in range(0, len(blobs), AT_ONCE):
            await self._delete_some(blobs[at : at + AT_ONCE])

    async def _delete_some(self, blobs: Sequence[tuple[OrganizationNumber, str]]) -> None:
        with ExitStack() as stack:
            free = [
                (organization, sha256)
                for organization, sha256 in dict.fromkeys(blobs)
                if stack.enter_context(self._holds.deleting(sha256))
            ]
            for organization, sha256 in free:
                self._cache.forget(str(int(organization)), sha256)
            if free:
                async with self._in_time():
                    await self._bucket.delete_async([_key(*each) for each in free])

    def older_than(self, seconds: float) -> Iterator[tuple[OrganizationNumber, StoredBytes]]:
        """Every blob that was put longer ago than this. Blocking, and long where there are many."""
        before = datetime.now(UTC) - timedelta(seconds=seconds)
        for some in self._bucket.list():
            for found in some:
                owner, sha256 = found["path"].partition("/")[0], found["path"][-64:]
                if found["last_modified"] < before and _SHA256.fullmatch(sha256):
                    yield OrganizationNumber(int(owner)), StoredBytes(sha256, found["size"])

    @asynccontextmanager
    async def _in_time(
        self, size: int = 0, missing: JobmillError | None = None
    ) -> AsyncIterator[None]:
        """The bucket's errors as ours, and an end to waiting for one that hangs."""
        seconds = self._patience + size / SLOWEST
        try:
            async with asyncio.timeout(seconds) as limit:
                with _told(missing):
                    yield
        except TimeoutError:
            if not limit.expired():
                raise
            raise Unavailable(
                f"The bucket that keeps the files did not answer within {seconds:.0f} s."
            ) from None

    async def _size(self, key: str) -> int | None:
        try:
            return int((await self._bucket.head_async(key))["size"])
        except (FileNotFoundError, NotFoundError):
            return None


def _key(organization: OrganizationNumber, sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is no SHA-256 in lower-case hex.")
    return f"{int(organization)}/{sha256[:2]}/{sha256}"


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


async def _pieces(buffers: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of one size."""
    rest = bytearray()
    with _told():
        async for buffer in buffers:
            rest += buffer
            while len(rest) >= PIECE:
                yield bytes(rest[:PIECE])
                del rest[:PIECE]
    if rest:
        yield bytes(rest)


@contextmanager
def _told(missing: JobmillError | None = None) -> Iterator[None]:
    """Errors of the bucket as ours."""
    try:
        yield
    except (FileNotFoundError, NotFoundError):
        raise missing or AssetPurged() from None
    except BaseError as error:
        first = str(error).splitlines()[0][:300]
        raise Unavailable(f"The bucket that keeps the files does not answer: {first}") from error
