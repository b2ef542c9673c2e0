"""Builds the house: the only module that knows both the core's ports and their adapters."""

import asyncio
import importlib.util
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from jobmill.adapters.blobs import LocalUploadSpool
from jobmill.adapters.fetch import GuardedFetcher
from jobmill.adapters.files import LocalMediaRoots, StatWalk
from jobmill.adapters.http_engine import (
    ChoosingCatalog,
    ChoosingRunner,
    EngineGuard,
    HttpEngineRunner,
    check_engine_address,
)
from jobmill.adapters.locks import PLATFORM, DataFolder, WorkerSeat
from jobmill.adapters.manifests import FolderCatalog
from jobmill.adapters.sql import SqliteDatabase
from jobmill.adapters.sql.engines import RegisteredEngines
from jobmill.adapters.subprocess import SubprocessRunner, sweep
from jobmill.adapters.subprocess.launch import LaunchSettings
from jobmill.bootstrap.background import background
from jobmill.bootstrap.blobs import check_blobs, open_blobs
from jobmill.bootstrap.first_start import first_start, link_secret
from jobmill.bootstrap.orphans import drop_orphans_daily
from jobmill.bootstrap.webhooks import mailroom
from jobmill.config import SettingInvalid, Settings
from jobmill.core.accounts.identity import IdentityProvider
from jobmill.core.clock import Clock, SystemClock
from jobmill.core.engines import EngineRunner
from jobmill.core.engines.register import EnginePlaces
from jobmill.core.ids import OrganizationNumber, WorkerName
from jobmill.core.items import Blob
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import recover_tasks
from jobmill.core.jobs.service.exports.shapes import JobShape
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.webhooks import Format
from jobmill.http.house import House
from jobmill.runtime import InputPreparer, Maintenance, Worker, WorkerPlan
from jobmill.runtime.attempt import AttemptRun
from jobmill.runtime.exports import ExportSweep
from jobmill.runtime.ingest import IngestSweep
from jobmill.runtime.spools import Spools
from jobmill.runtime.sweeps import BulkSweep, SearchSweep, after_commits
from jobmill.runtime.workdirs import WorkFolders

FETCH_SECONDS = 6 * 3600.0
FETCH_IDLE_SECONDS = 60.0
DROP_SECONDS = 30.0
BUNDLED = "jobmill_engines"


def check_stores(settings: Settings) -> None:
    """Raise SettingInvalid for stores that this version does not have."""
    if settings.database:
        raise SettingInvalid(
            "JOBMILL_DATABASE",
            settings.database,
            "nothing yet: this version keeps its rows in the data folder",
        )
    check_blobs(settings)


@asynccontextmanager
async def open_house(
    settings: Settings,
    clock: Clock | None = None,
    formats: Iterable[Format] = (),
    shapes: Sequence[JobShape] = (),
) -> AsyncIterator[House]:
    """Open the stores of a data folder, creating and upgrading what is needed.

    `formats` are ways to write webhooks beside the native one, `shapes` ways to write jobs into
    exports.
    """
    check_stores(settings)
    folder = DataFolder(settings.data)
    folder.make()
    blobs = open_blobs(settings, folder)
    loop = asyncio.get_running_loop()

    def drop(dropped: Sequence[tuple[OrganizationNumber, Blob]]) -> None:
        deletion = blobs.delete_all([(owner, blob.sha256) for owner, blob in dropped])
        asyncio.run_coroutine_threadsafe(deletion, loop).result(DROP_SECONDS)

    database = await asyncio.to_thread(SqliteDatabase.open, folder.database, drop)
    clock = clock or SystemClock()
    try:
        organization = await first_start(database, folder.admin_key, clock)
        fetcher = GuardedFetcher(
            blobs,
            settings.fetch_allow,
            max_bytes=settings.max_upload,
            total_seconds=FETCH_SECONDS,
            idle_seconds=FETCH_IDLE_SECONDS,
        )
        secret = await asyncio.to_thread(link_secret, folder.link_secret)
        registered = RegisteredEngines(folder.database, folder.registered)
        outside = Outside(
            catalog=ChoosingCatalog(engine_catalog(settings), registered),
            roots=LocalMediaRoots({organization: settings.roots}),
            fetcher=fetcher,
            mailroom=mailroom(folder, fetcher.check, formats, secret),
        )
        spool = LocalUploadSpool(folder.uploads)
        yield House(
            settings,
            database,
            database.bell,
            outside,
            blobs,
            clock,
            spool,
            secret,
            StatWalk(),
            _provider(settings),
            _places(settings, registered),
            job_shapes=shapes,
        )
    finally:
        await asyncio.to_thread(database.close)


