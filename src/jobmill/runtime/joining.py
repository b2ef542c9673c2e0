"""Parts as files in an attempt's folder: each by itself, or all of a stream as one."""

import mimetypes
import shutil
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import BinaryIO

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
        return [await self._one(route, part) for part in parts if not part.empty]

    async def joined(self, route: Route, parts: Sequence[Part]) -> list[EngineInput]:
        """All the bytes as one file; none without any part."""
        full = [part for part in parts if not part.empty]
        if len(full) <= 1:
            return [await self._one(route, part) for part in full]
        place = self._place(full[0])
        with place.open("xb") as whole:
            for part in full:
                await self._append(whole, part)
        name = f"{route.source}.{route.source_port}{place.suffix}"
        return [EngineInput(route.target_port, place, full[0].media_type, name)]

    async def _append(self, whole: BinaryIO, part: Part) -> None:
        if part.blob is None:
            whole.write((part.document or "").encode())
            return
        async with self._blobs.local_path(self._organization, part.blob.sha256) as path:
            with path.open("rb") as piece:
                shutil.copyfileobj(piece, whole, COPY_BYTES)

    async def _one(self, route: Route, part: Part) -> EngineInput:
        place = self._place(part)
        if part.blob is None:
            place.write_text(part.document or "", encoding="utf-8")
        else:
            place.symlink_to(
                await self._stack.enter_async_context(
                    self._blobs.local_path(self._organization, part.blob.sha256)
                )
            )
        name = f"{route.source}.{part.port}.{part.number}{place.suffix}"
        return EngineInput(
            route.target_port, place, part.media_type, name, part.number, dict(part.meta)
        )

    def _place(self, part: Part) -> Path:
        suffix = mimetypes.guess_extension(part.media_type) or ""
        self._made += 1
        return self._folder / f"input-{self._made - 1}{suffix}"
