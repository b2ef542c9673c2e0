"""The client: one object for one server and one key."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2

from jobmill_client.address import find_address
from jobmill_client.connection import Connection
from jobmill_client.errors import JobmillError
from jobmill_client.inputs import JobInput, is_address
from jobmill_client.models import Job, Me
from jobmill_client.reading import read
from jobmill_client.resources.accounts import Keys, Organizations, Teams, Users
from jobmill_client.resources.assets import Assets
from jobmill_client.resources.catalog import Engines, Features, Workers
from jobmill_client.resources.jobs import Jobs
from jobmill_client.resources.pipelines import Pipelines
from jobmill_client.resources.sharing import Collaborators
from jobmill_client.retrying import Patience


class Jobmill:
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
        patience = patience or Patience()
        self.url = address.url
        self._connection = Connection(
            address, timeout=timeout, patience=patience, transport=transport
        )
        self.jobs = Jobs(self._connection, patience)
        self.assets = Assets(self._connection)
        self.pipelines = Pipelines(self._connection)
        self.engines = Engines(self._connection)
        self.features = Features(self._connection)
        self.workers = Workers(self._connection)
        self.organizations = Organizations(self._connection)
        self.users = Users(self._connection)
        self.teams = Teams(self._connection)
        self.keys = Keys(self._connection)
        self.collaborators = Collaborators(self._connection)

    def run(
        self,
        source: Path | str,
        features: Sequence[str] | None = None,
        *,
        pipeline: str | None = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Job:
        """Upload a local file (or pass an address on), run a job on it, and wait for its end.

        Look at the job's `state`: a job that failed is returned too. Raises WaitTimeout.
        """
        address = isinstance(source, str) and is_address(source)
        given: JobInput = source if address else self.assets.upload(Path(source))
        job = self.jobs.create(input=given, features=features, pipeline=pipeline, params=params)
        return self.jobs.wait(job, timeout)

    def me(self) -> Me:
        """As whom the key acts, and what it may do."""
        return read(Me, self._connection.call("GET", "me"))

    def ready(self) -> bool:
        """Whether the server answers and can take work."""
        try:
            self._connection.call("GET", "/readyz", repeatable=False)
        except JobmillError:
            return False
        return True

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
