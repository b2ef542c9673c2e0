"""Loops that run as long as the server does, and end it when they end by themselves."""

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import structlog

LOG = structlog.get_logger("jobmill")


@asynccontextmanager
async def background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run `work` meanwhile; should it end by itself, the process stops: half of it is no server."""
    task = asyncio.create_task(work)
    task.add_done_callback(_stop_process)
    try:
        yield
    finally:
        task.remove_done_callback(_stop_process)
        task.cancel()
        (end,) = await asyncio.gather(task, return_exceptions=True)
        if not isinstance(end, asyncio.CancelledError | None):
            LOG.error("background.failed", exc_info=end)


def _stop_process(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        LOG.critical("background.ended", exc_info=task.exception())
        signal.raise_signal(signal.SIGTERM)
