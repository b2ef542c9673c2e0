"""What a live attempt tells while it runs: parts as they come, chunks as they are answered.

Keeps the order of what the engine said, also while a large document is read on a thread.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from jobmill.adapters.subprocess import documents
from jobmill.core.engines.ports import (
    AttemptListener,
    EngineCall,
    EngineOutput,
    Failed,
    FailureClass,
)
from jobmill_engine import protocol
from jobmill_engine.ledger import PartLedger


class LiveParts:
    """Hands the parts and chunks of one attempt on to its listener.

    What an engine may not do raises `PartRefused` or `BadResult`; `surprised` is told what the
    listener raises after a large document was read. `sound`: no chunk has failed in a way after
    which the process is not to be trusted.
    """

    def __init__(
        self, call: EngineCall, listener: AttemptListener, surprised: Callable[[Exception], None]
    ) -> None:
        numbers = [file.number for file in call.inputs if file.number is not None]
        chunks = numbers if call.mode == "chunk" else None
        self.ledger = PartLedger(call.manifest, chunks, call.credit, call.resume)
        self.sound = True
        self._media_out = call.manifest.media_out
        self._listener = listener
        self._surprised = surprised
        self._home = documents.real_folder(call.workdir)
        self._reading: asyncio.Task[None] | None = None
        self._behind: deque[Callable[[], None]] = deque()

    def in_order(self, act: Callable[[], None]) -> None:
        """Act now, or when what was said before is through."""
        if self._reading is None:
            act()
        else:
            self._behind.append(act)

    def close(self) -> None:
        """The attempt is over; nobody listens any more."""
        self._behind.clear()
        if self._reading is not None:
            self._reading.cancel()

    def wrote(self, said: protocol.Output) -> None:
        """The engine has written a part."""
        number = self.ledger.write(said.port, said.number, said.meta)
        path = documents.check_file(self._home, said.path)
        self._listener.output(
            EngineOutput(said.port, path, said.media_type, number, said.meta or {})
        )

    def chunk_done(self, said: protocol.ChunkDone) -> None:
        """The engine is through with a chunk."""
        self.ledger.answer(said.number)
        if said.result is not None:
            self._read(said.number, said.result)
        elif said.document is None:
            self._listener.chunk_done(said.number, None)
        else:
            self._parsed(said.number, said.document.encode())

    def chunk_failed(self, said: protocol.ChunkFailed) -> None:
        """The engine has given a chunk up."""
        self.ledger.answer(said.number)
        self._failed(said.number, Failed(FailureClass(said.failure), said.code, said.message))

    def _failed(self, number: int, failed: Failed) -> None:
        self.sound = self.sound and failed.failure is FailureClass.INPUT
        self._listener.chunk_failed(number, failed)

    def _bad(self, number: int, error: documents.BadResult) -> None:
        self._failed(number, Failed(FailureClass.ENGINE, "bad_result", str(error)))

    def _parsed(self, number: int, data: bytes) -> None:
        try:
            document = documents.parse_document(data, self._media_out)
        except documents.BadResult as error:
            self._bad(number, error)
        else:
            self._listener.chunk_done(number, document)

    def _read(self, number: int, relative: str) -> None:
        try:
            fd, path = documents.open_inside(self._home, relative)
            if os.fstat(fd).st_size <= documents.READ_INLINE:
                self._parsed(number, documents.read_bytes(fd))
                path.unlink(missing_ok=True)
            else:
                os.close(fd)
                self._reading = asyncio.ensure_future(self._read_aside(number, relative))
        except documents.BadResult as error:
            self._bad(number, error)

    async def _read_aside(self, number: int, relative: str) -> None:
        try:
            try:
                document = await asyncio.to_thread(
                    _take_document, self._home, relative, self._media_out
                )
            except documents.BadResult as error:
                self._bad(number, error)
            else:
                self._listener.chunk_done(number, document)
        except Exception as error:
            self._surprised(error)
        self._reading = None
        while self._reading is None and self._behind:
            self._behind.popleft()()


def _take_document(home: str, relative: str, media_out: Sequence[str]) -> dict[str, Any]:
    fd, path = documents.open_inside(home, relative)
    data = documents.read_bytes(fd)
    path.unlink(missing_ok=True)
    return documents.parse_document(data, media_out)
