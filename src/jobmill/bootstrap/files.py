"""What a server does for files while it runs: ends old uploads, looks at watched folders."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jobmill.bootstrap.background import background
from jobmill.http.house import House
from jobmill.runtime.folders import FolderWatcher
from jobmill.runtime.uploads import UploadEnds


@asynccontextmanager
async def keeping_files(house: House) -> AsyncIterator[None]:
    """Only the server does this, of which there is one a data folder."""
    ends = UploadEnds(house.database, house.uploads, house.clock)
    watcher = FolderWatcher(house.database, house.bell, house.outside, house.walk, house.clock)
    async with background(ends.run()), background(watcher.run()):
        yield
