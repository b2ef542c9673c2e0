"""The web app: the native API, every dialect found in its folder, and health, on one port."""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

import jobmill
from jobmill.adapters.sql import SqliteDatabase
from jobmill.api import PREFIX, mount_api
from jobmill.bootstrap.files import keeping_files
from jobmill.bootstrap.house import maintaining, open_house, working
from jobmill.bootstrap.webhooks import sending
from jobmill.config import Settings
from jobmill.http.dialect import Dialect, VendorHosts, mount_dialects
from jobmill.http.figures import Metrics
from jobmill.http.head import HeadAsGet
from jobmill.http.health import HEALTH_ROUTES
from jobmill.http.house import House
from jobmill.http.metrics import METRICS_ROUTES, CountRequests
from jobmill.http.request_id import HEADER as REQUEST_ID
from jobmill.http.request_id import RequestIds
from jobmill.http.tus import TOLD

DIALECTS = "jobmill.dialects"
EXPOSED = [
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "Preference-Applied",
    "Retry-After",
    REQUEST_ID,
    *TOLD,
]


def create_app(settings: Settings) -> FastAPI:
    """The app of one server; its lifespan opens the data folder and, if wanted, works."""
    spoken = list(dialects())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            house = app.state.house = await stack.enter_async_context(
                open_house(
                    settings,
                    formats=[f for each in spoken for f in each.formats],
                    shapes=[shape for each in spoken for shape in each.job_shapes],
                )
            )
            app.state.metrics = await _metrics(house)
            await stack.enter_async_context(maintaining(house))
            await stack.enter_async_context(sending(house))
            await stack.enter_async_context(keeping_files(house))
            if settings.worker:
                await stack.enter_async_context(working(house))
            app.state.ready = True
            yield
            app.state.ready = False

    app = FastAPI(
        title="Jobmill",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.ready = False
    mount_api(app)
    mount_dialects(app, spoken)
    app.router.routes += [*HEALTH_ROUTES, *METRICS_ROUTES]
    app.add_middleware(CountRequests)
    app.add_middleware(RequestIds)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["*"],
            allow_headers=["*"],
            allow_private_network=True,
            expose_headers=EXPOSED,
        )
    app.add_middleware(HeadAsGet, prefix=PREFIX)
    if settings.dialect_hosts:
        app.add_middleware(VendorHosts, dialects=spoken, hosts=settings.dialect_hosts)
    return app


async def _metrics(house: House) -> Metrics:
    metrics = Metrics(
        *await house.database.read(
            lambda work: (work.figures.last_event(), work.figures.last_try())
        )
    )
    if isinstance(house.database, SqliteDatabase):
        house.database.time_commits(metrics.committed)
    return metrics


def dialects() -> Iterator[Dialect]:
    """Every dialect whose folder stands; deleting a folder deletes the dialect."""
    folder = Path(jobmill.__file__).parent / "dialects"
    for found in pkgutil.iter_modules([str(folder)]):
        dialect: Dialect = importlib.import_module(f"{DIALECTS}.{found.name}").DIALECT
        yield dialect
        yield from dialect.beside
