"""Endpoints of webhooks: where an organization's events go."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jobmill_client.calls import Awaited, Blocking, Calls, call, stream
from jobmill_client.models import Delivery, Endpoint
from jobmill_client.steps import Program, Stream

EndpointRef = Endpoint | str


class EndpointCalls(Calls):
    """The calls about endpoints."""

    @call
    def create(
        self,
        url: str,
        events: Sequence[str] | None = None,
        *,
        secret: str | None = None,
        description: str | None = None,
        format: str | None = None,  # noqa: A002  the API's own word
        origins: Sequence[str] | None = None,
    ) -> Program[Endpoint]:
        """Have events sent to an address: of all jobs, or of those of some faces (`origins`). Keep
        the answer's `secret`: it is shown this once."""
        body = _given(
            url=url,
            events=events and list(events),
            secret=secret,
            description=description,
            format=format,
            origins=origins and list(origins),
        )
        return self._ask(Endpoint, "POST", "endpoints", json=body)

    @call
    def get(self, endpoint: EndpointRef) -> Program[Endpoint]:
        """The endpoint as it is now; a job's callback too. Raises NotFound."""
        return self._ask(Endpoint, "GET", _path(endpoint))

    @stream
    def list(self, limit: int | None = None) -> Stream[Endpoint]:
        """Endpoints, newest first, without the callbacks of single jobs."""
        return self._each(Endpoint, "endpoints", {}, limit)

    @call
    def edit(
        self,
        endpoint: EndpointRef,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
    ) -> Program[Endpoint]:
        """Change what is given. Disabled, an endpoint's events are held for a replay."""
        body = _given(
            url=url, events=events and list(events), description=description, enabled=enabled
        )
        return self._ask(Endpoint, "PATCH", _path(endpoint), json=body)

    @call
    def delete(self, endpoint: EndpointRef) -> Program[None]:
        """Delete it with its delivery log."""
        return self._tell("DELETE", _path(endpoint))

    @call
    def rotate(
        self,
        endpoint: EndpointRef,
        *,
        secret: str | None = None,
        overlap: timedelta | None = None,
    ) -> Program[Endpoint]:
        """Sign with a new secret; with the old ones too while the overlap (a day) lasts."""
        seconds = None if overlap is None else int(overlap.total_seconds())
        body = _given(secret=secret, overlap_seconds=seconds)
        return self._ask(Endpoint, "POST", f"{_path(endpoint)}/rotate", json=body)

    @call
    def ping(self, endpoint: EndpointRef) -> Program[Delivery]:
        """Send a test; `client.deliveries.wait` tells how it went."""
        return self._ask(Delivery, "POST", f"{_path(endpoint)}/ping")

    @call
    def replay(
        self,
        endpoint: EndpointRef,
        start: datetime,
        end: datetime | None = None,
        states: Sequence[str] | None = None,
    ) -> Program[int]:
        """Send again what failed or was held between two times; how many."""
        body = _given(
            **{"from": start.isoformat()},
            to=end and end.isoformat(),
            states=states and list(states),
        )
        answer = yield from self._answer("POST", f"{_path(endpoint)}/replay", json=body)
        return int(answer["count"])


class Endpoints(Blocking, EndpointCalls):
    """`client.endpoints`."""


class AsyncEndpoints(Awaited, EndpointCalls):
    """`client.endpoints`, awaited."""


def _path(endpoint: EndpointRef) -> str:
    return f"endpoints/{endpoint.id if isinstance(endpoint, Endpoint) else endpoint}"


def _given(**members: Any) -> Mapping[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
