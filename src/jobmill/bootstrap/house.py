"""Builds the house: the only module that knows both the core's ports and their adapters."""

import asyncio
import importlib.util
import os
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

from jobmill.adapters.blobs import LocalBlobStore
from jobmill.adapters.fetch import GuardedFetcher
from jobmill.adapters.files import LocalMediaRoots
from jobmill.adapters.locks import DataFolder
from jobmill.adapters.manifests import FolderCatalog
from jobmill.adapters.sql import SqliteDatabase
from jobmill.adapters.subprocess import SubprocessRunner, sweep
from jobmill.config import SettingInvalid, Settings
from jobmill.core.accounts import Right, ensure_first_accounts, issue_key
from jobmill.core.clock import Clock, SystemClock
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import Blob
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import recover_tasks
from jobmill.core.jobs.service.submit_job import Outside
from jobmill.http.house import House
from jobmill.runtime import InputPreparer, Maintenance, Worker, WorkerPlan
from jobmill.runtime.attempt import AttemptRun

FETCH_SECONDS = 6 * 3600.0
FETCH_IDLE_SECONDS = 60.0
BUNDLED = "jobmill_engines"


@asynccontextmanager
async def open_house(settings: Settings, clock: Clock | None = None) -> AsyncIterator[House]:
    """Open the stores of a data folder, creating and upgrading what is needed."""
    if settings.database or settings.blobs:
        raise SettingInvalid(
            "JOBMILL_DATABASE or JOBMILL_BLOBS",
            settings.database or settings.blobs,
            "nothing yet: this version keeps everything in the data folder",
        )
    folder = DataFolder(settings.data)
    folder.make()
    blobs = LocalBlobStore(folder.blobs)
    loop = asyncio.get_running_loop()

    def drop(organization: OrganizationNumber, blob: Blob) -> None:
        deletion = blobs.delete(organization, blob.sha256)
        asyncio.run_coroutine_threadsafe(deletion, loop)

    database = await asyncio.to_thread(SqliteDatabase.open, folder.database, drop)
    clock = clock or SystemClock()
    try:
        organization = await database.write(lambda work: _first_start(work, folder, clock))
        outside = Outside(
            catalog=engine_catalog(settings),
            roots=LocalMediaRoots({organization: settings.roots}),
            fetcher=GuardedFetcher(
                blobs,
                settings.fetch_allow,
                max_bytes=settings.max_upload,
                total_seconds=FETCH_SECONDS,
                idle_seconds=FETCH_IDLE_SECONDS,
            ),
        )
        yield House(settings, database, database.bell, outside, blobs, clock)
    finally:
        await asyncio.to_thread(database.close)


@asynccontextmanager
async def working(house: House) -> AsyncIterator[WorkerPlan]:
    """Run a worker of this house: sweep, recover, then work until the context ends."""
    folder = DataFolder(house.settings.data)
    seat = folder.take_seat()
    # Engines of a dead server must be gone before their tasks can be given out again.
    await asyncio.to_thread(sweep, seat.engines)
    await recover_abandoned(house)
    runner = SubprocessRunner(seat.engines)
    plan = WorkerPlan(seat.name, os.getpid(), socket.gethostname(), _slots(house.settings))
    inputs = InputPreparer(house.database, house.blobs, house.outside.roots, house.outside.fetcher)
    attempts = AttemptRun(house.outside.catalog, runner, inputs, house.blobs, folder.work)
    worker = Worker(plan, house.database, house.bell, house.outside.catalog, attempts, house.clock)
    async with _background(worker.run()):
        yield plan
    await runner.close()
    seat.leave()


@asynccontextmanager
async def maintaining(house: House) -> AsyncIterator[None]:
    """Let time do its part while the context lasts."""
    async with _background(Maintenance(house.database, house.clock).run()):
        yield


async def recover_abandoned(house: House) -> None:
    """Sweep the engines of workers that are gone, then give their tasks back."""
    for seat in DataFolder(house.settings.data).abandoned():
        await asyncio.to_thread(sweep, seat.engines)
        names, now = [seat.name], house.clock.now()
        await house.database.write(
            lambda work, names=names, now=now: recover_tasks(  # type: ignore[misc]
                work, names, "the worker is gone", now
            )
        )
        seat.leave()


def engine_catalog(settings: Settings) -> FolderCatalog:
    """Engines of the operator's folders first, then the data folder's, then the bundled ones."""
    spec = importlib.util.find_spec(BUNDLED)
    bundled = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    return FolderCatalog([*settings.engines, settings.data / "engines", *bundled])


def _first_start(work: UnitOfWork, folder: DataFolder, clock: Clock) -> OrganizationNumber:
    organization, admin = ensure_first_accounts(work.accounts)
    if not folder.admin_key.exists():
        key = issue_key(work.accounts, admin, "first start", [Right.ALL], clock.now())
        handle = os.open(folder.admin_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(key + "\n")
    return organization.number


def _slots(settings: Settings) -> int:
    return settings.slots or max(2, os.cpu_count() or 2)


@asynccontextmanager
async def _background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
