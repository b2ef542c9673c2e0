"""Look at deliveries, repeat them, and send a test."""

from collections.abc import Sequence
from datetime import datetime

from jobmill.core.accounts import Principal
from jobmill.core.errors import EndpointDisabled, InvalidInput
from jobmill.core.ids import DeliveryId, EndpointId
from jobmill.core.webhooks.filters import PING
from jobmill.core.webhooks.model import Delivery, DeliveryAttempt, DeliveryState, Endpoint, Message
from jobmill.core.webhooks.ports import DeliveryQuery, Place, WebhookStore
from jobmill.core.webhooks.service.access import (
    delivery_managed,
    delivery_seen,
    endpoint_managed,
    endpoint_seen,
)
from jobmill.core.webhooks.service.endpoints import SLICE
from jobmill.core.webhooks.service.outbox import new_message_id

UNSENT = (DeliveryState.FAILED, DeliveryState.HELD)


def list_deliveries(
    store: WebhookStore,
    who: Principal,
    endpoint: EndpointId,
    states: Sequence[DeliveryState],
    created_from: datetime | None,
    created_to: datetime | None,
    before: int | None,
    limit: int,
) -> Sequence[Delivery]:
    """What went, or shall go, to an endpoint, newest first. Raises EndpointNotFound."""
    found = endpoint_seen(store, who, endpoint)
    return store.deliveries.find(
        DeliveryQuery(found.number, tuple(states), created_from, created_to, before, limit)
    )


def get_delivery(
    store: WebhookStore, who: Principal, delivery: DeliveryId
) -> tuple[Delivery, Sequence[DeliveryAttempt]]:
    """One delivery with its tries. Raises DeliveryNotFound."""
    found = delivery_seen(store, who, delivery)
    return found, store.deliveries.attempts(found.number)


def replay_delivery(
    store: WebhookStore, who: Principal, delivery: DeliveryId, now: datetime
) -> Delivery:
    """Send an event again, under its same id. Raises DeliveryNotFound, EndpointDisabled."""
    found = delivery_managed(store, who, delivery)
    endpoint = store.endpoints.get(found.endpoint)
    if endpoint is not None:
        _require_enabled(endpoint)
    store.deliveries.replay(found.number, now)
    return delivery_managed(store, who, delivery)


def replay_endpoint(
    store: WebhookStore,
    who: Principal,
    endpoint: EndpointId,
    created_from: datetime,
    created_to: datetime,
    states: Sequence[DeliveryState],
    now: datetime,
    after: Place | None = None,
    limit: int = SLICE,
) -> tuple[int, Place | None]:
    """Send an endpoint's events of [from, to) again, so many in one transaction; how many, and
    behind which delivery to go on, None when that was all. Raises EndpointNotFound."""
    found = endpoint_managed(store, who, endpoint)
    _require_enabled(found)
    if created_from >= created_to:
        raise InvalidInput(
            "to: it is not later than from, so that nothing lies between.",
            field="to",
            fix="Give a later time, or leave it out for now.",
        )
    return store.deliveries.replay_range(
        found.number, created_from, created_to, states or UNSENT, now, after, limit
    )


def ping_endpoint(
    store: WebhookStore, who: Principal, endpoint: EndpointId, now: datetime
) -> Delivery:
    """Send a test, whatever events it wants. Raises EndpointNotFound, EndpointDisabled."""
    found = endpoint_managed(store, who, endpoint)
    _require_enabled(found)
    listener = store.endpoints.listener(found.number)
    assert listener is not None  # noqa: S101  just read in the same transaction
    data = {"endpoint": found.id}
    message = Message(new_message_id(), who.organization, PING, now, data)
    made = store.deliveries.add(message, listener, now)
    return delivery_managed(store, who, made)


def _require_enabled(endpoint: Endpoint) -> None:
    if endpoint.disabled is not None:
        raise EndpointDisabled(
            "The endpoint is disabled, so that nothing would be sent.",
            fix='Enable it first: PATCH it with {"enabled": true}.',
        )
