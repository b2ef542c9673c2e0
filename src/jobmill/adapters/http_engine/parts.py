"""The parts that a service writes while it works, numbered, and held back while readers are far
behind."""

import asyncio

from jobmill.adapters.http_engine.found import FoundFile
from jobmill.core.engines import AttemptListener, EngineCall, EngineOutput
from jobmill.core.jobs.flow import OUT


class PartWriter:
    """Hands parts of the port `out` to the listener; the `AttemptControl` of the attempt."""

    def __init__(self, call: EngineCall, listener: AttemptListener) -> None:
        self._listener = listener
        self._credit = dict(call.credit or {})
        self._more = asyncio.Event()
        self._next = 0

    @property
    def read(self) -> bool:
        """Whether somebody reads the parts while they come."""
        return OUT in self._credit

    def credit(self, port: str, upto: int) -> None:
        """See `AttemptControl`."""
        if upto > self._credit.get(port, upto):
            self._credit[port] = upto
            self._more.set()

    async def write(self, file: FoundFile) -> None:
        """The next part, as soon as it may be written."""
        number = self._next
        self._next += 1
        while number >= self._credit.get(OUT, number + 1):
            self._more.clear()
            await self._more.wait()
        self._listener.output(EngineOutput(OUT, file.path, file.media_type, number, file.meta))
