"""What the server can do and who works for it: engines, features, workers."""

from typing import Any

from jobmill_client.calls import Awaited, Blocking, Calls, call
from jobmill_client.models import Engine, Feature, Worker
from jobmill_client.steps import Program


class EngineCalls(Calls):
    """The calls about engines."""

    @call
    def list(self) -> Program[tuple[Engine, ...]]:
        """The installed engines."""
        return self._all(Engine, "engines")

    @call
    def get(self, engine: str) -> Program[Engine]:
        """One engine's manifest facts. Raises NotFound."""
        return self._ask(Engine, "GET", f"engines/{engine}")

    @call
    def register(self, /, url: str, engine: str, **facts: Any) -> Program[Engine]:
        """Make a service that speaks the toolkit contract an engine of this id.

        `facts` are further fields of the request, such as `modes`, `category`, `parameters`.
        Raises Conflict for an id that is taken, NotAllowed, InvalidInput.
        """
        return self._ask(Engine, "POST", "engines", json={**facts, "url": url, "id": engine})

    @call
    def remove(self, engine: str) -> Program[None]:
        """Forget a registered service. Raises NotFound."""
        return self._tell("DELETE", f"engines/{engine}")


class Engines(Blocking, EngineCalls):
    """`client.engines`."""


class AsyncEngines(Awaited, EngineCalls):
    """`client.engines`, awaited."""


class FeatureCalls(Calls):
    """The calls about features."""

    @call
    def list(self) -> Program[tuple[Feature, ...]]:
        """What a job can ask for, with the schema of each one's parameters."""
        return self._all(Feature, "features")


class Features(Blocking, FeatureCalls):
    """`client.features`."""


class AsyncFeatures(Awaited, FeatureCalls):
    """`client.features`, awaited."""


class WorkerCalls(Calls):
    """The calls about workers."""

    @call
    def list(self) -> Program[tuple[Worker, ...]]:
        """Live workers."""
        return self._all(Worker, "workers")


class Workers(Blocking, WorkerCalls):
    """`client.workers`."""


class AsyncWorkers(Awaited, WorkerCalls):
    """`client.workers`, awaited."""
