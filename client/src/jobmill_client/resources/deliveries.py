"""The delivery log of webhooks: what went where, and how."""

import time
from collections.abc import Iterable, Iterator

from jobmill_client.connection import Connection
from jobmill_client.errors import WaitTimeout
from jobmill_client.models import Delivery, Endpoint
from jobmill_client.paging import read_pages
from jobmill_client.reading import read

DeliveryRef = Delivery | str
PAUSE = 0.1


class Deliveries:
    """`client.deliveries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        endpoint: Endpoint | str,
        *,
        state: str | Iterable[str] | None = None,
        limit: int | None = None,
    ) -> Iterator[Delivery]:
        """An endpoint's deliveries, newest first."""
        name = endpoint.id if isinstance(endpoint, Endpoint) else endpoint
        states = [state] if isinstance(state, str) else list(state or ())
        params = {"state": states or None, "limit": min(limit or 100, 100)}
        path = f"endpoints/{name}/deliveries"
        return read_pages(Delivery, self._connection, path, params, limit)

    def get(self, delivery: DeliveryRef) -> Delivery:
        """A delivery with its data and the log of its tries. Raises NotFound."""
        return read(Delivery, self._connection.call("GET", _path(delivery)))

    def replay(self, delivery: DeliveryRef) -> Delivery:
        """Send it again at once, under its same `webhook-id`."""
        return read(Delivery, self._connection.call("POST", f"{_path(delivery)}/replay"))

    def wait(self, delivery: DeliveryRef, timeout: float = 30.0) -> Delivery:
        """The delivery, once a first try of it has ended. Raises WaitTimeout (seconds)."""
        deadline = time.monotonic() + timeout
        while True:
            found = self.get(delivery)
            if found.attempts or found.state != "pending":
                return found
            if time.monotonic() >= deadline:
                raise WaitTimeout(f"Nothing was sent within {timeout:g} s.")
            time.sleep(PAUSE)


def _path(delivery: DeliveryRef) -> str:
    return f"deliveries/{delivery.id if isinstance(delivery, Delivery) else delivery}"
