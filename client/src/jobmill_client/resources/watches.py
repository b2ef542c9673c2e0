"""Watches: folders whose files start jobs."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill_client.calls import Awaited, Blocking, Calls, call, stream
from jobmill_client.models import TakenFile, Watch
from jobmill_client.steps import Program, Stream


class WatchCalls(Calls):
    """The calls about watches."""

    @call
    def create(
        self,
        path: str,
        *,
        pipeline: str | None = None,
        features: Sequence[str] | None = None,
        params: Mapping[str, Any] | None = None,
        pattern: str = "*",
        recursive: bool = True,
        existing: bool = False,
        settle_seconds: float = 5.0,
    ) -> Program[Watch]:
        """Start a job for every new or changed file of a folder under a media root of the server.

        Give a pipeline or features. Raises InvalidInput, NotFound.
        """
        body = {
            "path": path,
            "pipeline": pipeline,
            "features": list(features or ()),
            "params": dict(params or {}),
            "pattern": pattern,
            "recursive": recursive,
            "existing": existing,
            "settle_seconds": settle_seconds,
        }
        return self._ask(Watch, "POST", "watches", json=body)

    @call
    def list(self) -> Program[tuple[Watch, ...]]:
        """All watches, newest first."""
        return self._all(Watch, "watches")

    @call
    def get(self, watch: Watch | str) -> Program[Watch]:
        """The watch as it is now. Raises NotFound."""
        return self._ask(Watch, "GET", f"watches/{_id(watch)}")

    @stream
    def files(self, watch: Watch | str, limit: int | None = None) -> Stream[TakenFile]:
        """The files that it took, the latest first."""
        return self._each(TakenFile, f"watches/{_id(watch)}/files", limit=limit)

    @call
    def pause(self, watch: Watch | str) -> Program[Watch]:
        """Nothing is started until it is resumed."""
        return self._ask(Watch, "POST", f"watches/{_id(watch)}/pause")

    @call
    def resume(self, watch: Watch | str) -> Program[Watch]:
        """Go on, with what came or changed meanwhile."""
        return self._ask(Watch, "POST", f"watches/{_id(watch)}/resume")

    @call
    def delete(self, watch: Watch | str) -> Program[None]:
        """End it; its jobs stay."""
        return self._tell("DELETE", f"watches/{_id(watch)}")


class Watches(Blocking, WatchCalls):
    """`client.watches`."""


class AsyncWatches(Awaited, WatchCalls):
    """`client.watches`, awaited."""


def _id(watch: Watch | str) -> str:
    return watch.id if isinstance(watch, Watch) else watch
