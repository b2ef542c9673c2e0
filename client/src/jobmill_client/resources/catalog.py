"""What the server can do and who works for it: engines, features, workers."""

from jobmill_client.connection import Connection
from jobmill_client.models import Engine, Feature, Worker
from jobmill_client.paging import read_pages
from jobmill_client.reading import read


class Engines:
    """`client.engines`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> tuple[Engine, ...]:
        """The installed engines."""
        return tuple(read_pages(Engine, self._connection, "engines"))

    def get(self, engine: str) -> Engine:
        """One engine's manifest facts. Raises NotFound."""
        return read(Engine, self._connection.call("GET", f"engines/{engine}"))


class Features:
    """`client.features`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> tuple[Feature, ...]:
        """What a job can ask for, with the schema of each one's parameters."""
        return tuple(read_pages(Feature, self._connection, "features"))


class Workers:
    """`client.workers`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> tuple[Worker, ...]:
        """Live workers."""
        return tuple(read_pages(Worker, self._connection, "workers"))