@asynccontextmanager
async def working(
    house: House, served_at: Callable[[], str] | None = None
) -> AsyncIterator[WorkerPlan]:
    """Run a worker of this house: sweep, recover, then work until the context ends.

    `served_at` says where the server is that services send to, if it is another process.
    """
    seat = DataFolder(house.settings.data).take_seat()
    try:
        # Engines of a dead server must be gone before their tasks can be given out again.
        await asyncio.to_thread(_sweep_seat, seat)
        await recover_abandoned(house)
        runner = _runner(house, seat, served_at or (lambda: house.settings.url))
        folders = WorkFolders(seat.work)
        spools = Spools(DataFolder(house.settings.data).spool)
        await spools.sweep(house.database)
        try:
            async with background(_worker(house, seat, runner, folders, spools).run()):
                yield _plan(house, seat)
        finally:
            await runner.close()
            folders.clear()
    finally:
        seat.leave()


def _worker(
    house: House, seat: WorkerSeat, runner: EngineRunner, folders: WorkFolders, spools: Spools
) -> Worker:
    outside = house.outside
    inputs = InputPreparer(house.database, house.blobs, outside.roots, outside.fetcher, house.bell)
    attempts = AttemptRun(outside.catalog, runner, inputs, house.blobs, folders, spools)
    plan = _plan(house, seat)
    return Worker(plan, house.database, house.bell, outside.catalog, attempts, house.clock)


def _runner(house: House, seat: WorkerSeat, served_at: Callable[[], str]) -> EngineRunner:
    settings = house.settings
    guard = EngineGuard.of(settings.engine_allow)
    return ChoosingRunner(
        SubprocessRunner(seat.engines, settings=_launch(settings)),
        HttpEngineRunner(house.database, house.bell, house.clock, guard, served_at),
    )


def _places(settings: Settings, registered: RegisteredEngines) -> EnginePlaces:
    guard = EngineGuard.of(settings.engine_allow)
    return EnginePlaces(partial(check_engine_address, guard), registered.changed)


def _plan(house: House, seat: WorkerSeat) -> WorkerPlan:
    settings = house.settings
    pools = settings.pools or None
    return WorkerPlan(
        seat.name, os.getpid(), socket.gethostname(), settings.attempts_at_once, pools
    )


@asynccontextmanager
async def maintaining(house: House) -> AsyncIterator[None]:
    """Let time do its part while the context lasts. Any number of processes may do so."""
    folder = DataFolder(house.settings.data)

    async def sweep_of(worker: WorkerName) -> None:
        await asyncio.to_thread(sweep, folder.engines_of(worker))

    maintenance = Maintenance(
        house.database, house.bell, house.clock, lambda: recover_abandoned(house), sweep_of
    )
    seats = [folder.take_seat(PLATFORM) for _ in range(3)]
    bulk = BulkSweep(seats[0].name, house.database, house.clock)
    exports = _exports(house, seats[1])
    ingest = IngestSweep(
        seats[2].name, house.database, house.blobs, house.outside, house.clock, house.bell
    )
    search = SearchSweep(house.database)
    try:
        async with (
            background(maintenance.run()),
            background(drop_orphans_daily(house)),
            background(after_commits(house.bell, bulk.sweep)),
            background(after_commits(house.bell, exports.sweep)),
            background(after_commits(house.bell, ingest.sweep)),
            background(after_commits(house.bell, search.sweep)),
        ):
            yield
    finally:
        for seat in seats:
            seat.leave()


def _exports(house: House, seat: WorkerSeat) -> ExportSweep:
    seat.clear()
    outside = house.outside
    return ExportSweep(
        seat.name,
        house.database,
        house.blobs,
        outside.roots,
        outside.catalog,
        seat.work,
        house.clock,
        house.job_shapes,
    )


async def recover_abandoned(house: House) -> None:
    """Sweep the engines of workers that are gone, then give their tasks back."""
    for seat in await asyncio.to_thread(DataFolder(house.settings.data).abandoned):
        try:
            await asyncio.to_thread(_sweep_seat, seat)
            await house.database.write(partial(_bury, house.clock.now(), seat.name))
        finally:
            seat.leave()


def _bury(now: datetime, worker: WorkerName, work: UnitOfWork) -> None:
    recover_tasks(work, [worker], "the worker is gone", now)
    work.workers.remove(worker)


def _sweep_seat(seat: WorkerSeat) -> None:
    sweep(seat.engines)
    seat.clear()


def engine_catalog(settings: Settings) -> FolderCatalog:
    """Engines of the operator's folders first, then the data folder's, then the bundled ones."""
    spec = importlib.util.find_spec(BUNDLED)
    bundled = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    return FolderCatalog([*settings.engines, settings.data / "engines", *bundled])


def _provider(settings: Settings) -> IdentityProvider | None:
    if not settings.oidc_issuer:
        return None
    # Not needed by anybody who has not set it up, and slow to load.
    from jobmill.adapters.oidc import OidcProvider

    return OidcProvider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)


def _launch(settings: Settings) -> LaunchSettings:
    """What every engine is told: where models lie, and with how many others it shares the cores."""
    return LaunchSettings(
        environment={
            "JOBMILL_MODELS": str(settings.models_folder),
            "JOBMILL_SLOTS": str(settings.attempts_at_once),
        }
    )
