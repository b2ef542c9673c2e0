"""Endpoints, callbacks and deliveries as they are asked for and as they are shown."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from jobmill.api.schemas.shared import Answer, Body, GivenTime, JsonObject, Page, PageQuery, Time
from jobmill.core.jobs.model import Job as CoreJob
from jobmill.core.webhooks import Delivery as CoreDelivery
from jobmill.core.webhooks import DeliveryAttempt as CoreAttempt
from jobmill.core.webhooks import DeliveryState, DisabledReason
from jobmill.core.webhooks import Endpoint as CoreEndpoint
from jobmill.core.webhooks.service import EndpointChange, EndpointSpec, Made
from jobmill.core.webhooks.service.endpoints import MAX_OVERLAP, OVERLAP
from jobmill.core.webhooks.standard import NAME as STANDARD

Url = Annotated[str, StringConstraints(min_length=1, max_length=8192)]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=8192)]
Origin = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Patterns = Annotated[list[Pattern], Field(min_length=1, max_length=100)]
URL = "An http or https address. Redirects are not followed."
EVENTS = "Types of events (`job.completed`), subjects (`job.*`), or `*`."
SIGNING = "`whsec_` and 24 to 64 random bytes in base64. Made for you when it is left out."
ORIGINS = "It hears of jobs of these `origin`s alone, such as `api` or `move`; of all, if empty."
FORMAT = "How bodies and signatures are written."


class CreateEndpoint(Body):
    """An address that shall get events."""

    url: Url = Field(description=URL, examples=["https://example.com/hooks"])
    events: Patterns = Field(["job.*"], description=EVENTS)
    secret: Secret | None = Field(None, description=SIGNING)
    description: str = Field("", max_length=1000)
    format: str = Field(STANDARD, max_length=100, description=FORMAT)
    origins: list[Origin] = Field([], max_length=20, description=ORIGINS)

    def spec(self) -> EndpointSpec:
        """The core's own form."""
        return EndpointSpec(
            self.url,
            tuple(self.events),
            self.secret,
            self.description,
            self.format,
            origins=tuple(self.origins),
        )


class EditEndpoint(Body):
    """What shall be different; what is left out stays."""

    url: Url | None = Field(None, description=URL)
    events: Patterns | None = Field(None, description=EVENTS)
    description: str | None = Field(None, max_length=1000)
    enabled: bool | None = Field(None, description="False: hold what comes. True: send again.")

    def change(self) -> EndpointChange:
        """The core's own form."""
        events = None if self.events is None else tuple(self.events)
        return EndpointChange(self.url, events, self.description, self.enabled)


class RotateSecret(Body):
    """A new secret, and how long the old ones sign beside it."""

    secret: Secret | None = Field(None, description=SIGNING)
    overlap_seconds: int = Field(
        int(OVERLAP.total_seconds()),
        ge=0,
        le=int(MAX_OVERLAP.total_seconds()),
        description="For so long every delivery bears both signatures.",
    )


class ReplayRange(Body):
    """Which events to send again."""

    from_: GivenTime = Field(alias="from", description="Events queued then or later.")
    to: GivenTime | None = Field(None, description="Events queued earlier; now, if left out.")
    states: list[DeliveryState] = Field(
        [], max_length=4, description="`failed` and `held`, if left out."
    )


class Replayed(Answer):
    """How many deliveries begin anew."""

    count: int


class CallbackSpec(Body):
    """Where to tell of one job."""

    url: Url = Field(description=URL)
    events: Patterns | None = Field(None, description=EVENTS + " The job's end, if left out.")
    secret: Secret | None = Field(None, description=SIGNING)
    format: str = Field(STANDARD, max_length=100, description=FORMAT)

    def spec(self) -> EndpointSpec:
        """The core's own form."""
        events = None if self.events is None else tuple(self.events)
        return EndpointSpec(self.url, events, self.secret, format=self.format)


