"""Bring a task's inputs into its private folder: stored bytes, a file under a root, an address."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path, PurePath
from typing import Any

from jobmill.core.engines import EngineInput
from jobmill.core.engines.media import check_fetched
from jobmill.core.errors import AssetNotReady, AssetPurged
from jobmill.core.ids import AssetNumber
from jobmill.core.items import (
    Asset,
    AssetSource,
    AssetState,
    Blob,
    BlobStore,
    Fetcher,
    MediaRoots,
)
from jobmill.core.jobs.model import Route
from jobmill.core.jobs.ports import Bell, Database, UnitOfWork
from jobmill.core.jobs.service.attempts import Claimed
from jobmill.core.pipelines import Mode
from jobmill.runtime.joining import PartFiles
from jobmill.runtime.pipes import feeding
from jobmill.runtime.reading import PartReader
from jobmill.runtime.workdirs import drop_json, put_json
from jobmill.runtime.writing import LiveNotes
from jobmill_engine.manifest import Manifest

SUFFIX_LIMIT = 12
_COMPACT = json.JSONEncoder(separators=(",", ":"))


class InputPreparer:
    """Makes links (never copies) in the work folder; the context ends when the engine has."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        roots: MediaRoots,
        fetcher: Fetcher,
        bell: Bell,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._roots = roots
        self._fetcher = fetcher
        self._bell = bell

    @asynccontextmanager
    async def prepare(
        self,
        claimed: Claimed,
        workdir: Path,
        manifest: Manifest,
        notes: LiveNotes | None = None,
    ) -> AsyncIterator[tuple[EngineInput, ...]]:
        """The engine's inputs. Raises JobmillError when bytes cannot be had, or are of a type that
        the engine does not take.

        Live ones need the `notes` that follow how far they are read.
        """
        routes = [r for r in claimed.graph.routes if r.target == claimed.task.shown]
        given = claimed.graph.job.input if claimed.task.input is None else claimed.task.input
        if not routes and claimed.asset is None:
            yield (_json(given["json"], workdir),)
            return
        drop_json(workdir)
        async with AsyncExitStack() as stack:
            inputs: list[EngineInput] = []
            if claimed.chunks:
                files = PartFiles(self._blobs, claimed.graph.job.organization, workdir, stack)
                inputs += await files.each(routes[0], claimed.chunks)
            elif claimed.live_input and notes is not None:
                for route in routes:
                    inputs.append(await self._live(claimed, route, workdir, stack, notes))
            else:
                inputs += await self._parts(claimed, routes, workdir, stack)
            if claimed.task.input is not None or not routes:
                if claimed.asset is not None:
                    asset = claimed.asset
                    inputs.append(await self._asset(asset, workdir, stack, manifest, notes))
                else:
                    inputs.append(_json(given["json"], workdir))
            yield tuple(inputs)

    async def _parts(
        self, claimed: Claimed, routes: Sequence[Route], folder: Path, stack: AsyncExitStack
    ) -> list[EngineInput]:
        files = PartFiles(self._blobs, claimed.graph.job.organization, folder, stack)
        inputs: list[EngineInput] = []
        for route in routes:
            parts = [p for p in claimed.parent_parts[route.source] if p.port == route.source_port]
            as_one = route.mode is Mode.STREAM or claimed.task.mode is Mode.STREAM
            inputs += await (files.joined if as_one else files.each)(route, parts)
        return inputs

    async def _live(
        self,
        claimed: Claimed,
        route: Route,
        folder: Path,
        stack: AsyncExitStack,
        notes: LiveNotes,
    ) -> EngineInput:
        """A pipe that carries what the producer writes, as it is kept."""
        job, source = claimed.graph.job, claimed.graph.named(route.source)
        reader = PartReader(
            self._database,
            self._bell,
            self._blobs,
            job.organization,
            job.number,
            source.number,
            route.source_port,
            notes.changed,
        )
        notes.reads(route.target_port, reader)
        place = folder / f"pipe-{route.target_port}"
        feed = await stack.enter_async_context(feeding(place, reader.pieces()))
        feed.done.add_done_callback(lambda done: _tell_trouble(done, notes))
        name = f"{route.source}.{route.source_port}"
        parts = await self._database.read(
            lambda work: work.parts.after(source.number, route.source_port, 0, 1)
        )
        media_type = parts[0].media_type if parts else "application/octet-stream"
        return EngineInput(route.target_port, place, media_type, name, live=True)

    async def _asset(
        self,
        asset: Asset,
        folder: Path,
        stack: AsyncExitStack,
        manifest: Manifest,
        notes: LiveNotes | None,
    ) -> EngineInput:
        if asset.source is AssetSource.URL and notes is not None and notes.streams:
            fresh = await self._database.read(lambda work: work.assets.get(asset.number))
            if fresh is not None and fresh.state is AssetState.AWAITING:
                live = await self._fetched_live(fresh, folder, stack, notes)
                check_fetched(manifest, live.media_type)
                return live
        place = folder / f"input{_suffix(asset.name)}"
        media_type = asset.media_type
        if asset.source is AssetSource.PATH:
            path = await asyncio.to_thread(
                self._roots.open_path, asset.organization, asset.location or ""
            )
            _link(place, path)
        else:
            blob, media_type = await self._bytes_of(asset, manifest)
            if asset.source is AssetSource.URL:
                check_fetched(manifest, media_type)
            path = await stack.enter_async_context(
                self._blobs.local_path(asset.organization, blob.sha256)
            )
            _link(place, path)
        return EngineInput("in", place, media_type, asset.name)

    async def _fetched_live(
        self, asset: Asset, folder: Path, stack: AsyncExitStack, notes: LiveNotes
    ) -> EngineInput:
        """A pipe with the bytes of an address while they come; they are kept when all have."""
        fetching = await stack.enter_async_context(
            self._fetcher.stream(asset.organization, asset.location or "")
        )
        place = folder / "pipe-in"
        feed = await stack.enter_async_context(feeding(place, fetching.pieces()))
        feed.done.add_done_callback(lambda done: _tell_trouble(done, notes))

        async def keep() -> None:
            if not (feed.ended or feed.done.done()):
                return  # the engine had enough before the end of it
            fetched = await fetching.fetched()
            blob = Blob(fetched.stored.sha256, fetched.stored.size)
            await self._database.write(
                lambda work: _attach(work, asset.number, blob, fetched.media_type)
            )

        notes.at_end.append(keep)
        return EngineInput("in", place, fetching.media_type, asset.name, live=True)

    async def _bytes_of(self, asset: Asset, manifest: Manifest) -> tuple[Blob, str]:
        """The asset's blob; bytes at an address are fetched once and kept, if the engine takes
        what its server calls them.

        Of two tasks that fetch at the same time, both work on what came first.
        """
        if asset.blob is not None:
            return asset.blob, asset.media_type
        fresh = await self._database.read(lambda work: work.assets.get(asset.number))
        if fresh is not None and fresh.blob is None:
            if asset.source is AssetSource.UPLOAD and fresh.state is AssetState.AWAITING:
                raise AssetNotReady(
                    f"The bytes of {asset.name!r} never arrived: upload them, then retry."
                )
            if asset.source is not AssetSource.URL:
                raise AssetPurged(f"The job's input {asset.name!r} has been removed.")
            async with self._blobs.holding():
                fetched = await self._fetcher.fetch(
                    asset.organization,
                    asset.location or "",
                    lambda media_type: check_fetched(manifest, media_type),
                )
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


def _tell_trouble(done: "asyncio.Future[None]", notes: LiveNotes) -> None:
    """What is read cannot be had any more: the engine would wait for it for ever."""
    error = None if done.cancelled() else done.exception()
    if isinstance(error, Exception):
        notes.troubled(error)


def _json(value: Any, folder: Path) -> EngineInput:
    place = put_json(folder, _COMPACT.encode(value).encode())
    return EngineInput("in", place, "application/json", place.name)


def _link(place: Path, target: Path) -> Path:
    place.symlink_to(target)
    return place


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix
    plain = suffix[1:].isalnum() and suffix.isascii()
    return suffix.lower() if plain and len(suffix) <= SUFFIX_LIMIT else ""
