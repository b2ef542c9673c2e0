"""What a worker knows of the engines. It asks several times for each task; the catalog looks at the
disk each time it is asked, so that an engine can be used as soon as it stands."""

import time
from collections.abc import Mapping

from jobmill.core.engines import EngineCatalog
from jobmill_engine.manifest import Manifest

FRESH_SECONDS = 0.02


class KnownEngines:
    """The catalog as it was at most 20 ms ago. Belongs to one event loop."""

    def __init__(self, catalog: EngineCatalog) -> None:
        self._catalog = catalog
        self._found: Mapping[str, Manifest] = {}
        self._limits: Mapping[str, int] = {}
        self._fresh_until = 0.0

    def get(self, engine: str) -> Manifest | None:
        """One that was missing a moment ago is looked for again: it may have come since."""
        known = self._look().get(engine)
        return self._look(anew=True).get(engine) if known is None else known

    def limits(self) -> Mapping[str, int]:
        """How many tasks of an engine may run at once in a worker, where its manifest says so."""
        self._look()
        return self._limits

    def _look(self, *, anew: bool = False) -> Mapping[str, Manifest]:
        now = time.monotonic()
        if anew or now >= self._fresh_until:
            self._found = self._catalog.manifests()
            self._fresh_until = now + FRESH_SECONDS
            self._limits = {
                each.id: each.concurrency
                for each in self._found.values()
                if each.concurrency is not None
            }
        return self._found
