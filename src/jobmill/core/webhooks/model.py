"""Where events go, and how each sending went. No rules here: see `schedule` and the services."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobmill.core.ids import (
    DeliveryId,
    DeliveryNumber,
    EndpointId,
    EndpointNumber,
    JobNumber,
    OrganizationNumber,
    UserNumber,
)


class DeliveryState(StrEnum):
    """Where one event on its way to one endpoint stands.

    `held`: the endpoint was disabled when its turn came; a replay sends it.
    """

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"


class DisabledReason(StrEnum):
    """Why nothing is sent to an endpoint."""

    GONE = "gone"
    FAILING = "failing"
    BY_USER = "user"


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A signing secret as it is stored. `until` is when it stops signing; None for the newest."""

    sealed: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that gets events. One with `callback` was made for a single job.

    `failing_since` is the first failure behind the last success; `failures` counts from there.
    With `origins` it hears of jobs that came by these faces alone. `extras` are dialects' own
    furniture.
    """

    number: EndpointNumber
    id: EndpointId
    organization: OrganizationNumber
    owner: UserNumber
    url: str
    events: tuple[str, ...]
    format: str
    secrets: tuple[SealedSecret, ...]
    created_at: datetime
    updated_at: datetime
    description: str = ""
    callback: bool = False
    disabled: DisabledReason | None = None
    failing_since: datetime | None = None
    failures: int = 0
    extras: Mapping[str, Any] = field(default_factory=dict)
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Callback:
    """The endpoint of one job, as the job's own row remembers it; `more` are further ones.

    With `task` it hears of that task alone, and of what concerns no task.
    """

    endpoint: EndpointNumber
    id: EndpointId
    url: str
    events: tuple[str, ...]
    task: str | None = None
    more: tuple["Callback", ...] = ()

    @property
    def every(self) -> tuple["Callback", ...]:
        """This one and the further ones."""
        return (self, *self.more)


@dataclass(frozen=True, slots=True)
class Listener:
    """What must be known of an endpoint to hand an event to it. `lane`: see `Delivery`."""

    number: EndpointNumber
    events: tuple[str, ...]
    lane: str
    enabled: bool
    task: str | None = None
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """An event as it goes out; `id` is the same for every endpoint and every try."""

    id: str
    organization: OrganizationNumber
    type: str
    at: datetime
    data: Mapping[str, Any]
    job: JobNumber | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one endpoint.

    `attempt` counts the tries of the present series; a replay begins another. Deliveries of one
    `lane` share a bound on how many are sent at once.
    """

    number: DeliveryNumber
    id: DeliveryId
    endpoint: EndpointNumber
    endpoint_id: EndpointId
    message: Message
    lane: str
    state: DeliveryState
    attempt: int
    created_at: datetime
    due_at: datetime | None = None
    settled_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One try: what came back, or why nothing did. `answer` is the beginning of the body."""

    at: datetime
    ms: int
    status: int | None = None
    error: str | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """How the sending of one request ended. `retry_after` is what the receiver asked for, in s."""

    ms: int
    status: int | None = None
    error: str | None = None
    answer: str = ""
    retry_after: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that this process has taken on lease, with what is needed to send it."""

    delivery: Delivery
    lease: str
    url: str
    format: str
    secrets: tuple[SealedSecret, ...]
    extras: Mapping[str, Any] = field(default_factory=dict)
