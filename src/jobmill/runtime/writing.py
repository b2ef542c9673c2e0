"""The notes of an attempt whose parts are kept as they come: in mode stream and chunk, and where
somebody reads what a whole task writes before it has ended.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog

from jobmill.core.clock import Clock
from jobmill.core.engines import AttemptControl, EngineOutput, Failed, FailureClass, failed_by
from jobmill.core.errors import JobmillError, Unavailable
from jobmill.core.items import BlobStore
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.lead import credit_of, hesitant
from jobmill.core.jobs.model import JobGraph, Part
from jobmill.core.jobs.ports import Bell, Database
from jobmill.core.jobs.service import note_live
from jobmill.core.jobs.service.attempts import Claimed, Notes
from jobmill.core.jobs.service.parts import read_ports
from jobmill.core.jobs.service.working import ChunkEnd, ChunkFailure
from jobmill.core.pipelines import Mode
from jobmill.runtime.notes import FLUSH_SECONDS, AttemptNotes
from jobmill.runtime.reading import LONG_SECONDS, PAUSE_SECONDS, PartReader

FLUSH_PARTS = 50
INLINE_BYTES = 64 * 1024
"""A document up to this size is kept with its part; a larger one is a blob."""
GRACE_SECONDS = 1.0
"""How long a producer waits for a reader that is queued and could start."""
JSON_TYPE = "application/json"
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
LOG = structlog.get_logger("jobmill.worker")
Item = EngineOutput | ChunkEnd | ChunkFailure


class LiveNotes(AttemptNotes):
    """The `AttemptListener` of a live attempt, and the keeper of its credit.

    `waiting`: it can go on only when somebody else has; `changed` is called when that begins.
    `trouble` says why the attempt cannot go on, after `fenced` was called for it.
    """

    def __init__(
        self,
        claimed: Claimed,
        database: Database,
        clock: Clock,
        fenced: Callable[[], object],
        blobs: BlobStore,
        bell: Bell,
        changed: Callable[[], None],
    ) -> None:
        super().__init__(claimed, database, clock, fenced)
        self._blobs = blobs
        self._bell = bell
        self._tell = changed
        self._items: deque[tuple[Item, Sequence[EngineOutput], str | None]] = deque()
        self._of_chunk: dict[int, list[EngineOutput]] = {}
        self._source = {part.number: part for part in claimed.chunks}
        self._control: AttemptControl | None = None
        self._credit = dict(credit_of(claimed.graph, claimed.task.shown))
        self._written: dict[str, int] = {}
        self._readers: dict[str, PartReader] = {}
        self._told_read: Mapping[str, int] = {}
        self._watching: asyncio.Task[None] | None = None
        self._last_flush = 0.0
        self._waits = False
        self._overdue: set[str] = set()
        self._left: Notes | None = None
        self.trouble: Failed | None = None
        self.at_end: list[Callable[[], Awaitable[None]]] = []
        """What is to be done when the engine has come to a good end."""

    @property
    def credit(self) -> Mapping[str, int]:
        """What the engine may write when it begins."""
        return self._credit if self._claimed.task.mode is not Mode.CHUNK else {}

    @property
    def streams(self) -> bool:
        """Whether its inputs may come while it works."""
        return self._claimed.task.mode is Mode.STREAM

    @property
    def waiting(self) -> bool:
        """Whether it waits for parts, or for credit."""
        return self._short() or any(reader.waiting for reader in self._readers.values())

    def wrote(self, port: str) -> bool:
        """Whether this attempt, or an earlier one, wrote a part to a port."""
        return self._written.get(port, 0) > 0 or self._claimed.task.flow.held(port) > 0

    def reads(self, port: str, reader: PartReader) -> None:
        """One of its inputs is live."""
        self._readers[port] = reader

    def changed(self) -> None:
        """An input went on, or waits."""
        self._soon()
        self._look_whether_it_waits()

    def troubled(self, error: Exception) -> None:
        """It cannot go on."""
        if self.trouble is None:
            self.trouble = _failed(error)
            self._fenced()

    def began(self, control: AttemptControl) -> None:
        """The attempt was handed to a process."""
        self._control = control
        for port, upto in self.credit.items():
            control.credit(port, upto)

    def output(self, output: EngineOutput) -> None:
        """A part is written."""
        if self._claimed.task.mode is Mode.CHUNK:
            assert output.number is not None  # noqa: S101  the runner numbers live outputs
            self._of_chunk.setdefault(output.number, []).append(output)
            return
        number = output.number or 0
        self._written[output.port] = max(number + 1, self._written.get(output.port, 0))
        self._add(output)
        if self._short():
            self._watch()

    def chunk_done(self, number: int, document: Mapping[str, Any] | None) -> None:
        """The engine is through with a chunk."""
        outputs = self._of_chunk.pop(number, [])
        text = None if document is None else _COMPACT.encode(document)
        self._add(ChunkEnd(number, ()), outputs, text)

    def chunk_failed(self, number: int, failed: Failed) -> None:
        """The engine gave a chunk up."""
        for output in self._of_chunk.pop(number, []):
            output.path.unlink(missing_ok=True)
        self._add(ChunkFailure(number, failed))

    async def gathered(self) -> None:
        """The engine has ended: keep the bytes of all that it wrote, while its folder is there.

        The last of it is left to the settlement.
        """
        await self._rest()
        while len(self._items) > FLUSH_PARTS and self.trouble is None:
            await self._flush()
        if self.trouble is None:
            try:
                self._left = await self._stored(super()._take())
            except (JobmillError, OSError) as error:
                self.troubled(error)

    async def last(self) -> Notes:
        """Stop writing; what was not written yet, for the settlement."""
        await self._rest()
        notes = super()._take()
        left = self._left
        if left is None or self.trouble is not None:
            return notes  # it was stopped: nothing of it is waited for
        return replace(
            left,
            started_at=left.started_at or notes.started_at,
            progress=notes.progress or left.progress,
            log=(*left.log, *notes.log),
            ends=dict(self._written),
        )

    async def _rest(self) -> None:
        self._over = True
        if self._watching is not None:
            self._watching.cancel()
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            await self._writing

    def _add(
        self, item: Item, outputs: Sequence[EngineOutput] = (), document: str | None = None
    ) -> None:
        self._items.append((item, outputs, document))
        self._soon()

    def _soon(self) -> None:
        """At once after a rest, or when there is much; else a few times a second."""
        if self._writing is not None or self._over or self.trouble is not None:
            return
        loop = asyncio.get_running_loop()
        rest = self._last_flush + FLUSH_SECONDS - loop.time()
        if self._timer is not None and len(self._items) == FLUSH_PARTS:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            wait = 0.0 if len(self._items) >= FLUSH_PARTS or rest < 0 else rest
            self._timer = loop.call_later(wait, self._write)

    async def _flush(self) -> None:
        self._last_flush = asyncio.get_running_loop().time()
        notes = super()._take()
        graph: JobGraph | None = None
        try:
            async with self._blobs.holding():
                notes = await self._stored(notes)
                graph = await self._write_down(notes)
        except Exception as error:
            if not isinstance(error, JobmillError | OSError):
                LOG.exception("parts.not_kept")
            self._writing = None
            self.troubled(error)
            return
        self._writing = None
        if graph is None:
            self._fenced()
            return
        self._give_credit(graph)
        if self._items or self._reports or self._log:
            self._soon()

    async def _write_down(self, notes: Notes) -> JobGraph | None:
        """Parts must not be lost: while the database refuses (disk full), try on."""
        while True:
            now = self._clock.now()
            try:
                return await self._database.write(lambda work: note_live(work, notes, now))  # noqa: B023
            except Unavailable as refusal:
                LOG.warning("parts.not_written", error=refusal.message)
                await asyncio.sleep(1.0)

    async def _stored(self, notes: Notes) -> Notes:
        """The notes with what has come since, its bytes kept as blobs."""
        taken = [self._items.popleft() for _ in range(min(FLUSH_PARTS, len(self._items)))]
        parts: list[Part] = []
        chunks: list[ChunkEnd] = []
        failures: list[ChunkFailure] = []
        for item, outputs, document in taken:
            if isinstance(item, ChunkEnd):
                chunks.append(await self._chunk(item, outputs, document))
            elif isinstance(item, ChunkFailure):
                failures.append(item)
            else:
                parts.append(await self._kept(item))
        return replace(
            notes,
            parts=tuple(parts),
            chunks=tuple(chunks),
            failures=tuple(failures),
            read=self._read(),
        )

    def _read(self) -> Mapping[str, int] | None:
        read = {port: reader.place for port, reader in self._readers.items()}
        if read == self._told_read:
            return None
        self._told_read = read
        return read

    async def _chunk(
        self, chunk: ChunkEnd, outputs: Sequence[EngineOutput], document: str | None
    ) -> ChunkEnd:
        """With a part for every port that is read: what was written, the document, or nothing."""
        source = self._source.get(chunk.number)
        meta = source.meta if source else {}
        parts = [await self._kept(replace(each, meta={**meta, **each.meta})) for each in outputs]
        written = {part.port for part in parts}
        if document is not None and OUT not in written:
            parts.append(await self._of_document(chunk.number, meta, document))
            written.add(OUT)
        parts += [
            Part(port, chunk.number, None, 0, JSON_TYPE, meta)
            for port in read_ports(self._claimed.graph, self._claimed.task.shown)
            if port not in written
        ]
        return replace(chunk, parts=tuple(parts))

    async def _kept(self, output: EngineOutput) -> Part:
        organization = self._claimed.graph.job.organization
        stored = await self._blobs.put_file(organization, output.path)
        with suppress(OSError):  # it may have been moved
            output.path.unlink()
        return Part(
            output.port,
            output.number or 0,
            stored.sha256,
            stored.size,
            output.media_type,
            output.meta,
        )

    async def _of_document(self, number: int, meta: Mapping[str, Any], text: str) -> Part:
        organization = self._claimed.graph.job.organization
        return await document_part(self._blobs, organization, number, text, meta)

    def _short(self) -> bool:
        """Whether the engine has written all that it may."""
        return any(self._written.get(port, 0) >= upto for port, upto in self.credit.items())

    def _give_credit(self, graph: JobGraph) -> None:
        name = self._claimed.task.shown
        self._overdue &= hesitant(graph, name)
        for port, upto in credit_of(graph, name, self._overdue).items():
            if upto > self._credit.get(port, 0) and self.credit:
                self._credit[port] = upto
                if self._control is not None:
                    self._control.credit(port, upto)
        self._look_whether_it_waits()

    def _look_whether_it_waits(self) -> None:
        waits, self._waits = self._waits, self.waiting
        if self._waits and not waits:
            self._tell()

    def _watch(self) -> None:
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._until_credited())

    async def _until_credited(self) -> None:
        """Look at the readers after each commit, as long as the engine may not write."""
        job, name = self._claimed.graph.job.number, self._claimed.task.shown
        began = asyncio.get_running_loop().time()
        while self._short() and not self._over:
            seen = self._bell.count
            graph = await self._database.read(lambda work: work.jobs.graph(job))
            if graph is None:
                return
            hesitating = hesitant(graph, name) - self._overdue
            if asyncio.get_running_loop().time() - began >= GRACE_SECONDS:
                self._overdue |= hesitating
            self._give_credit(graph)
            if self._short():
                await self._bell.wait(seen, GRACE_SECONDS if hesitating else LONG_SECONDS)
                await asyncio.sleep(PAUSE_SECONDS)


async def document_part(
    blobs: BlobStore,
    organization: Any,
    number: int,
    text: str,
    meta: Mapping[str, Any],
) -> Part:
    """A document as a part on `out`: kept with the part if it is small."""
    data = text.encode()
    if len(data) <= INLINE_BYTES:
        return Part(OUT, number, None, len(data), JSON_TYPE, meta, text)

    async def once() -> Any:
        yield data

    stored = await blobs.put(organization, once(), len(data))
    return Part(OUT, number, stored.sha256, stored.size, JSON_TYPE, meta)


def _failed(error: Exception) -> Failed:
    if type(error) is Unavailable or isinstance(error, OSError):
        return Failed(FailureClass.PLATFORM, "storage_failed", f"{str(error).rstrip('.')}.")
    if isinstance(error, JobmillError):
        # What comes from an address breaks off here, too, while it is handed on.
        return failed_by(error)
    message = f"An unforeseen error: {type(error).__name__}: {error}"
    return Failed(FailureClass.PLATFORM, "internal_error", message)


__all__ = ["LiveNotes", "document_part"]
