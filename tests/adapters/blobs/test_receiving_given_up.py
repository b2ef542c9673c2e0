"""A file on its way in that its receiver gives up, at whatever moment."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jobmill.adapters.blobs import LocalBlobStore
from jobmill.core.ids import OrganizationNumber

pytestmark = pytest.mark.anyio


async def test_a_second_cancel_does_not_leave_the_file_behind(tmp_path: Path) -> None:
    threads = ThreadPoolExecutor(1)
    asyncio.get_running_loop().set_default_executor(threads)
    blobs = LocalBlobStore(tmp_path)
    taken, busy, go_on = asyncio.Event(), threading.Event(), threading.Event()

    async def receive() -> None:
        async with blobs.receiving(OrganizationNumber(1), 100) as file:
            await file.write(b"some")
            taken.set()
            await asyncio.Event().wait()

    receiver = asyncio.ensure_future(receive())
    await taken.wait()
    threads.submit(lambda: (busy.set(), go_on.wait()))  # the file cannot be let go of yet
    while not busy.is_set():
        await asyncio.sleep(0)
    receiver.cancel()
    await asyncio.sleep(0)
    receiver.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiver
    assert len(list((tmp_path / "incoming").iterdir())) == 1

    go_on.set()
    await asyncio.get_running_loop().shutdown_default_executor()

    assert list((tmp_path / "incoming").iterdir()) == []
