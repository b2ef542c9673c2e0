"""What a service tells of its work by itself: heartbeats and results, as they come in."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from jobmill.core.ids import AttemptId
from jobmill.core.jobs.grants import EngineMessage, MessageKind
from jobmill.core.jobs.ports import Bell, Database

PAUSE_SECONDS = 0.05
"""Between two looks: the bell rings for every commit of the server."""
LONG_SECONDS = 30.0


@dataclass(slots=True)
class Course:
    """How one request goes, as far as its messages tell. `status` is that of the last heartbeat."""

    call: int
    heard_at: float
    status: str = "running"
    reason: str = ""
    message: str = ""
    results: deque[EngineMessage] = field(default_factory=deque)
    had_result: bool = False

    @property
    def over(self) -> bool:
        """Whether the service says that it has ended, well or not."""
        return self.status in ("complete", "failed")


class Inbox:
    """Follows the messages of one attempt; `changed` is set with each that counts.

    `told` hears every heartbeat. Messages about an earlier request are nobody's.
    """

    def __init__(
        self,
        database: Database,
        bell: Bell,
        attempt: AttemptId,
        told: Callable[[EngineMessage], None],
    ) -> None:
        self._database = database
        self._bell = bell
        self._attempt = attempt
        self._told = told
        self._after = 0
        self.changed = asyncio.Event()
        self.course = Course(0, 0.0)

    def begin(self, call: int) -> Course:
        """Another request is made."""
        self.course = Course(call, asyncio.get_running_loop().time())
        return self.course

    async def follow(self) -> None:
        """Until cancelled."""
        while True:
            seen = self._bell.count
            if not await self.look():
                await self._bell.wait(seen, LONG_SECONDS)
                await asyncio.sleep(PAUSE_SECONDS)

    async def look(self) -> bool:
        """Take what has come; says whether there was anything."""
        attempt, after = self._attempt, self._after
        messages = await self._database.read(lambda work: work.grants.messages(attempt, after))
        for message in messages:
            if message.number > self._after:
                self._after = message.number
                self._take(message)
        return bool(messages)

    def _take(self, message: EngineMessage) -> None:
        course = self.course
        if message.call != course.call:
            return
        course.heard_at = asyncio.get_running_loop().time()
        if message.kind is MessageKind.RESULT:
            course.results.append(message)
            course.had_result = True
        else:
            course.status = str(message.body.get("status", "running")).lower()
            course.reason = str(message.body.get("failureReason") or "")
            course.message = str(message.body.get("failureMsg") or "")
            self._told(message)
        self.changed.set()
