"""The delivery log of webhooks: what went where, and how."""

import time
from collections.abc import Iterable

from jobmill_client.calls import Awaited, Blocking, Calls, call, stream
from jobmill_client.errors import WaitTimeout
from jobmill_client.models import Delivery, Endpoint
from jobmill_client.steps import Pause, Program, Stream

DeliveryRef = Delivery | str
PAUSE = 0.1


class DeliveryCalls(Calls):
    """The calls about deliveries."""

    @stream
    def list(
        self,
        endpoint: Endpoint | str,
        *,
        state: str | Iterable[str] | None = None,
        limit: int | None = None,
    ) -> Stream[Delivery]:
        """An endpoint's deliveries, newest first."""
        name = endpoint.id if isinstance(endpoint, Endpoint) else endpoint
        states = [state] if isinstance(state, str) else list(state or ())
        params = {"state": states or None, "limit": min(limit or 100, 100)}
        path = f"endpoints/{name}/deliveries"
        return self._each(Delivery, path, params, limit)

    @call
    def get(self, delivery: DeliveryRef) -> Program[Delivery]:
        """A delivery with its data and the log of its tries. Raises NotFound."""
        return self._ask(Delivery, "GET", _path(delivery))

    @call
    def replay(self, delivery: DeliveryRef) -> Program[Delivery]:
        """Send it again at once, under its same `webhook-id`."""
        return self._ask(Delivery, "POST", f"{_path(delivery)}/replay")

    @call
    def wait(self, delivery: DeliveryRef, timeout: float = 30.0) -> Program[Delivery]:
        """The delivery, once a first try of it has ended. Raises WaitTimeout (seconds)."""
        deadline = time.monotonic() + timeout
        while True:
            found = yield from self.get(delivery)
            if found.attempts or found.state != "pending":
                return found
            if time.monotonic() >= deadline:
                raise WaitTimeout(f"Nothing was sent within {timeout:g} s.")
            yield Pause(PAUSE)


class Deliveries(Blocking, DeliveryCalls):
    """`client.deliveries`."""


class AsyncDeliveries(Awaited, DeliveryCalls):
    """`client.deliveries`, awaited."""


def _path(delivery: DeliveryRef) -> str:
    return f"deliveries/{delivery.id if isinstance(delivery, Delivery) else delivery}"
