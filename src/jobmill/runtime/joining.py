"""Parts as files in an attempt's folder: each by itself, or all of a stream as one."""

import asyncio
import mimetypes
import shutil
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from jobmill.core.engines import EngineInput
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import BlobStore
from jobmill.core.jobs.model import Part, Route

COPY_BYTES = 1 << 20


class PartFiles:
    """Makes links to the parts' bytes; they hold as long as the stack."""

    def __init__(
        self,
        blobs: BlobStore,
        organization: OrganizationNumber,
        folder: Path,
        stack: AsyncExitStack,
    ) -> None:
        self._blobs = blobs
        self._organization = organization
        self._folder = folder
        self._stack = stack
        self._made = 0

    async def each(self, route: Route, parts: Sequence[Part]) -> list[EngineInput]:
        """A file for each part that is not empty, in their order."""
        made = [(part, self._place(part)) for part in parts if not part.empty]
        targets = await self._blobs_of([part for part, _ in made])
        self._stack.push_async_callback(asyncio.to_thread, _remove, [place for _, place in made])
        await asyncio.to_thread(_make, made, targets)
        return [_input(route, part, place) for part, place in made]

    async def joined(self, route: Route, parts: Sequence[Part]) -> list[EngineInput]:
        """All the bytes as one file; none without any part."""
        full = [part for part in parts if not part.empty]
        if len(full) <= 1:
            return await self.each(route, full)
        place, targets = self._place(full[0]), await self._blobs_of(full)
        await asyncio.to_thread(_join, full, targets, place)
        name = f"{route.source}.{route.source_port}{place.suffix}"
        return [EngineInput(route.target_port, place, full[0].media_type, name)]

    async def _blobs_of(self, parts: Sequence[Part]) -> Mapping[str, Path]:
        """Where the bytes of parts lie, by their hash."""
        hashes = list(dict.fromkeys(part.sha256 for part in parts if part.sha256 is not None))
        if not hashes:
            return {}
        places = await self._stack.enter_async_context(
            self._blobs.local_paths(self._organization, hashes)
        )
        return dict(zip(hashes, places, strict=True))

    def _place(self, part: Part) -> Path:
        suffix = mimetypes.guess_extension(part.media_type) or ""
        self._made += 1
        return self._folder / f"input-{self._made - 1}{suffix}"


def _input(route: Route, part: Part, place: Path) -> EngineInput:
    name = f"{route.source}.{part.port}.{part.number}{place.suffix}"
    return EngineInput(
        route.target_port, place, part.media_type, name, part.number, dict(part.meta)
    )


def _make(made: Sequence[tuple[Part, Path]], targets: Mapping[str, Path]) -> None:
    for part, place in made:
        if part.sha256 is None:
            place.write_text(part.document or "", encoding="utf-8")
        else:
            place.symlink_to(targets[part.sha256])


def _remove(places: Sequence[Path]) -> None:
    """So that the folder is empty, and can be used again."""
    for place in places:
        with suppress(OSError):  # the folder is the engine's: anything may have become of it
            place.unlink()


def _join(parts: Sequence[Part], targets: Mapping[str, Path], place: Path) -> None:
    with place.open("xb") as whole:
        for part in parts:
            if part.sha256 is None:
                whole.write((part.document or "").encode())
                continue
            with targets[part.sha256].open("rb") as piece:
                shutil.copyfileobj(piece, whole, COPY_BYTES)