def _spelled_out(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


GivenCallback = Annotated[
    CallbackSpec, BeforeValidator(_spelled_out, json_schema_input_type=Url | CallbackSpec)
]


class JobCallback(Answer):
    """Where a job's events go; a query in the address is not shown."""

    id: str = Field(description="An endpoint: its deliveries are listed there.")
    url: str
    events: list[str]
    secret: str | None = Field(None, description="Only in the answer that made it.")

    @classmethod
    def of(cls, job: CoreJob) -> "JobCallback | None":
        found = job.callback
        if found is None:
            return None
        url = found.url.partition("?")[0]
        return cls(id=found.id, url=url, events=list(found.events), secret=None)


class Endpoint(Answer):
    """An address that gets events."""

    id: str
    url: str
    events: list[str]
    description: str
    format: str
    origins: list[str] = Field(description=ORIGINS)
    callback: bool = Field(description="Made for a single job.")
    enabled: bool
    disabled_reason: DisabledReason | None = Field(
        description="`gone`: it answered 410. `failing`: for days. `user`: somebody did."
    )
    failing_since: Time | None = Field(description="The first failure behind the last success.")
    failures: int = Field(description="Failed tries since then.")
    secrets: int = Field(description="How many secrets sign now.")
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, endpoint: CoreEndpoint, now: Any) -> "Endpoint":
        return cls(**_shown(endpoint, now))


class NewEndpoint(Endpoint):
    """An endpoint with the secret that was made for it."""

    secret: str | None = Field(description="Shown this once; null if you gave it.")

    @classmethod
    def made(cls, made: Made, now: Any) -> "NewEndpoint":
        return cls(**_shown(made.endpoint, now), secret=made.secret)


class EndpointPage(Page[Endpoint]):
    """A piece of the list of endpoints, newest first."""


def _shown(endpoint: CoreEndpoint, now: Any) -> JsonObject:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": list(endpoint.events),
        "description": endpoint.description,
        "format": endpoint.format,
        "origins": list(endpoint.origins),
        "callback": endpoint.callback,
        "enabled": endpoint.disabled is None,
        "disabled_reason": endpoint.disabled,
        "failing_since": endpoint.failing_since,
        "failures": endpoint.failures,
        "secrets": sum(each.until is None or each.until > now for each in endpoint.secrets),
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
    }


class Delivery(Answer):
    """One event on its way to one endpoint."""

    id: str
    endpoint: str
    message: str = Field(description="The `webhook-id`: the same for every try and every replay.")
    type: str = Field(examples=["job.completed"])
    job: int | None = Field(description="The number of the job.")
    state: DeliveryState
    attempts: int = Field(description="Tries of the present series.")
    next_at: Time | None = Field(description="When it is tried next.")
    last_status: int | None
    last_error: str | None
    created_at: Time
    settled_at: Time | None

    @classmethod
    def of(cls, delivery: CoreDelivery) -> "Delivery":
        return cls(**_told(delivery))


class TryOut(Answer):
    """One try to send it."""

    at: Time = Field(description="When it ended.")
    ms: int = Field(description="How long it took.")
    status: int | None
    error: str | None = Field(description="Why there is no status.")
    answer: str = Field(description="The first 1024 bytes of the answer.")

    @classmethod
    def of(cls, attempt: CoreAttempt) -> "TryOut":
        return cls(
            at=attempt.at,
            ms=attempt.ms,
            status=attempt.status,
            error=attempt.error,
            answer=attempt.answer,
        )


class DeliveryDetail(Delivery):
    """A delivery with what is sent and how each try went."""

    data: JsonObject = Field(description="The `data` of the body.")
    log: list[TryOut] = Field(description="The last 50 tries, oldest first.")

    @classmethod
    def with_log(cls, delivery: CoreDelivery, attempts: Sequence[CoreAttempt]) -> "DeliveryDetail":
        return cls(
            **_told(delivery),
            data=dict(delivery.message.data),
            log=[TryOut.of(each) for each in attempts],
        )


class DeliveryPage(Page[Delivery]):
    """A piece of the delivery log, newest first."""


class DeliveriesQuery(PageQuery):
    """Which deliveries."""

    state: list[DeliveryState] = Field(
        [], max_length=4, description="Any of these states; may be repeated."
    )
    created_after: GivenTime | None = Field(None, description="Queued then or later.")
    created_before: GivenTime | None = Field(None, description="Queued earlier.")


def _told(delivery: CoreDelivery) -> JsonObject:
    return {
        "id": delivery.id,
        "endpoint": delivery.endpoint_id,
        "message": delivery.message.id,
        "type": delivery.message.type,
        "job": delivery.message.job,
        "state": delivery.state,
        "attempts": delivery.attempt,
        "next_at": delivery.due_at,
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
        "created_at": delivery.created_at,
        "settled_at": delivery.settled_at,
    }
