"""What a download of ours is made of: a stored blob, a file under a media root, a short text."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from jobmill.core.errors import AssetNotReady, AssetPurged, InputMissing
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import Asset, AssetSource, AssetState, Blob
from jobmill.http.house import House
from jobmill.http.ranges import Download

PIECE = 256 * 1024


async def asset_download(house: House, asset: Asset) -> Download:
    """An asset's bytes. Raises AssetNotReady, AssetPurged, or InputMissing for a file now gone."""
    if asset.state is AssetState.PURGED:
        raise AssetPurged
    if asset.blob is not None:
        return blob_download(house, asset.organization, asset.blob, asset.media_type, asset.name)
    if asset.source is AssetSource.PATH:
        path = await asyncio.to_thread(
            house.outside.roots.open_path, asset.organization, asset.location or ""
        )
        return await file_download(path, asset.media_type, asset.name)
    raise AssetNotReady(f"The bytes of {asset.name!r} have not arrived yet.")


def blob_download(
    house: House, organization: OrganizationNumber, blob: Blob, media_type: str, name: str
) -> Download:
    """A stored blob; its hash is its ETag."""

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        return await house.blobs.read(organization, blob.sha256, start, end)

    return Download(blob.size, media_type, name, blob.sha256, read)


async def file_download(path: Path, media_type: str, name: str) -> Download:
    """A file; it must stay as long as it is served. Raises InputMissing."""
    return await asyncio.to_thread(_file_download, path, media_type, name)


def _file_download(path: Path, media_type: str, name: str) -> Download:
    try:
        stat = path.stat()
    except OSError:
        raise InputMissing from None
    facts = f"{stat.st_dev}.{stat.st_ino}.{stat.st_size}.{stat.st_mtime_ns}"
    etag = hashlib.sha256(facts.encode()).hexdigest()[:32]
    changed = datetime.fromtimestamp(stat.st_mtime, UTC)

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        return _pieces(await asyncio.to_thread(_opened_at, path, start), end - start)

    return Download(stat.st_size, media_type, name, etag, read, changed)


def _opened_at(path: Path, start: int) -> BinaryIO:
    try:
        file = path.open("rb")
    except OSError:
        raise InputMissing from None
    file.seek(start)
    return file


async def _pieces(file: BinaryIO, left: int) -> AsyncIterator[bytes]:
    try:
        while left > 0:
            piece = await asyncio.to_thread(file.read, min(PIECE, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
    finally:
        # A buffered file's own lock makes this wait for a read that a cancelled caller left.
        file.close()
