"""Engines of both kinds as one: a catalog of two catalogs, a runner that chooses between two."""

import asyncio
from collections.abc import Mapping

from jobmill.core.engines import AttemptListener, EngineCall, EngineCatalog, EngineRunner, Outcome
from jobmill.core.engines.remote import RemoteManifest
from jobmill_engine.manifest import Manifest


class ChoosingCatalog:
    """The `EngineCatalog` port over others; of two engines with one id, the first counts."""

    def __init__(self, *catalogs: EngineCatalog) -> None:
        self._catalogs = catalogs

    def manifests(self) -> Mapping[str, Manifest]:
        """All of them by id."""
        found, *others = [each.manifests() for each in self._catalogs]
        for each in others:
            if each:
                found = {**found, **{name: each[name] for name in each if name not in found}}
        return found

    def problems(self) -> Mapping[str, str]:
        """What was passed over by any of them."""
        return {file: why for each in self._catalogs for file, why in each.problems().items()}


class ChoosingRunner:
    """The `EngineRunner` port: services by one runner, everything else by the other."""

    def __init__(self, processes: EngineRunner, services: EngineRunner) -> None:
        self._processes = processes
        self._services = services

    async def run(self, call: EngineCall, listener: AttemptListener) -> Outcome:
        """Run one attempt; see `EngineRunner`."""
        remote = isinstance(call.manifest, RemoteManifest)
        return await (self._services if remote else self._processes).run(call, listener)

    async def close(self) -> None:
        """Stop both."""
        await asyncio.gather(self._services.close(), self._processes.close())
