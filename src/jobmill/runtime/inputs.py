"""Bring a task's inputs into its private folder: stored bytes, a file under a root, an address."""

import asyncio
import json
import mimetypes
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path, PurePath
from typing import Any

from jobmill.core.engines import EngineInput
from jobmill.core.errors import AssetPurged
from jobmill.core.ids import AssetNumber
from jobmill.core.items import (
    Asset,
    AssetSource,
    Blob,
    BlobStore,
    Fetcher,
    MediaRoots,
)
from jobmill.core.jobs.ports import Database, UnitOfWork
from jobmill.core.jobs.service.attempts import Claimed
from jobmill.runtime.workdirs import JSON_INPUT

SUFFIX_LIMIT = 12
_COMPACT = json.JSONEncoder(separators=(",", ":"))


class InputPreparer:
    """Makes links (never copies) in the work folder; the context ends when the engine has."""

    def __init__(
        self, database: Database, blobs: BlobStore, roots: MediaRoots, fetcher: Fetcher
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._roots = roots
        self._fetcher = fetcher

    @asynccontextmanager
    async def prepare(
        self, claimed: Claimed, workdir: Path
    ) -> AsyncIterator[tuple[EngineInput, ...]]:
        """The engine's inputs. Raises JobmillError when bytes cannot be had."""
        if not claimed.parent_parts and claimed.asset is None:
            yield (_json(claimed.graph.job.input["json"], workdir),)
            return
        async with AsyncExitStack() as stack:
            if claimed.asset is None or claimed.parent_parts:
                yield await self._parts(claimed, workdir, stack)
            else:
                yield (await self._asset(claimed.asset, workdir, stack),)

    async def _parts(
        self, claimed: Claimed, folder: Path, stack: AsyncExitStack
    ) -> tuple[EngineInput, ...]:
        organization = claimed.graph.job.organization
        inputs: list[EngineInput] = []
        for route in claimed.graph.routes:
            if route.target != claimed.task.name:
                continue
            for part in claimed.parent_parts[route.source]:
                if part.port != route.source_port:
                    continue
                path = await stack.enter_async_context(
                    self._blobs.local_path(organization, part.sha256)
                )
                suffix = mimetypes.guess_extension(part.media_type) or ""
                name = f"{route.source}.{part.port}.{part.number}{suffix}"
                link = _link(folder / f"input-{len(inputs)}{suffix}", path)
                inputs.append(EngineInput(route.target_port, link, part.media_type, name))
        return tuple(inputs)

    async def _asset(self, asset: Asset, folder: Path, stack: AsyncExitStack) -> EngineInput:
        place = folder / f"input{_suffix(asset.name)}"
        media_type = asset.media_type
        if asset.source is AssetSource.PATH:
            path = await asyncio.to_thread(
                self._roots.open_path, asset.organization, asset.location or ""
            )
            _link(place, path)
        else:
            blob, media_type = await self._bytes_of(asset)
            path = await stack.enter_async_context(
                self._blobs.local_path(asset.organization, blob.sha256)
            )
            _link(place, path)
        return EngineInput("in", place, media_type, asset.name)

    async def _bytes_of(self, asset: Asset) -> tuple[Blob, str]:
        """The asset's blob; bytes at an address are fetched once and kept.

        Of two tasks that fetch at the same time, both work on what came first.
        """
        if asset.blob is not None:
            return asset.blob, asset.media_type
        fresh = await self._database.read(lambda work: work.assets.get(asset.number))
        if fresh is not None and fresh.blob is None:
            async with self._blobs.holding():
                fetched = await self._fetcher.fetch(asset.organization, asset.location or "")
                blob = Blob(fetched.stored.sha256, fetched.stored.size)
                fresh = await self._database.write(
                    lambda work: _attach(work, asset.number, blob, fetched.media_type)
                )
        if fresh is None or fresh.blob is None:
            raise AssetPurged("The job's input has been removed.")
        return fresh.blob, fresh.media_type


def _attach(work: UnitOfWork, number: AssetNumber, blob: Blob, media_type: str) -> Asset | None:
    work.assets.attach_blob(number, blob, media_type)
    return work.assets.get(number)


def _json(value: Any, folder: Path) -> EngineInput:
    place = folder / JSON_INPUT
    with place.open("xb", buffering=0) as file:
        file.write(_COMPACT.encode(value).encode())
    return EngineInput("in", place, "application/json", place.name)


def _link(place: Path, target: Path) -> Path:
    place.symlink_to(target)
    return place


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix
    plain = suffix[1:].isalnum() and suffix.isascii()
    return suffix.lower() if plain and len(suffix) <= SUFFIX_LIMIT else ""
