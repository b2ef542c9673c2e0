"""What webhooks need from outside: two stores, a vault for secrets, and somebody who posts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from jobmill.core.ids import (
    DeliveryId,
    DeliveryNumber,
    EndpointId,
    EndpointNumber,
    OrganizationNumber,
    UserNumber,
)
from jobmill.core.webhooks.formats import Rendered
from jobmill.core.webhooks.model import (
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    DisabledReason,
    Due,
    Endpoint,
    Listener,
    Message,
    Posted,
    SealedSecret,
)


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """An endpoint before it has a number."""

    id: EndpointId
    organization: OrganizationNumber
    owner: UserNumber
    url: str
    events: tuple[str, ...]
    format: str
    secrets: tuple[SealedSecret, ...]
    created_at: datetime
    description: str = ""
    callback: bool = False
    extras: Mapping[str, Any] = field(default_factory=dict)
    origins: tuple[str, ...] = ()


Place = tuple[datetime, int]
"""Of a delivery in an endpoint's log: when it was made, and its number."""


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """Which deliveries of an endpoint to list, newest first, below the number `before`."""

    endpoint: EndpointNumber
    states: tuple[DeliveryState, ...] = ()
    created_from: datetime | None = None
    created_to: datetime | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be sent at once: in all, and in one lane, or in one that fails just now.

    `failing` bounds all lanes that fail together, so that the others always find room.
    """

    total: int = 128
    lane: int = 16
    failing_lane: int = 2
    failing: int = 48


@dataclass(frozen=True, slots=True)
class Settled:
    """The end of one try, ready to be written."""

    number: DeliveryNumber
    endpoint: EndpointNumber
    lease: str
    attempt: DeliveryAttempt
    state: DeliveryState
    tries: int
    due_at: datetime | None


class EndpointStore(Protocol):
    """Endpoints, inside one unit of work."""

    def add(self, new: NewEndpoint) -> Endpoint:
        """Create one."""

    def get(self, number: EndpointNumber) -> Endpoint | None:
        """The endpoint of this number."""

    def by_id(
        self,
        organization: OrganizationNumber,
        id: EndpointId,  # noqa: A002
    ) -> Endpoint | None:
        """The organization's endpoint of this id, be it a job's callback too."""

    def list(
        self, organization: OrganizationNumber, before: int | None, limit: int
    ) -> Sequence[Endpoint]:
        """Endpoints without callbacks, newest first."""

    def save(self, endpoint: Endpoint) -> None:
        """Write what can change."""

    def trim(self, number: EndpointNumber, limit: int) -> int:
        """Remove up to so many of its oldest deliveries; how many."""

    def remove(self, number: EndpointNumber) -> None:
        """Remove it with its deliveries."""

    def used(self, number: EndpointNumber, by: int) -> None:
        """So many jobs more (or fewer) name this callback; one that none names is forgotten."""

    def listening(self, organization: OrganizationNumber) -> Sequence[Listener]:
        """Whoever may get an event of this organization; callbacks are not among them.

        Looked up once a unit of work: it is asked for at every event.
        """

    def listener(self, number: EndpointNumber) -> Listener | None:
        """The same of one endpoint."""


class DeliveryStore(Protocol):
    """Messages on their way, inside one unit of work."""

    def add(self, message: Message, listener: Listener, at: datetime) -> DeliveryId:
        """Queue a message; for a disabled endpoint it is held."""

    def by_id(self, organization: OrganizationNumber, id: DeliveryId) -> Delivery | None:  # noqa: A002
        """The organization's delivery of this id."""

    def find(self, query: DeliveryQuery) -> Sequence[Delivery]:
        """Deliveries of an endpoint."""

    def attempts(self, number: DeliveryNumber) -> Sequence[DeliveryAttempt]:
        """The tries that are remembered, oldest first."""

    def lease(self, owner: str, room: Room, now: datetime, until: datetime) -> Sequence[Due]:
        """Take what is due and has room; nobody else can until then.

        Deliveries of one job to one endpoint begin in the order of their events.
        """

    def next_due(self, now: datetime) -> datetime | None:
        """The next moment after `now` at which something becomes due, or a lease ends."""

    def any_due(self, now: datetime) -> bool:
        """Whether something is due that nobody has taken."""

    def settle(self, settled: Settled, now: datetime) -> bool:
        """Write the end of a try. False: the lease had gone to somebody else."""

    def note_outcome(
        self, endpoint: EndpointNumber, accepted: bool, now: datetime
    ) -> Endpoint | None:
        """Count a success or a failure of the endpoint; after a failure, how it stands then."""

    def disable(
        self, endpoint: EndpointNumber, reason: DisabledReason | None, now: datetime
    ) -> None:
        """Take an endpoint out of service: what waits for it is held. None: into service again."""

    def free(self, owner: str | None, now: datetime) -> int:
        """Give back leases that have ended (None), or all that a dead owner left; how many."""

    def replay(self, number: DeliveryNumber, at: datetime) -> None:
        """Begin another series of tries, unless one is being sent just now."""

    def replay_range(
        self,
        endpoint: EndpointNumber,
        created_from: datetime,
        created_to: datetime,
        states: Sequence[DeliveryState],
        at: datetime,
        after: Place | None = None,
        limit: int = 1_000,
    ) -> tuple[int, Place | None]:
        """The same for an endpoint's events in [from, to), up to so many behind `after`; how many,
        and where to go on, None when that was all."""

    def prune(self, before: datetime, limit: int) -> int:
        """Forget settled deliveries created earlier, and callbacks without any; how many."""

    def oldest_settled(self) -> datetime | None:
        """When the oldest delivery that waits for nothing was created."""


class WebhookStore(Protocol):
    """Both stores."""

    @property
    def endpoints(self) -> EndpointStore: ...
    @property
    def deliveries(self) -> DeliveryStore: ...


class Vault(Protocol):
    """Keeps secrets unreadable where they are stored."""

    def seal(self, secret: str, context: str) -> str:
        """The secret as it may be stored. It opens only with the same context."""

    def open(self, sealed: str, context: str) -> str:
        """The secret. Raises SecretUnreadable."""


class Poster(Protocol):
    """Sends a request to an address of the outside, guarded, within bounds of size and time."""

    async def post(self, url: str, rendered: Rendered) -> Posted:
        """Never raises for what a receiver does: that is told in the answer."""
