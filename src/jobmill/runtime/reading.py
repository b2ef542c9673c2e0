"""What a running producer writes, part by part, for a reader that began before it ended."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from jobmill.core.ids import JobNumber, OrganizationNumber, TaskNumber
from jobmill.core.items import BlobStore
from jobmill.core.jobs.model import Part
from jobmill.core.jobs.ports import Bell, Database, UnitOfWork
from jobmill.core.jobs.states import TaskState

AT_ONCE = 32
PAUSE_SECONDS = 0.02
"""Between two looks: each is worth more than the one commit that woke it."""
LONG_SECONDS = 30.0


class PartReader:
    """The parts of one port in their order, from the first, as they are kept.

    `place` is the number of the next one; `waiting` says that it has not been written yet, and
    `changed` is called when that begins or ends.
    """

    def __init__(
        self,
        database: Database,
        bell: Bell,
        blobs: BlobStore,
        organization: OrganizationNumber,
        job: JobNumber,
        task: TaskNumber,
        port: str,
        changed: Callable[[], None],
    ) -> None:
        self._database = database
        self._bell = bell
        self._blobs = blobs
        self._organization = organization
        self._job = job
        self._task = task
        self._port = port
        self._changed = changed
        self.place = 0
        self.waiting = False

    async def pieces(self) -> AsyncIterator[Path | bytes]:
        """Files and small texts, until the producer is done and everything was given."""
        while True:
            seen = self._bell.count
            parts, ended = await self._database.read(self._next)
            for part in parts:
                if part.number != self.place:
                    break  # chunks are done out of order: that one comes later
                if part.blob is not None:
                    async with self._blobs.local_path(self._organization, part.blob.sha256) as file:
                        yield file
                elif part.document is not None:
                    yield part.document.encode()
                self._wait(False)
                self.place = part.number + 1
                self._changed()
            if parts and parts[-1].number < self.place:
                continue
            if ended:
                return
            self._wait(True)
            await self._bell.wait(seen, LONG_SECONDS)
            await asyncio.sleep(PAUSE_SECONDS)

    def _next(self, work: UnitOfWork) -> tuple[list[Part], bool]:
        graph = work.jobs.graph(self._job)
        done = graph is not None and graph.task(self._task).state is TaskState.DONE
        return list(work.parts.after(self._task, self._port, self.place, AT_ONCE)), done

    def _wait(self, waiting: bool) -> None:
        if waiting != self.waiting:
            self.waiting = waiting
            self._changed()
