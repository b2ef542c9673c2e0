"""Endpoints of webhooks: where an organization's events go."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jobmill_client.connection import Connection
from jobmill_client.models import Delivery, Endpoint
from jobmill_client.paging import read_pages
from jobmill_client.reading import read

EndpointRef = Endpoint | str


class Endpoints:
    """`client.endpoints`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self,
        url: str,
        events: Sequence[str] | None = None,
        *,
        secret: str | None = None,
        description: str | None = None,
        format: str | None = None,  # noqa: A002  the API's own word
    ) -> Endpoint:
        """Have events sent to an address. Keep the answer's `secret`: it is shown this once."""
        body = _given(
            url=url,
            events=events and list(events),
            secret=secret,
            description=description,
            format=format,
        )
        return read(Endpoint, self._connection.call("POST", "endpoints", json=body))

    def get(self, endpoint: EndpointRef) -> Endpoint:
        """The endpoint as it is now; a job's callback too. Raises NotFound."""
        return read(Endpoint, self._connection.call("GET", _path(endpoint)))

    def list(self, limit: int | None = None) -> Iterator[Endpoint]:
        """Endpoints, newest first, without the callbacks of single jobs."""
        return read_pages(Endpoint, self._connection, "endpoints", {}, limit)

    def edit(
        self,
        endpoint: EndpointRef,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
    ) -> Endpoint:
        """Change what is given. Disabled, an endpoint's events are held for a replay."""
        body = _given(
            url=url, events=events and list(events), description=description, enabled=enabled
        )
        return read(Endpoint, self._connection.call("PATCH", _path(endpoint), json=body))

    def delete(self, endpoint: EndpointRef) -> None:
        """Delete it with its delivery log."""
        self._connection.call("DELETE", _path(endpoint))

    def rotate(
        self,
        endpoint: EndpointRef,
        *,
        secret: str | None = None,
        overlap: timedelta | None = None,
    ) -> Endpoint:
        """Sign with a new secret; with the old ones too while the overlap (a day) lasts."""
        seconds = None if overlap is None else int(overlap.total_seconds())
        body = _given(secret=secret, overlap_seconds=seconds)
        return read(Endpoint, self._connection.call("POST", f"{_path(endpoint)}/rotate", json=body))

    def ping(self, endpoint: EndpointRef) -> Delivery:
        """Send a test; `client.deliveries.wait` tells how it went."""
        return read(Delivery, self._connection.call("POST", f"{_path(endpoint)}/ping"))

    def replay(
        self,
        endpoint: EndpointRef,
        start: datetime,
        end: datetime | None = None,
        states: Sequence[str] | None = None,
    ) -> int:
        """Send again what failed or was held between two times; how many."""
        body = _given(
            **{"from": start.isoformat()},
            to=end and end.isoformat(),
            states=states and list(states),
        )
        answer = self._connection.call("POST", f"{_path(endpoint)}/replay", json=body)
        return int(answer["count"])


def _path(endpoint: EndpointRef) -> str:
    return f"endpoints/{endpoint.id if isinstance(endpoint, Endpoint) else endpoint}"


def _given(**members: Any) -> Mapping[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
