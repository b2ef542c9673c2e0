"""The clients: one object for one server and one key, blocking or asynchronous."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2

from jobmill_client.address import find_address
from jobmill_client.async_connection import AsyncConnection
from jobmill_client.calls import Awaited, Blocking, call
from jobmill_client.connection import Connection
from jobmill_client.errors import JobmillError
from jobmill_client.inputs import JobInput, is_address
from jobmill_client.models import Job, Me
from jobmill_client.resources.accounts import (
    AsyncKeys,
    AsyncOrganizations,
    AsyncSessions,
    AsyncTeams,
    AsyncUsers,
    Keys,
    Organizations,
    Sessions,
    Teams,
    Users,
)
from jobmill_client.resources.assets import AssetCalls, Assets, AsyncAssets
from jobmill_client.resources.catalog import (
    AsyncEngines,
    AsyncFeatures,
    AsyncWorkers,
    Engines,
    Features,
    Workers,
)
from jobmill_client.resources.deliveries import AsyncDeliveries, Deliveries
from jobmill_client.resources.endpoints import AsyncEndpoints, Endpoints
from jobmill_client.resources.exports import AsyncExports, Exports
from jobmill_client.resources.jobs import AsyncJobs, JobCalls, Jobs
from jobmill_client.resources.pipelines import AsyncPipelines, Pipelines
from jobmill_client.resources.reviews import AsyncReviews, Reviews
from jobmill_client.resources.sharing import AsyncCollaborators, Collaborators
from jobmill_client.resources.steering import (
    AsyncBatches,
    AsyncLimits,
    AsyncPools,
    Batches,
    Limits,
    ManyCalls,
    Pools,
)
from jobmill_client.resources.truths import AsyncTruths, Truths
from jobmill_client.resources.watches import AsyncWatches, Watches
from jobmill_client.retrying import Patience
from jobmill_client.steps import Program


class ServerCalls(ManyCalls):
    """The calls that belong to no resource."""

    @call
    def run(
        self,
        source: Path | str,
        features: Sequence[str] | None = None,
        *,
        pipeline: str | None = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Program[Job]:
        """Upload a local file (or pass an address on), run a job on it, and wait for its end.

        Look at the job's `state`: a job that failed is returned too. Raises WaitTimeout.
        """
        address = isinstance(source, str) and is_address(source)
        given: JobInput = source
        if not address:
            given = yield from AssetCalls(self._terms).upload(Path(source))
        jobs = JobCalls(self._terms)
        job = yield from jobs.create(
            input=given, features=features, pipeline=pipeline, params=params
        )
        return (yield from jobs.wait(job, timeout))

    @call
    def me(self) -> Program[Me]:
        """As whom the key acts, and what it may do."""
        return self._ask(Me, "GET", "me")

    @call
    def ready(self) -> Program[bool]:
        """Whether the server answers and can take work."""
        try:
            yield from self._answer("GET", "/readyz", repeatable=False)
        except JobmillError:
            return False
        return True


class Jobmill(Blocking, ServerCalls):
    """A Jobmill server. Use it in a `with` block, or `close` it; threads may share it.

    `url` and `key` default to JOBMILL_URL and JOBMILL_KEY; for a server on this machine both are
    found in its data folder, given as `data` or JOBMILL_DATA. `timeout` is the longest silence on
    a connection, in seconds. Requests that may safely be repeated are, with `patience`.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        data: Path | str | None = None,
        timeout: float = 60.0,
        patience: Patience | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        address = find_address(url, key, data)
        connection = Connection(address, timeout=timeout, patience=patience, transport=transport)
        super().__init__(connection)
        self.url = address.url
        self.jobs = Jobs(connection)
        self.assets = Assets(connection)
        self.pipelines = Pipelines(connection)
        self.engines = Engines(connection)
        self.features = Features(connection)
        self.workers = Workers(connection)
        self.batches = Batches(connection)
        self.pools = Pools(connection)
        self.limits = Limits(connection)
        self.organizations = Organizations(connection)
        self.users = Users(connection)
        self.teams = Teams(connection)
        self.keys = Keys(connection)
        self.sessions = Sessions(connection)
        self.collaborators = Collaborators(connection)
        self.endpoints = Endpoints(connection)
        self.deliveries = Deliveries(connection)
        self.watches = Watches(connection)
        self.exports = Exports(connection)
        self.reviews = Reviews(connection)
        self.truths = Truths(connection)

    def close(self) -> None:
        """Close all connections."""
        self._connection.close()

    def __enter__(self) -> "Jobmill":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncJobmill(Awaited, ServerCalls):
    """A Jobmill server on an asyncio event loop. Use it in an `async with` block, or `aclose` it.

    The same calls as `Jobmill`, awaited; what is an iterator there is an asynchronous one here.
    A call that is cancelled closes its connection.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        data: Path | str | None = None,
        timeout: float = 60.0,
        patience: Patience | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        address = find_address(url, key, data)
        connection = AsyncConnection(
            address, timeout=timeout, patience=patience, transport=transport
        )
        super().__init__(connection)
        self.url = address.url
        self.jobs = AsyncJobs(connection)
        self.assets = AsyncAssets(connection)
        self.pipelines = AsyncPipelines(connection)
        self.engines = AsyncEngines(connection)
        self.features = AsyncFeatures(connection)
        self.workers = AsyncWorkers(connection)
        self.batches = AsyncBatches(connection)
        self.pools = AsyncPools(connection)
        self.limits = AsyncLimits(connection)
        self.organizations = AsyncOrganizations(connection)
        self.users = AsyncUsers(connection)
        self.teams = AsyncTeams(connection)
        self.keys = AsyncKeys(connection)
        self.sessions = AsyncSessions(connection)
        self.collaborators = AsyncCollaborators(connection)
        self.endpoints = AsyncEndpoints(connection)
        self.deliveries = AsyncDeliveries(connection)
        self.watches = AsyncWatches(connection)
        self.exports = AsyncExports(connection)
        self.reviews = AsyncReviews(connection)
        self.truths = AsyncTruths(connection)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._connection.aclose()

    async def __aenter__(self) -> "AsyncJobmill":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
